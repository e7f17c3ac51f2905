"""The command ``review lint``: where a policy leaves room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ifthen.cli import options
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.policy.source import Diagnostic
    from ifthen.review.lint.lint import Linted


@click.command(
    short_help="Find where a policy leaves room.",
    epilog=options.example("ifthen review lint anthropic/rsp@2.2"),
)
@click.argument("names", metavar="P|FILE...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every policy that comes with the package.")
@click.option("--sarif", metavar="FILE", help="Write the gaps in SARIF 2.1.0, for code review.")
@click.option("--explain", "code", metavar="CODE", help="Print the page of a rule, and end.")
@options.as_json
@click.pass_context
def lint(
    ctx: click.Context,
    names: tuple[str, ...],
    everything: bool,
    sarif: str | None,
    code: str | None,
    as_json: bool,
) -> None:
    """Find where a policy, read by itself, leaves room: each gap with its place and its repair.

    Exits with 0 where there is none, with 1 where there are some, with 2 on bad input.
    """
    from ifthen import policy_ids
    from ifthen.cli.output import page, show, show_json
    from ifthen.reports.lint_text import write_gaps
    from ifthen.review.lint.lint import counts

    if code is not None:
        _explain(code, as_json)
        return
    if bool(names) == everything:
        refuse("P", "name a policy, or all of them with --all", "known: " + ", ".join(policy_ids()))
    linted = _lint(policy_ids() if everything else names)
    if sarif is not None:
        _write_sarif(sarif, linted)
    gaps = [gap for one in linted for gap in one.gaps]
    if as_json:
        policies = [one.as_json() for one in linted]
        show_json({"policies": policies, "counts": counts(gaps)})
    else:
        text = page()
        write_gaps(text, linted)
        show(text)
        if sarif is not None:
            click.echo(f"Wrote {sarif}.", err=True)
    ctx.exit(1 if gaps else 0)


def _lint(names: tuple[str, ...]) -> list[Linted]:
    from ifthen import InputError
    from ifthen.review.lint.lint import lint_file

    linted: list[Linted] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            linted.append(lint_file(name))
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    return linted


def _write_sarif(path: str, linted: list[Linted]) -> None:
    import json
    from importlib.metadata import version

    from ifthen.cli.output import write
    from ifthen.review.lint.sarif import as_sarif

    written = as_sarif(linted, version("ifthen"))
    write("--sarif", path, json.dumps(written, indent=2, ensure_ascii=False) + "\n")


def _explain(code: str, as_json: bool) -> None:
    from ifthen.cli.output import show_json
    from ifthen.policy.source import did_you_mean
    from ifthen.review.lint.rules import RULES

    rule = next((rule for rule in RULES if rule.code == code), None)
    if rule is None:
        known = [rule.code for rule in RULES]
        hint = " ".join(filter(None, (did_you_mean(code, known), f"known: {', '.join(known)}")))
        refuse("--explain", f"there is no rule '{code}'", hint)
    if as_json:
        page = {"code": rule.code, "severity": rule.severity, "why": rule.why, "page": rule.page}
        show_json(page)
        return
    click.echo(f"{rule.code} ({rule.severity})\n\n{rule.page.rstrip()}")
