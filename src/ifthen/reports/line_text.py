"""The soundness of a alert line, as text."""

from __future__ import annotations

from ifthen.evidence.line import MOST_TASKS, Line, Size
from ifthen.evidence.says import percent
from ifthen.reports.markup import plural
from ifthen.reports.page import Page

_COLUMN = 12


def write_line(page: Page, line: Line) -> None:
    """Write how well an evaluation tells a model at the limit from one below it."""
    page.write(_verdict(line), tone="bad" if line.unsound or line.sound.most is None else "good")
    if line.scoring.of > 1:
        page.write(
            f"A task is passed by {line.scoring} attempts. At the limit a single attempt then "
            f"succeeds {percent(line.single)} of the time, if attempts are independent.",
            tone="dim",
        )
    page.heading(f"Passes of {line.tasks}, and what they show at {percent(line.confidence)}")
    page.item("passed", "bound    limit            a model at the limit", column=_COLUMN)
    for outcome in line.outcomes:
        answer = "ruled out" if outcome.rules_out else "not ruled out"
        page.item(
            str(outcome.passed),
            f"{percent(outcome.upper):<8} {answer:<16} would pass so few "
            f"{percent(outcome.chance_at_limit)} of the time",
            column=_COLUMN,
            tone="good" if outcome.rules_out else "warn",
        )
    if line.misses:
        page.heading(f"Chance of fewer than {line.reached} of {line.tasks} passes")
        for rate, chance in line.misses:
            page.item(f"at {percent(rate)}", percent(chance), column=_COLUMN)
    if line.alert is not None and line.unsound:
        page.heading("How many tasks it takes")
        page.write(_enough(line))
    if line.sound.power is not None:
        page.heading("Power")
        page.write(f"With {line.tasks} tasks: {_size(line.sound)}.")
        if line.needed is not None:
            page.write(f"Enough: {line.needed.tasks} tasks: {_size(line.needed)}.")


def _verdict(line: Line) -> str:
    limit = f"a limit of {percent(line.limit)} at {percent(line.confidence)} confidence"
    if line.sound.most is None:
        return f"No result of {line.tasks} tasks rules out {limit}."
    sound = (
        f"Only {line.sound.most} of {line.tasks} passes"
        if line.sound.most == 0
        else f"At most {line.sound.most} of {line.tasks} passes"
    )
    if line.reached is None or not line.unsound:
        start = "" if line.reached is None else f"Sound: fewer than {line.reached} rules it out. "
        return f"{start}{sound} rule out {limit}; the alert line lies at {line.sound.most + 1}."
    chance = percent(line.misses[0][1])
    return (
        f"Not sound: a model at the limit passes fewer than {line.reached} of {line.tasks} "
        f"tasks {chance} of the time. {sound} rule out {limit}."
    )


def _enough(line: Line) -> str:
    assert line.alert is not None
    alert = f"an alert line of {percent(line.alert)}"
    if line.enough is not None:
        return f"With {line.enough} tasks {alert} is sound."
    if line.alert >= line.limit:
        return f"No number of tasks makes {alert} sound: it lies at the limit, not below it."
    return f"Not even {MOST_TASKS:,} tasks make {alert} sound."


def _size(size: Size) -> str:
    if size.most is None:
        return "no result rules the limit out"
    power = "" if size.power is None else f", one at the supposed rate {percent(size.power)}"
    most = f"at most {plural(size.most, 'pass', 'passes')} {'rules' if size.most == 1 else 'rule'}"
    return (
        f"{most} it out; a model at the limit is ruled out {percent(size.false_pass)} of the "
        f"time{power}"
    )
