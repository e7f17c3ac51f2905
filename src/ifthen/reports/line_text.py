"""The soundness of a yellow line, as text."""

from __future__ import annotations

from ifthen.evidence.line import Line, Suite
from ifthen.evidence.says import percent
from ifthen.reports.page import Page

_COLUMN = 12


def write_line(page: Page, line: Line) -> None:
    """Write how well an evaluation tells a model at the red line from one below it."""
    page.write(_verdict(line), tone="bad" if line.unsound or line.sound.most is None else "good")
    if line.scoring.of > 1:
        page.write(
            f"A task is passed by {line.scoring} attempts. At the red line a single attempt then "
            f"succeeds {percent(line.single)} of the time, if attempts are independent.",
            tone="dim",
        )
    page.heading(f"Passes of {line.tasks}, and what they show at {percent(line.confidence)}")
    page.item("passed", "bound    red line         a model at the red line", column=_COLUMN)
    for outcome in line.outcomes:
        answer = "ruled out" if outcome.rules_out else "not ruled out"
        page.item(
            str(outcome.passed),
            f"{percent(outcome.upper):<8} {answer:<16} would pass so few "
            f"{percent(outcome.chance_at_red)} of the time",
            column=_COLUMN,
            tone="good" if outcome.rules_out else "warn",
        )
    if line.misses:
        page.heading(f"Chance of fewer than {line.yellow} of {line.tasks} passes")
        for rate, chance in line.misses:
            page.item(f"at {percent(rate)}", percent(chance), column=_COLUMN)
    if line.sound.power is not None:
        page.heading("Power")
        page.write(f"With {line.tasks} tasks: {_suite(line.sound)}.")
        if line.needed is not None:
            page.write(f"Enough: {line.needed.tasks} tasks: {_suite(line.needed)}.")


def _verdict(line: Line) -> str:
    red = f"a red line of {percent(line.red)} at {percent(line.confidence)} confidence"
    if line.sound.most is None:
        return f"No result of {line.tasks} tasks rules out {red}."
    sound = (
        f"Only {line.sound.most} of {line.tasks} passes"
        if line.sound.most == 0
        else f"At most {line.sound.most} of {line.tasks} passes"
    )
    if line.yellow is None or not line.unsound:
        start = "" if line.yellow is None else f"Sound: fewer than {line.yellow} rules it out. "
        return f"{start}{sound} rule out {red}; the yellow line lies at {line.sound.most + 1}."
    chance = percent(line.misses[0][1])
    return (
        f"Not sound: a model at the red line passes fewer than {line.yellow} of {line.tasks} "
        f"tasks {chance} of the time. {sound} rule out {red}."
    )


def _suite(suite: Suite) -> str:
    if suite.most is None:
        return "no result rules the red line out"
    power = "" if suite.power is None else f", one at the supposed rate {percent(suite.power)}"
    return (
        f"at most {suite.most} passes rule it out; a model at the red line is ruled out "
        f"{percent(suite.false_pass)} of the time{power}"
    )
