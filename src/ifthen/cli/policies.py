"""Commands about policies: ``policy list | show | check | schema | coverage | crosswalk``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ifthen.cli import options
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.policy.source import Diagnostic
    from ifthen.review.coverage import Coverage


@click.group(
    cls=options.Commands,
    short_help="Look at policies: those of the package, or your own.",
    epilog=options.example("ifthen policy show anthropic/rsp@2.2"),
)
def policy() -> None:
    """Look at policies: those that come with the package, or your own."""


@policy.command("list", epilog=options.example("ifthen policy list"))
@options.as_json
def list_policies(as_json: bool) -> None:
    """List the policies that come with the package."""
    from ifthen import load_policy, policy_ids
    from ifthen.cli.output import page, show, show_json
    from ifthen.reports.policy_text import summary, write_list

    loaded = [load_policy(name) for name in policy_ids()]
    if as_json:
        show_json([summary(policy) for policy in loaded])
        return
    text = page()
    write_list(text, loaded)
    show(text)


@policy.command(
    "show",
    short_help="Show what a policy promises.",
    epilog=options.example("ifthen policy show anthropic/rsp@2.2"),
)
@click.argument("name", metavar="P|FILE")
@options.as_json
def show_policy(name: str, as_json: bool) -> None:
    """Show what a policy promises: its clauses, thresholds, standards and open words."""
    from ifthen import load_policy
    from ifthen.cli.output import page, show, show_json
    from ifthen.reports.policy_text import as_json as policy_json
    from ifthen.reports.policy_text import write_policy

    loaded = load_policy(name)
    if as_json:
        show_json(policy_json(loaded))
        return
    text = page()
    write_policy(text, loaded)
    show(text)


@policy.command(
    "check",
    short_help="Check policy files.",
    epilog=options.example("ifthen policy check policy.yaml"),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.as_json
def check(files: tuple[str, ...], as_json: bool) -> None:
    """Check policy files; every problem is shown with its place, and the exit code is then 2."""
    from pathlib import Path

    from ifthen import InputError, load_policy
    from ifthen.cli.output import page, show, show_json
    from ifthen.policy.load import is_policy_id
    from ifthen.reports.policy_text import clauses_of, summary

    loaded = []
    problems: list[Diagnostic] = []
    for name in files:
        try:
            packaged = is_policy_id(name) and not Path(name).exists()
            loaded.append(load_policy(name if packaged else Path(name)))
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    if as_json:
        checked = zip(files, loaded, strict=True)
        show_json([{"file": name, **summary(policy)} for name, policy in checked])
        return
    text = page()
    for name, policy in zip(files, loaded, strict=True):
        text.write(f"{name}: {policy.id}, {clauses_of(policy)}, nothing wrong.")
    show(text)


@policy.command(
    "schema",
    short_help="Print the JSON Schema of policy files.",
    epilog=options.example("ifthen policy schema > policy.schema.json"),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as it does anyway.")
def schema(as_json: bool) -> None:
    """Print the JSON Schema of policy files, for editors."""
    from ifthen import schema as generate
    from ifthen.cli.output import show_json

    show_json(generate())


@policy.command(
    "coverage",
    short_help="Run a policy's cases, and say which rows are missing.",
    epilog=options.example("ifthen policy coverage anthropic/rsp@2.2"),
)
@click.argument("names", metavar="P|FILE...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every policy and cross-walk there is.")
@options.as_json
@click.pass_context
def coverage(ctx: click.Context, names: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Say of every row of a policy's text how the encoding answers for it, and run its cases.

    A row is encoded only where one record keeps it and another breaks it; an element of a
    cross-walk, only where some policy answers it. Exits with 0 where none is missing, else with 1.
    """
    from ifthen import policy_ids
    from ifthen.cli.output import page, show, show_json
    from ifthen.reports.coverage_text import write_coverage, write_totals

    if bool(names) == everything:
        refuse("P", "name a policy, or all of them with --all", "known: " + ", ".join(policy_ids()))
    found = [_coverage(name) for name in (policy_ids() if everything else names)]
    if everything:
        found += _answered()
    if as_json:
        single = len(found) == 1 and not everything
        show_json(found[0].as_json() if single else [one.as_json() for one in found])
    else:
        text = page()
        for one in found:
            write_coverage(text, one, brief=everything)
        if len(found) > 1:
            write_totals(text, found)
        show(text)
    ctx.exit(0 if all(one.complete for one in found) else 1)


def _coverage(name: str) -> Coverage:
    from ifthen import load_policy
    from ifthen.review.cases import cases_of
    from ifthen.review.coverage import coverage

    return coverage(load_policy(name), cases_of(name))


def _answered() -> list[Coverage]:
    from ifthen.review.crosswalk import coverage_of, crosswalk_names, load_crosswalk

    return [coverage_of(load_crosswalk(name)) for name in crosswalk_names()]


@policy.command(
    "crosswalk",
    short_help="Show what in each policy answers a checklist.",
    epilog=options.example("ifthen policy crosswalk seoul"),
)
@click.argument("name", metavar="NAME|FILE")
@options.as_json
def crosswalk(name: str, as_json: bool) -> None:
    """Show a cross-walk: for each element of a checklist, the parts of policies that answer it.

    Those that come with the package are criticisms, if-then, metr-common-elements and seoul.
    """
    from ifthen.cli.output import page, show, show_json
    from ifthen.reports.crosswalk_text import write_crosswalk
    from ifthen.review.crosswalk import load_crosswalk

    loaded = load_crosswalk(name)
    if as_json:
        show_json(loaded.as_json())
        return
    text = page()
    write_crosswalk(text, loaded)
    show(text)
