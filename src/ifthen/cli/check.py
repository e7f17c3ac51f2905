"""Commands that ask how things stand at one moment: ``rule``, ``may``, ``why``."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import click

from ifthen.cli import inputs, options
from ifthen.cli.progress import progress
from ifthen.vocabulary import ACTIONS, KINDS

_STAGES = KINDS["model_released"].attributes["stage"].options


@click.command(
    short_help="Say what is due, late, breached, held, or cannot be told.",
    epilog=options.example("ifthen rule example:anthropic --at 2025-08-05 --only late,breached"),
)
@options.records
@options.policies
@options.at
@options.known
@options.model(help="Rule only what concerns this model.")
@click.option("--only", metavar="STATUS,...", help="Show only these statuses: late,breached.")
@options.everything
@options.as_json
@click.pass_context
def rule(
    ctx: click.Context,
    records: tuple[str, ...],
    policies: tuple[str, ...],
    at: str | None,
    known: str | None,
    model: str | None,
    only: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Rule the record: what is due, late, breached, held, or cannot be told.

    Exits with 1 where something is breached, late, violated or void, with 3 where nothing is but
    something cannot be told from the record, else with 0. --model narrows what is ruled; --only
    narrows what is shown, and leaves the exit code as it is.
    """
    from ifthen import rule as ask

    chosen = _statuses(only)
    moment = inputs.moment_of("--at", at)
    loaded = inputs.load(records, policies, moment)
    inputs.check_model(loaded.record, model)
    seen = inputs.known_of(known, moment, loaded.record)
    with progress("Clauses judged") as report:
        ruling = ask(
            loaded.policies,
            loaded.record,
            moment,
            seen,
            throughout=loaded.throughout,
            progress=report,
        )
    if model is not None:
        concerned = (finding for finding in ruling.findings if finding.subject.model == model)
        ruling = replace(ruling, findings=tuple(concerned))
    if as_json:
        from ifthen.cli.output import show_json

        shown = ruling
        if chosen:
            kept = (finding for finding in ruling.findings if finding.status in chosen)
            shown = replace(ruling, findings=tuple(kept))
        show_json(shown.as_json())
    else:
        from ifthen.cli.output import page, show
        from ifthen.reports.ruling_text import write_ruling

        text = page()
        write_ruling(text, ruling, loaded.record.name, only=chosen, everything=everything)
        show(text)
    ctx.exit(ruling.exit_code)


def _statuses(only: str | None) -> frozenset[str]:
    """The statuses that ``--only`` names, each checked."""
    if only is None:
        return frozenset()
    from ifthen.policy.source import did_you_mean
    from ifthen.ruling.outcome import Status

    known = get_args(Status)
    words = [word.strip() for word in only.split(",") if word.strip()]
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known) or f"known: {', '.join(known)}"
            inputs.refuse("--only", f"there is no status '{word}'", hint)
    if not words:
        inputs.refuse("--only", "no status is named", f"known: {', '.join(known)}")
    return frozenset(words)


@click.command(
    short_help="Ask whether an action is permitted, and what is missing.",
    epilog=options.example(
        'ifthen may deploy example:anthropic --model "Claude Opus 4" --at 2025-05-21'
    ),
)
@click.argument("action", type=click.Choice(ACTIONS))
@options.records
@options.model(required=True, help="The model.")
@click.option("--stage", type=click.Choice(_STAGES), help="Of a release; internal means own use.")
@options.policies
@options.at
@options.known
@options.as_json
@click.pass_context
def may(
    ctx: click.Context,
    action: str,
    records: tuple[str, ...],
    model: str,
    stage: str | None,
    policies: tuple[str, ...],
    at: str | None,
    known: str | None,
    as_json: bool,
) -> None:
    """Ask whether an action is permitted, and what is missing where it is not.

    ACTION is train, deploy, use-inside or store. It is permitted only if every hold on it is open
    and every step that must come before it is done. Exits with 0 where it is permitted, with 1
    where it is held, and with 3 where that cannot be told.
    """
    from ifthen import may as ask

    moment = inputs.moment_of("--at", at)
    loaded = inputs.load(records, policies)
    inputs.check_model(loaded.record, model)
    seen = inputs.known_of(known, moment, loaded.record)
    permission = ask(
        loaded.policies,
        loaded.record,
        action,  # type: ignore[arg-type]
        model,
        moment,
        seen,
        stage=stage,
        throughout=loaded.throughout,
    )
    if as_json:
        from ifthen.cli.output import show_json

        show_json(permission.as_json())
    else:
        from ifthen.cli.output import page, show
        from ifthen.reports.may_text import write_permission

        text = page()
        write_permission(text, permission, loaded.record.name)
        show(text)
    ctx.exit(permission.exit_code)


@click.command(
    short_help="Explain a clause, as a tree of facts and conditions.",
    epilog=options.example(
        'ifthen why example:anthropic comprehensive --model "Claude Opus 4.1" --at 2025-08-05'
    ),
)
@options.records
@click.argument("clause")
@options.policies
@options.at
@options.known
@options.model(help="Explain what concerns this model.")
@options.everything
@options.as_json
def why(
    records: tuple[str, ...],
    clause: str,
    policies: tuple[str, ...],
    at: str | None,
    known: str | None,
    model: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Explain a clause: which facts and which conditions led to what it says, as a tree.

    CLAUSE is a clause (comprehensive), with its step where it has one
    (capability-decision/report), in full (anthropic/rsp@2.2#comprehensive), or a row of the facts
    (ANT2-12). Without a version, the one in force at the moment is meant. --all also shows the
    steps that did not decide.
    """
    from ifthen import rule as ask
    from ifthen.cli.output import page, show, show_json
    from ifthen.cli.select import findings_of

    moment = inputs.moment_of("--at", at)
    loaded = inputs.load(records, policies, moment)
    inputs.check_model(loaded.record, model)
    seen = inputs.known_of(known, moment, loaded.record)
    ruling = ask(loaded.policies, loaded.record, moment, seen, throughout=loaded.throughout)
    chosen = findings_of(clause, loaded.policies, ruling, model)
    if as_json:
        from ifthen.reports.why import explained

        show_json(explained(ruling, chosen))
    else:
        from ifthen.reports.why import write_explanations

        text = page()
        write_explanations(text, ruling, chosen, loaded.record, clause, everything=everything)
        show(text)
