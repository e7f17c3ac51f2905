"""``compare``: the same facts under several policies, or what each policy requires."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ifthen.cli import inputs, options

if TYPE_CHECKING:
    from ifthen.review.requirements import Clock


class ManyPolicies(click.Command):
    """A command whose ``--policies`` takes every word up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give each word after ``--policies`` the option of its own."""
        spread: list[str] = []
        taking = False
        for word in args:
            if word.startswith("-") and word != "-":
                taking = word == "--policies"
                if not taking:
                    spread.append(word)
            elif taking:
                spread += ["--policies", word]
            else:
                spread.append(word)
        if taking and spread[-2:-1] != ["--policies"]:
            spread.append("--policies")
        return super().parse_args(ctx, spread)


@click.command(
    cls=ManyPolicies,
    short_help="Set policies side by side, on a record or on paper.",
    epilog=options.example(
        "ifthen compare example:anthropic --policies anthropic/rsp@1.0 anthropic/rsp@2.2 "
        "--at 2025-08-05"
    ),
)
@click.argument("records", metavar="[RECORD]...", nargs=-1)
@click.option(
    "--policies",
    "policies",
    metavar="P|FILE...",
    multiple=True,
    help="The policies to compare. Default: every one of the package.",
)
@click.option("--matrix", is_flag=True, help="No record: what each policy requires, by family.")
@click.option(
    "--clocks",
    nargs=2,
    metavar="CLAUSE CLAUSE",
    help="No record: which of two clauses' clocks is shorter, where that can be said.",
)
@options.at
@options.known
@click.option("--html", metavar="FILE", help="Also write a web page that needs nothing else.")
@options.everything
@options.as_json
def compare(
    records: tuple[str, ...],
    policies: tuple[str, ...],
    matrix: bool,
    clocks: tuple[str, str] | None,
    at: str | None,
    known: str | None,
    html: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Set policies side by side.

    With a RECORD, each policy rules the whole of it: what would each have demanded of the same
    facts? With --matrix, what each requires, with its force, its numbers and the words that leave
    room. With --clocks, which of two clauses sets the shorter time.
    """
    if clocks is not None:
        if records or matrix:
            inputs.refuse("--clocks", "it compares two clauses alone", "leave RECORD and --matrix")
        _clocks(clocks, as_json=as_json)
    elif matrix:
        if records:
            named = f"'{records[0]}' is given with --matrix, which takes no record"
            inputs.refuse("RECORD", named, "policies stand after --policies")
        _matrix(policies, html, as_json=as_json)
    elif not records:
        inputs.refuse("RECORD", "no record is given", "name one, or ask for --matrix")
    else:
        _record(records, policies, at, known, html, everything=everything, as_json=as_json)


def _record(
    records: tuple[str, ...],
    policies: tuple[str, ...],
    at: str | None,
    known: str | None,
    html: str | None,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    from ifthen import compare as ask
    from ifthen import policy_ids
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.cli.progress import progress

    moment = inputs.moment_of("--at", at)
    loaded = inputs.load(records, policies or policy_ids())
    seen = inputs.known_of(known, moment, loaded.record)
    with progress("Policies ruled") as report:
        found = ask(loaded.policies, loaded.record, moment, seen, progress=report)
    if html is not None:
        from ifthen.reports.compare_html import write_comparison_page

        write("--html", html, write_comparison_page(found))
    if as_json:
        show_json(found.as_json())
        return
    from ifthen.reports.compare_text import write_comparison

    text = page()
    write_comparison(text, found, everything=everything)
    if html is not None:
        text.blank()
        text.write(f"The web page is in {html}.")
    show(text)


def _matrix(policies: tuple[str, ...], html: str | None, *, as_json: bool) -> None:
    from ifthen import policy_ids
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.review.requirements import requirements

    loaded = inputs.load_policies(policies or policy_ids())
    required = [requirements(policy) for policy in loaded]
    if html is not None:
        from ifthen.reports.compare_html import write_matrix_page

        write("--html", html, write_matrix_page(loaded, required))
    if as_json:
        show_json(
            [
                {
                    "policy": policy.id,
                    "families": {
                        family: [requirement.as_json() for requirement in listed]
                        for family, listed in table.items()
                    },
                }
                for policy, table in zip(loaded, required, strict=True)
            ]
        )
        return
    from ifthen.reports.compare_text import write_matrix

    text = page()
    write_matrix(text, loaded, required)
    if html is not None:
        text.blank()
        text.write(f"The web page is in {html}.")
    show(text)


def _clocks(clauses: tuple[str, str], *, as_json: bool) -> None:
    """Compare the clocks of two clauses, each of which must set exactly one."""
    from ifthen.cli.output import page, show, show_json
    from ifthen.review.requirements import NotComparable, shorter

    one, other = (_clock_of(clause) for clause in clauses)
    try:
        first = shorter(one, other)
    except NotComparable as reason:
        hint = "rule a record under both to see which binds: ifthen compare RECORD --policies ..."
        inputs.refuse("--clocks", str(reason), hint)
    answer = clauses[0] if first is one else clauses[1] if first is other else None
    if as_json:
        clocks = {name: clock.as_json() for name, clock in zip(clauses, (one, other), strict=True)}
        show_json({"clocks": clocks, "shorter": answer})
        return
    text = page()
    for name, clock in zip(clauses, (one, other), strict=True):
        text.write(f"{name}: {clock}")
    text.write(f"Shorter: {answer}." if answer else "They are the same length.")
    show(text)


def _clock_of(name: str) -> Clock:
    from ifthen import load_policy
    from ifthen.policy.source import did_you_mean
    from ifthen.review.requirements import requirements

    policy, hash_sign, clause = name.partition("#")
    if not hash_sign:
        inputs.refuse("--clocks", f"'{name}' names no clause", "write POLICY#CLAUSE")
    table = requirements(load_policy(policy))
    known = {one.clause.partition("#")[2]: one for listed in table.values() for one in listed}
    if clause not in known:
        inputs.refuse("--clocks", f"there is no clause '{name}'", did_you_mean(clause, known))
    clocks = known[clause].clocks
    if len(clocks) != 1:
        several = "; ".join(map(str, clocks)) or "none"
        inputs.refuse("--clocks", f"'{name}' does not set exactly one clock", f"it sets: {several}")
    return clocks[0]
