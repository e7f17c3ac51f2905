"""What a stress study says, in words: figures, overshoot, remedies, and what was simulated."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ifthen.evidence.interval import Interval
from ifthen.review.stress.estimate import Estimates
from ifthen.review.stress.lengths import Length
from ifthen.review.stress.promises import Hold, Look, Margin, Promises
from ifthen.review.stress.study import Study
from ifthen.review.stress.under import Remedy, Verdict
from ifthen.vocabulary import FINDINGS

LIMITS = (
    "A model with stated assumptions, not a prediction: it compares promises, and says little "
    "about the world. Intervals are those of chance alone."
)
ROWS = (
    ("trained", "trained"),
    ("used_inside", "used inside"),
    ("deployed", "deployed"),
    ("exposed", "any of these"),
    ("paused", "training held"),
    ("early", "  while below"),
    ("withdrawn", "deployment held"),
)
"""Attributes of the estimates in days, each with its name."""
_ACTIONS = {
    "train": "training stops",
    "deploy": "deployment stops",
    "use-inside": "use inside stops",
    None: "safeguards are owed",
}


def made_of(study: Study) -> str:
    """What it takes to make the study again, in one line."""
    futures, world = study.futures, study.futures.setting
    years = "1 year" if futures.years == 1 else f"{futures.years:g} years"
    growth = ", ".join(f"{each.name} {each.low:g} to {each.high:g}x" for each in futures.growth)
    return (
        f"{futures.count:,} futures of {years} for each house, seed "
        f"{futures.seed}; growth {growth} a year; the threshold up to {world.threshold:g}x off; a "
        f"release every {world.release_days:.0f} days; safeguards in {world.safeguards_days:.0f} "
        f"days, in one case of ten over {world.safeguards_high_days:.0f}."
    )


def promises_nothing(study: Study) -> str:
    """What a developer comes to who promises nothing, in a sentence."""
    days = study.baseline.exposed
    return (
        f"A developer who promises nothing: {short(days.mean.value)} such days a year, in 95 % of "
        f"futures at most {short(days.upper.value)}."
    )


def by_reason(left: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Clauses that are not simulated, by the reason."""
    found: dict[str, list[str]] = {}
    for name, why in left:
        found.setdefault(why, []).append(name)
    return list(found.items())


def overshoot(estimates: Estimates) -> str:
    """How far past the threshold, in a sentence."""
    found = estimates.overshoot
    if not found.crossings:
        return "No future comes to the threshold."
    unseen = found.unseen
    never = f"; {percent(unseen.value)} are never found out" if unseen.value else ""
    return (
        f"Overshoot when found out: median {factor(found.median.value)}, in 95 % of crossings "
        f"{factors(found.upper)}{never}."
    )


def alarms(estimates: Estimates) -> str:
    """False alarms in a few words."""
    found = estimates.false_alarms
    return f"{found.value:.3f} a year ({found.low:.3f} to {found.high:.3f})."


def verdict_words(verdict: Verdict) -> str:
    """A verdict as the beginning of a sentence."""
    return {"under": "Under", "over": "Over", "undetermined": "Not surely under"}[verdict]


def told(remedy: Remedy, share: bool) -> str:
    """What a kind of change does, in a sentence."""
    name = named(remedy)
    found = remedy.suffices
    if found is None:
        tightest = remedy.tried[-1]
        surely = "none suffices" if remedy.verdict == "over" else "none surely suffices"
        tried = f"{valued(remedy, remedy.tried[0].value)} to {valued(remedy, tightest.value)}"
        return f"{name}: {surely} from {tried}, where it is {figured(tightest.figure, share)}"
    text = f"{name}: {valued(remedy, found.value)} suffices, {figured(found.figure, share)}"
    if len(remedy.tried) > 1:
        looser = remedy.tried[-2]
        text += f"; {valued(remedy, looser.value)} does not, {figured(looser.figure, share)}"
    return text


def named(remedy: Remedy) -> str:
    """A kind of change."""
    names = {
        "cadence": "assess at least every",
        "growth": "assess at growth of",
        "buffer": "a finding of below reaches ahead",
    }
    return names.get(remedy.kind, f"'{remedy.word}' means at most")


def valued(remedy: Remedy, value: float) -> str:
    """A value of a change in its unit."""
    return f"{value:g}x" if remedy.kind in ("growth", "buffer") else days_words(value)


def days_words(days: float) -> str:
    """Days in words: ``1 day``, ``91 days``."""
    return "1 day" if days == 1 else f"{days:.0f} days"


def figured(figure: Interval, share: bool) -> str:
    """The figure that a level is about."""
    if share:
        return f"{percent(figure.value)} ({percent(figure.low)} to {percent(figure.high)})"
    return interval(figure)


def promised(promises: Promises) -> list[str]:
    """What a policy promises, clause by clause, in plain lines."""
    lines = [_looked(look) for look in promises.looks]
    lines += [_held(hold) for hold in promises.holds]
    return [*lines, _margin(promises.margin)]


def _looked(look: Look) -> str:
    what = {
        "cadence": "an assessment",
        "preliminary": "a preliminary test",
        "follow-up": "after a preliminary test, an assessment if it is",
        "release": "an assessment before each release",
    }[look.sort]
    since = " since the last " if look.sort == "follow-up" else " "
    joined = {"start": "from start to start", "done": "from completion to completion"}
    parts = []
    if look.every:
        every = " or ".join(_length(one) for one in look.every)
        anchor = " or ".join(joined[one] for one in look.anchors)
        parts.append(f"every {every}, {anchor}" if look.sort != "follow-up" else f"{every}{since}")
    if look.growth is not None:
        parts.append(f"at {look.growth:g}x growth in effective compute")
    within = " or ".join(_length(one) for one in look.within)
    due = f", done within {within}" if within else ""
    undated = ", with no date" if look.sort == "follow-up" and not within else ""
    only = "" if look.literally else "; the letter does not ask it again"
    said = " or ".join(part.strip() for part in parts)
    return f"{look.clause}{_force(look.force)}: {what} {said}".rstrip() + due + undated + only


def _held(hold: Hold) -> str:
    at = ", ".join(FINDINGS[rank].replace("_", " ") for rank in sorted(hold.charitably))
    grace = " or ".join(_length(one) for one in hold.grace)
    undated = all(one == Length(None) for one in hold.grace)
    after = "" if not grace else ", with no date," if undated else f" within {grace}"
    literal = (
        ""
        if hold.literally == hold.charitably
        else "; by the letter "
        + (
            "only at " + ", ".join(FINDINGS[r].replace("_", " ") for r in sorted(hold.literally))
            if hold.literally
            else "a paper or a parse opens it"
        )
    )
    return f"{hold.clause}{_force(hold.force)}: {_ACTIONS[hold.action]}{after} at {at}{literal}"


def _margin(margin: Margin) -> str:
    if margin.ahead == 1:
        return "no margin: a finding of below says nothing about what is trained after it"
    by = (
        "the longest interval in compute, for who reads charitably"
        if margin.clause is None
        else f"{margin.clause}{_force(margin.force or '')}"
    )
    return f"a finding of below reaches {margin.ahead:g}x ahead ({by})"


def _force(force: str) -> str:
    return f" ({force})" if force and force != "commitment" else ""


def _length(length: Length) -> str:
    if length.word is not None:
        return f"'{length.word}'"
    return days_words(length.days or 0.0)


def interval(found: Interval) -> str:
    """An estimate with its interval: ``4.7 (4.2 to 5.1)``."""
    return f"{short(found.value)} ({short(found.low)} to {short(found.high)})"


def short(days: float) -> str:
    """Days to a tenth, from ten on to a day."""
    return f"{days:.1f}" if days < 9.95 else f"{days:.0f}"


def percent(share: float) -> str:
    """A share; small ones and those near one with a digit more."""
    value = share * 100
    if 0 < value < 1 or 99 < value < 100:
        return f"{min(99.9, max(0.1, value)):.1f} %"
    return f"{value:.0f} %"


def factor(value: float) -> str:
    """A factor: ``6.2x``; ``never`` where nothing was found."""
    if math.isnan(value):
        return "none"
    if math.isinf(value):
        return "never"
    return f"{value:.1f}x" if value < 9.95 else f"{value:,.0f}x"


def factors(found: Interval) -> str:
    """A factor with its interval."""
    if math.isinf(found.value):
        return "without limit"
    return f"at most {factor(found.value)} ({factor(found.low)} to {factor(found.high)})"
