"""``evidence decide``: from logs to below, alert, cannot rule out, or crossed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ifthen.cli import options
from ifthen.cli.evidence.filing import check_filing, file_result, filing, say_filed
from ifthen.cli.evidence.read import choices, read_rows
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.evidence.elicitation import Elicitation
    from ifthen.evidence.questions import Question
    from ifthen.evidence.rule import Rule

_T = TypeVar("_T")
_RULE_OPTIONS = ("limit", "alert", "confidence", "scoring", "success", "questions", "families")


def _line_options(command: Any) -> Any:
    """What a rule file says, as options."""
    for option in (
        click.option(
            "--families",
            metavar="RULE",
            help="How many families must reach the line: "
            "any, all, 'at least 3', 'at least 50 %'. Default: the mean over all tasks.",
        ),
        click.option(
            "--questions",
            type=int,
            metavar="N",
            help="How many tasks were planned; those never run count as missing.",
        ),
        click.option(
            "--success",
            type=float,
            metavar="SCORE",
            help="The score from which an attempt succeeds, where some are partial.",
        ),
        click.option(
            "--scoring",
            metavar="RULE",
            help="'at least 1 of 10', or mean. "
            "Default: at least 1 of 1, the share of attempts that succeed.",
        ),
        click.option("--confidence", type=float, metavar="C", help="Of each bound. Default: 0.95."),
        click.option(
            "--alert", type=float, metavar="RATE", help="The alert line, below the limit."
        ),
        click.option(
            "--limit",
            type=float,
            metavar="RATE",
            help="The rate from which the capability counts as there.",
        ),
    ):
        command = option(command)
    return command


@click.command(
    "decide",
    short_help="Say what an evaluation rules out.",
    epilog=options.example(
        "ifthen evidence decide logs/ --limit 0.5 --confidence 0.9 --scoring 'at least 1 of 10' "
        "--elicited all --html decision.html"
    ),
)
@click.argument("logs", metavar="LOGS...", nargs=-1, required=True)
@click.option(
    "--rule",
    "rule_file",
    metavar="FILE",
    help="Where the line lies and how it is decided, as YAML, instead of options.",
)
@_line_options
@click.option(
    "--task",
    "tasks",
    metavar="T",
    multiple=True,
    help="The task that decides; repeated, those that decide together.",
)
@click.option("--model", metavar="M", help="The model, where the logs are about several.")
@click.option(
    "--elicited",
    metavar="ITEM,...",
    help="What the evaluation used: low-refusal, tool-use, instruction-following, "
    "chain-of-thought, best-of-n, scaffolding, fine-tuning; or all. What is not named "
    "was left out.",
)
@click.option("--not-applicable", metavar="ITEM,...", help="What could not have mattered.")
@click.option("--budget", type=float, metavar="USD", help="US dollars spent on each attempt.")
@choices
@filing
@click.option("--html", metavar="FILE", help="Also write a web page that needs nothing else.")
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    logs: tuple[str, ...],
    rule_file: str | None,
    tasks: tuple[str, ...],
    model: str | None,
    elicited: str | None,
    not_applicable: str | None,
    budget: float | None,
    scorer: str | None,
    cluster: str | None,
    family: str | None,
    record: str | None,
    date: str | None,
    filed_as: str | None,
    html: str | None,
    as_json: bool,
    **line: Any,
) -> None:
    """Say whether an evaluation rules a limit out.

    LOGS are what `ifthen evidence read` reads. The rate that counts is that of tasks of the kind
    that was sampled, so a bound is put around what was seen: exact for tasks that are passed or
    failed, conservative for scores and for tasks that depend on one another (--cluster). Missing
    attempts are taken at their worst both ways. What was left out of the elicitation turns a
    rule-out into cannot rule out, unless a margin in the rule covers it.

    Exits with 0 where the line is ruled out (below), 1 where the alert line or the limit is reached
    (alert, crossed), 3 where it cannot be ruled out, and 2 on bad input.
    """
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.evidence.decide import decide
    from ifthen.evidence.load import Choices
    from ifthen.evidence.suite import suite
    from ifthen.reports.forest import write_decision
    from ifthen.reports.forest_html import write_page

    check_filing(record, date)
    rule = _rule(rule_file, line, tasks)
    chosen = Choices(scorer, cluster, family)
    rows = read_rows(logs, chosen)
    found = suite(rows, rule.tasks, model)
    subjects = found.subjects
    elicitation = _elicitation(elicited, not_applicable, budget, found.questions)
    decision = _valid("LOGS", lambda: decide(found.questions, rule, elicitation, found.left_out))
    used = [log for log in rows.logs if log.subject in subjects]
    filed = None
    if record is not None:
        from ifthen.evidence.filing.decisions import work_of

        work = work_of(decision, elicitation, chosen, subjects, used)
        task = ", ".join(subject.task for subject in subjects)
        about = filed_as or subjects[0].model
        filed = file_result(
            record,
            date,
            work,
            about,
            threshold=rule.threshold,
            task=task,
            elicitation=() if elicitation is None else sorted(elicitation.used),
        )
    name = f"{', '.join(subject.task for subject in subjects)} by {subjects[0].model}"
    if html is not None:
        write("--html", html, write_page(decision, name))
    if as_json:
        show_json(
            {
                "model": subjects[0].model,
                "logs": [{"location": log.location, "digest": log.digest} for log in used],
                "filed": filed,
                **decision.as_json(),
            }
        )
    else:
        text = page()
        text.write(name, tone="strong")
        write_decision(text, decision)
        if html is not None:
            text.write(f"The web page is in {html}.")
        show(text)
        say_filed(filed)
    ctx.exit(decision.exit_code)


def _rule(file: str | None, line: dict[str, Any], tasks: tuple[str, ...]) -> Rule:
    from ifthen.evidence.rule import Rule
    from ifthen.evidence.rule_file import load_rule
    from ifthen.evidence.statistics.attempts import parse_scoring
    from ifthen.evidence.statistics.families import parse_families

    given = {name: value for name, value in line.items() if value is not None}
    if tasks:
        given["task"] = tasks
    if file is not None:
        if given:
            option = f"--{next(iter(given))}"
            refuse(option, "the rule file says how it is decided", f"give {option} or --rule")
        return load_rule(file)
    if "limit" not in given:
        refuse("--limit", "the limit is missing", "give --limit RATE or --rule FILE")
    rule = Rule(limit=1.0, tasks=tasks)
    success = given.get("success")
    scoring = given.get("scoring", "at least 1 of 1")
    _valid("--success", lambda: parse_scoring("mean", success))
    made: dict[str, Callable[[], Any]] = {
        "limit": lambda: given["limit"],
        "alert": lambda: given["alert"],
        "confidence": lambda: given["confidence"],
        "scoring": lambda: parse_scoring(scoring, success),
        "questions": lambda: given["questions"],
        "families": lambda: parse_families(given["families"]),
    }
    for name, make in made.items():
        if name in given or name == "scoring":
            rule = _changed(rule, name, make)
    return rule


def _changed(rule: Rule, name: str, make: Callable[[], Any]) -> Rule:
    """The rule with one part changed; what is wrong with the part is placed at its option."""
    return _valid(f"--{name}", lambda: replace(rule, **{name: make()}))


def _elicitation(
    elicited: str | None,
    not_applicable: str | None,
    budget: float | None,
    questions: tuple[Question, ...],
) -> Elicitation | None:
    from ifthen.evidence.elicitation import ITEMS, Elicitation

    if elicited is None and not_applicable is None and budget is None:
        return None
    used = frozenset(ITEMS) if elicited == "all" else _items("--elicited", elicited)
    attempts = min((question.attempts for question in questions), default=None)
    not_needed = _items("--not-applicable", not_applicable)
    return _valid("--budget", lambda: Elicitation(used, not_needed, attempts, budget))


def _items(option: str, text: str | None) -> frozenset[str]:
    from ifthen.evidence.elicitation import ITEMS
    from ifthen.policy.source import did_you_mean

    words = [word.strip() for word in (text or "").split(",") if word.strip()]
    for word in words:
        if word not in ITEMS:
            hint = did_you_mean(word, ITEMS) or f"known: {', '.join(ITEMS)}"
            refuse(option, f"there is no item of elicitation '{word}'", hint)
    return frozenset(words)


def _valid(place: str, make: Callable[[], _T]) -> _T:
    try:
        return make()
    except ValueError as error:
        refuse(place, str(error))
