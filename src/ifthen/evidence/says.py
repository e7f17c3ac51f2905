"""A decision in one paragraph, for people who answer for it and do not read statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ifthen.evidence.decide import Decision, Estimate
from ifthen.evidence.elicitation import NO_MARGIN
from ifthen.evidence.finding import WORDS, Finding
from ifthen.evidence.questions import LeftOut
from ifthen.evidence.statistics import bounds


def says(decision: Decision) -> Decision:
    """The decision with its paragraph."""
    sentences = [
        f"{WORDS[decision.finding].capitalize()}.",
        *_seen(decision),
        *left_out_says(decision.left_out),
        *(_families(decision) if decision.rule.families else _follows(decision)),
        *(() if decision.rule.families else _hidden(decision)),
        *_elicited(decision),
        *_more(decision),
    ]
    return replace(decision, says=" ".join(sentences))


def percent(rate: float) -> str:
    """A rate for people: ``58.4 %``; never rounded onto 0 or 100."""
    if 0 < rate < 0.0005:
        return "under 0.1 %"
    if 0.9995 < rate < 1:
        return "over 99.9 %"
    return f"{100 * rate:.1f}".removesuffix(".0") + " %"


def listed(words: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def score(estimate: Estimate) -> str:
    """What was seen: ``2 of 5``, ``2 to 3 of 5`` where attempts are missing, or a mean."""
    if estimate.passed is not None:
        low, high = estimate.passed
        return f"{low if low == high else f'{low} to {high}'} of {estimate.questions}"
    if estimate.low == estimate.high:
        return percent(estimate.low)
    return f"{percent(estimate.low)} to {percent(estimate.high)}"


def _seen(decision: Decision) -> list[str]:
    whole, scoring = decision.whole, decision.rule.scoring
    tasks = "task" if whole.questions == 1 else "tasks"
    if whole.passed is not None:
        how = "" if scoring.of == 1 else f" (a task is passed by {scoring} attempts)"
        if scoring.success is not None:
            how += f", an attempt being a success from a score of {scoring.success:g}"
        first = f"The model passed {whole.passed[0]} of {whole.questions} {tasks}{how}."
    else:
        what = "mean score" if scoring.least is None else "rate"
        how = "" if scoring.least is None or scoring.of == 1 else f" (passed by {scoring} attempts)"
        first = f"Over {whole.questions} {tasks} its {what} is {percent(whole.low)}{how}."
    found = [first]
    if whole.missing:
        attempts = "1 attempt is" if whole.missing == 1 else f"{whole.missing} attempts are"
        worst = _passes(whole.passed[1]) if whole.passed else percent(whole.high)
        found.append(
            f"{attempts} missing and counted as failed here; had all succeeded, it would be "
            f"{worst}, and that is what must be ruled out."
        )
    if whole.units < whole.questions:
        found.append(
            f"Its tasks come in {whole.units} groups that may stand and fall together, and each "
            "group counts as one observation."
        )
    return found


def left_out_says(left_out: LeftOut) -> list[str]:
    """What the logs tell of and is not counted, a sentence each."""
    found = []
    if left_out.invalidated:
        attempts = "attempt was" if left_out.invalidated == 1 else "attempts were"
        found.append(f"{left_out.invalidated} {attempts} withdrawn and left out.")
    if left_out.scored_otherwise:
        one = left_out.scored_otherwise == 1
        differ = (
            "score of another run differs and does" if one else "scores of other runs differ and do"
        )
        found.append(
            f"{left_out.scored_otherwise} {differ} not count, by the rule for repeated runs."
        )
    return found


def _follows(decision: Decision) -> list[str]:
    rule, whole = decision.rule, decision.whole
    limit = f"the limit of {percent(rule.limit)}"
    sure = f"at {percent(decision.level)} confidence"
    if whole.lower >= rule.limit:
        return [
            f"Its true rate on tasks of this kind is {percent(whole.lower)} or more {sure}, so "
            f"{limit} is reached."
        ]
    upper = f"could be as high as {percent(whole.upper)} {sure}"
    if rule.margin.moved(whole.upper) != whole.upper:
        why = f" ({rule.margin.why})" if rule.margin.why else ""
        upper += f", and {percent(whole.moved)} with the margin for better elicitation{why}"
    start = f"Its true rate on tasks of this kind {upper}"
    if whole.moved >= rule.limit:
        return [f"{start}, so {limit} cannot be ruled out."]
    if rule.alert is not None and whole.moved >= rule.alert:
        alert = f"the alert line of {percent(rule.alert)}"
        return [f"{start}: below {limit}, but {alert} cannot be ruled out."]
    lines = limit if rule.alert is None else f"{limit} and the alert line of {percent(rule.alert)}"
    return [f"{start}, which is below {lines}."]


def _hidden(decision: Decision) -> list[str]:
    """Families that a mean over all tasks hides."""
    rule = decision.rule
    seen = [f.name for f in decision.families if f.low >= rule.limit]
    if not seen or decision.by_scores in ("cannot_rule_out", "crossed"):
        return []
    return [
        f"The mean over all tasks decides and hides that {_few(seen)} alone "
        f"{'is' if len(seen) == 1 else 'are'} at the limit or above."
    ]


def _families(decision: Decision) -> list[str]:
    rule, families = decision.rule, decision.families
    assert rule.families is not None
    least = rule.families.of(len(families))
    takes = "any one" if least == 1 else "all" if least == len(families) else f"at least {least}"
    limit = percent(rule.limit)
    reach = [f.name for f in families if f.moved >= rule.limit]
    found = [
        f"The line is reached if {takes} of {len(families)} families of tasks "
        f"{'reaches' if least == 1 else 'reach'} {limit}."
    ]
    if reach:
        found.append(f"Taken alone, it cannot be ruled out for {_few(reach)}.")
    else:
        found.append("Taken alone, it is ruled out for each of them.")
    sure = f"At {percent(decision.level)} confidence for all of it together"
    if rule.margin != NO_MARGIN:
        sure += ", with the margin for better elicitation"
    answers: dict[Finding, str] = {
        "crossed": "the line is reached",
        "cannot_rule_out": "it cannot be ruled out that so many do",
        "alert": "that is ruled out, but not that so many reach the alert line",
        "below": "that is ruled out",
    }
    found.append(f"{sure}, {answers[decision.by_scores]}.")
    return found


def _elicited(decision: Decision) -> list[str]:
    found, left_out = [], decision.gaps
    if left_out.minimum:
        found.append(f"The policy's minimum was not met: {listed(left_out.minimum)}.")
    if left_out.uncovered and decision.finding != "crossed":
        what = "not recorded" if decision.elicitation is None else "left out, or not recorded"
        found.append(
            f"{_capital(what)}: {listed(left_out.uncovered)}. So the scores say only what the "
            "model can do at least, and rule nothing out without a margin that covers this."
        )
    elif left_out.expected and decision.finding != "crossed":
        found.append(f"The margin allows for what was left out: {listed(left_out.expected)}.")
    return found


def _more(decision: Decision) -> list[str]:
    rule, whole = decision.rule, decision.whole
    if whole.missing and decision.by_scores == "cannot_rule_out":
        return ["Making the missing attempts could settle it."]
    if decision.needed is None:
        return []
    assert whole.passed is not None
    bar = rule.margin.before(rule.limit)
    passes = _passes(whole.passed[1])
    if bounds.upper(0, whole.questions, 1 - decision.level) >= bar:
        return [
            f"No result of {whole.questions} tasks could have ruled it out: that takes an "
            f"evaluation of at least {bounds.least_tasks(0, bar, 1 - decision.level)} tasks."
        ]
    return [f"For {passes} to rule it out takes an evaluation of {decision.needed} tasks."]


def _few(names: Sequence[str]) -> str:
    """Five names at most, and how many more there are."""
    if len(names) <= 5:
        return listed(names)
    return f"{', '.join(names[:5])} and {len(names) - 5} more"


def _passes(count: int) -> str:
    return "1 pass" if count == 1 else f"{count} passes"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
