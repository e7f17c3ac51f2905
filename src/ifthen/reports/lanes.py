"""What the timeline shows, as data: lanes with marks and bars, packed so that none overlap.

Places along the axis are instants; rows are numbers. Drawing is the business of ``timeline``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ifthen.dates import SECONDS_PER_DAY, Instant
from ifthen.record.model import Fact
from ifthen.reports.digest import Facts, version
from ifthen.reports.explain import day_text, fact_says, kind_text
from ifthen.reports.markup import plural
from ifthen.ruling.finding import FAULTS, Finding, InForce, lateness_text, when
from ifthen.ruling.outcome import Status
from ifthen.ruling.replay import Replay
from ifthen.vocabulary import KINDS

ORGANISATION = "Organisation"
MOST_ROWS = 12
"""Rows of bars in a lane; what does not fit is counted instead."""
WIDTH = 940
"""Pixels of a short record's axis."""
LEAST_PER_DAY = 0.8
"""Pixels a day of a long one's, which is wider and scrolls."""

SHAPES: Mapping[str, str] = {
    "release": "Release",
    "training": "Training",
    "decision": "Decision",
    "assessment": "Assessment",
    "outside": "Outside check",
    "report": "Report",
    "safeguard": "Standard, safeguard",
    "notice": "Notice",
    "trouble": "Acknowledgement, trouble",
    "other": "Other",
}
"""Every shape of mark and what it stands for, in the order of the rows of a lane."""

_SHAPE_OF_GROUP: Mapping[str, str] = {
    "release": "release",
    "training": "training",
    "assessment": "assessment",
    "reports": "report",
    "findings": "decision",
    "safeguards": "safeguard",
    "people told": "notice",
    "outside checks": "outside",
    "trouble": "trouble",
}
_ORDER = tuple(SHAPES)
_Item = TypeVar("_Item")
_FROM_TRIGGER: frozenset[Status] = frozenset({"held", "missed", "violated", "void", "abused"})


@dataclass(frozen=True, slots=True)
class Mark:
    """Facts of one shape, on one day (or within one coarse date)."""

    shape: str
    low: Instant
    high: Instant
    coarse: bool
    count: int
    title: str
    place: str
    """Id of the place on the page it leads to."""
    row: int = 0
    shift: float = 0.0
    """Pixels to the right of its date, to stand beside others of that date."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A duty from what set it off to when it was due and done; several if they coincide."""

    status: Status
    low: Instant
    due: Instant | None
    high: Instant
    open: bool
    """Whether it is still going on at the end."""
    label: str
    count: int
    title: str
    place: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    """What happened to one model, or to the organisation."""

    name: str
    marks: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    left_out: int

    @property
    def mark_rows(self) -> int:
        """Rows that marks take up."""
        return max((mark.row + 1 for mark in self.marks), default=0)

    @property
    def bar_rows(self) -> int:
        """Rows that bars take up."""
        return max((bar.row + 1 for bar in self.bars), default=0)


@dataclass(frozen=True, slots=True)
class Chart:
    """All of the timeline."""

    start: Instant
    end: Instant
    """The axis runs from ``start`` to ``end``."""
    now: Instant
    """The moment of the ruling."""
    per_day: float
    """Pixels a day, which decides what would overlap."""
    families: tuple[tuple[str, tuple[InForce, ...]], ...]
    """Policy families with their versions; the family that is ruled under comes first."""
    lanes: tuple[Lane, ...]


def chart(replay: Replay, facts: Facts, ids: Mapping[tuple[str, object, str], str]) -> Chart:
    """Lay out a replay.

    Args:
        replay: what to show.
        facts: the facts to mark.
        ids: where on the page each finding is, by its key.
    """
    now = replay.ruling.at
    shown = [fact for fact in facts.visible if fact.latest >= replay.start]
    first = min((fact.earliest for fact in shown), default=replay.start)
    start = max(first, replay.start - SECONDS_PER_DAY)
    findings = [
        dated for f in replay.ruling.findings if _is_drawn(dated := _dated(f, facts), start)
    ]
    end = _end(findings, start, now)
    per_day = max(LEAST_PER_DAY, WIDTH * SECONDS_PER_DAY / (end - start))
    pack = _Packer(start, per_day)
    ends = {policy.policy: policy.end for policy in replay.ruling.policies}
    by_model: dict[str | None, list[Fact]] = {None: []}
    for fact in shown:
        if KINDS[fact.kind].group != "policy":
            for model in fact.models or (None,):
                by_model.setdefault(model, []).append(fact)
    duties: dict[str | None, list[Finding]] = {}
    for finding in findings:
        duties.setdefault(finding.subject.model, []).append(finding)
        by_model.setdefault(finding.subject.model, [])
    lanes = [
        _lane(
            ORGANISATION if model is None else model,
            [_mark(group, shape, facts) for (shape, _, _), group in _same_day(own).items()],
            [
                _bar(group, now, ends, ids)
                for group in _coinciding(duties.get(model, ()), now, ends).values()
            ],
            pack,
        )
        for model, own in by_model.items()
    ]
    kept = [lane for lane in lanes if lane.marks or lane.bars or lane.name == ORGANISATION]
    return Chart(start, end, now, per_day, _families(replay.ruling.policies), tuple(kept))


def _dated(finding: Finding, facts: Facts) -> Finding:
    """A fault without a date of its own, such as one acknowledged, takes that of its fact."""
    outcome = finding.outcome
    if finding.status not in FAULTS or outcome.due or outcome.triggered or outcome.done:
        return finding
    fact = None if outcome.instance is None else facts.find(outcome.instance)
    if fact is None:
        return finding
    moment = (fact.earliest, fact.latest)
    return replace(finding, outcome=replace(outcome, triggered=moment, done=moment))


def _is_drawn(finding: Finding, start: Instant) -> bool:
    outcome = finding.outcome
    if outcome.due is None and not (
        finding.status in FAULTS or (finding.status in _FROM_TRIGGER and outcome.triggered)
    ):
        return False
    spans = (outcome.triggered, outcome.due, outcome.done)
    moments = [moment for span in spans if span is not None for moment in span]
    if not moments or max(moments) < start or finding.status in ("dormant", "lapsed"):
        return False
    return finding.status in FAULTS or max(moments) - min(moments) >= 2 * SECONDS_PER_DAY


def _end(findings: Iterable[Finding], start: Instant, now: Instant) -> Instant:
    """A little after now, or as far as duties reach that fall due not long after."""
    span = now - start
    limit = now + max(span // 4, 92 * SECONDS_PER_DAY)
    dues = [f.outcome.due[1] for f in findings if f.outcome.due is not None]
    ahead = [due for due in dues if now < due <= limit]
    return max([now, *ahead]) + max(span // 40, 6 * SECONDS_PER_DAY)


def _families(policies: Iterable[InForce]) -> tuple[tuple[str, tuple[InForce, ...]], ...]:
    families: dict[str, list[InForce]] = {}
    for policy in policies:
        families.setdefault(policy.policy.partition("@")[0], []).append(policy)
    ranked = sorted(families.items(), key=lambda item: -sum(p.encoded for p in item[1]))
    return tuple((family, tuple(versions)) for family, versions in ranked)


# --- marks -------------------------------------------------------------------------------------


def _same_day(facts: Iterable[Fact]) -> dict[tuple[str, Instant, Instant], list[Fact]]:
    groups: dict[tuple[str, Instant, Instant], list[Fact]] = {}
    for fact in facts:
        shape = _SHAPE_OF_GROUP.get(KINDS[fact.kind].group, "other")
        groups.setdefault((shape, fact.earliest, fact.latest), []).append(fact)
    return groups


def _mark(group: Sequence[Fact], shape: str, facts: Facts) -> Mark:
    first = group[0]
    said = "; ".join(f"{kind_text(fact.kind)}: {fact_says(fact)}" for fact in group)
    planned = "planned: " if first.planned else ""
    return Mark(
        shape,
        first.earliest,
        first.latest,
        first.coarse,
        len(group),
        f"{day_text(first)} {planned}{said}",
        facts.place(first),
    )


# --- bars --------------------------------------------------------------------------------------


def _coinciding(
    findings: Iterable[Finding], now: Instant, ends: Mapping[str, Instant | None]
) -> dict[tuple[object, ...], list[Finding]]:
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        outcome = finding.outcome
        alone = finding.key if finding.status in FAULTS else None
        key = (finding.status, outcome.triggered, outcome.due, _stop(finding, now, ends), alone)
        groups.setdefault(key, []).append(finding)
    return groups


def _stop(finding: Finding, now: Instant, ends: Mapping[str, Instant | None]) -> Instant:
    """Where a bar ends: done, else now or the end of its policy, if that came first."""
    outcome = finding.outcome
    if outcome.done is not None:
        return outcome.done[1]
    if finding.status in ("void", "abused") or (
        finding.status in FAULTS and outcome.due is None and outcome.triggered is not None
    ):
        return (outcome.triggered or (now, now))[1]
    if finding.status in ("pending", "undetermined", "met", "noted"):
        return (outcome.due or outcome.triggered or (now, now))[1]
    ended = ends.get(finding.policy)
    return now if ended is None else min(now, ended)


def _bar(
    group: Sequence[Finding],
    now: Instant,
    ends: Mapping[str, Instant | None],
    ids: Mapping[tuple[str, object, str], str],
) -> Bar:
    first = group[0]
    outcome = first.outcome
    stop = _stop(first, now, ends)
    begin = outcome.triggered or outcome.due or outcome.done or (stop, stop)
    due = None if outcome.due is None else outcome.due[1]
    high = max(stop, begin[0])
    if outcome.done is not None and due is not None and first.status in ("met", "noted"):
        high = max(high, begin[0])
    unfinished = outcome.done is None and high == now
    title = first.says if len(group) == 1 else _several(group)
    return Bar(
        first.status,
        min(begin[0], high),
        due,
        high,
        unfinished,
        _label(first) if first.status in FAULTS else "",
        len(group),
        title,
        ids[first.key],
    )


def _label(finding: Finding) -> str:
    late = lateness_text(finding.outcome.late_seconds)
    return f"{late} late" if finding.status == "late" and late else finding.status


def _several(group: Sequence[Finding]) -> str:
    first = group[0]
    due = when(first.outcome.due, latest=True)
    titles = list(dict.fromkeys(f"{f.title} ({version(f.policy)})" for f in group))
    more = f" and {len(titles) - 4} more" if len(titles) > 4 else ""
    return (
        f"{plural(len(group), 'duty', 'duties')} {first.status}"
        f"{f', due {due}' if due else ''}: {'; '.join(titles[:4])}{more}"
    )


# --- packing -----------------------------------------------------------------------------------


class _Packer:
    """Puts things in the first row in which they touch nothing."""

    MARK = 12.0
    GAP = 2
    LETTER = 5.9

    def __init__(self, start: Instant, per_day: float) -> None:
        self._scale = per_day / SECONDS_PER_DAY
        self._origin = round(start * self._scale) - 100

    def marks(self, marks: Iterable[Mark]) -> tuple[Mark, ...]:
        """Marks of one date side by side, at most three in a row, around their date."""

        def extent(side: Sequence[Mark]) -> tuple[float, float]:
            first = side[0]
            low, high = first.low * self._scale, first.high * self._scale
            middle, half = (low + high) / 2, self.MARK * len(side) / 2
            half += 6 if side[-1].count > 1 else 0
            if not first.coarse:
                return middle - half, middle + half
            return min(low, middle - half), max(high, middle + half)

        dates: dict[tuple[Instant, Instant], list[Mark]] = {}
        for mark in sorted(marks, key=lambda mark: (mark.low, _ORDER.index(mark.shape))):
            dates.setdefault((mark.low, mark.high), []).append(mark)
        sides = [
            same[first : first + columns]
            for same in dates.values()
            for columns in (1 if len(same) < 3 else 2 if len(same) < 5 else 3,)
            for first in range(0, len(same), columns)
        ]
        return tuple(
            replace(mark, row=row, shift=self.MARK * (place - (len(side) - 1) / 2))
            for side, row in self._rows(sides, extent)
            for place, mark in enumerate(side)
        )

    def bars(self, bars: Iterable[Bar]) -> tuple[tuple[Bar, ...], int]:
        def extent(bar: Bar) -> tuple[float, float]:
            high = max(bar.high, bar.due or bar.high) * self._scale
            words = len(bar.label) + (4 if bar.count > 1 else 0)
            return bar.low * self._scale, high + self.GAP + words * self.LETTER

        ordered = sorted(bars, key=lambda bar: (bar.status not in FAULTS, bar.low, bar.high))
        placed = [replace(bar, row=row) for bar, row in self._rows(ordered, extent)]
        kept = tuple(b for b in placed if b.row < MOST_ROWS or b.status in FAULTS)
        left_out = sum(bar.count for bar in placed) - sum(bar.count for bar in kept)
        return kept, left_out

    def _rows(
        self, items: Iterable[_Item], extent: Callable[[_Item], tuple[float, float]]
    ) -> Iterator[tuple[_Item, int]]:
        rows: list[int] = []  # each a set of taken pixels, as bits
        for item in items:
            low, high = (round(end) - self._origin for end in extent(item))
            low = max(low - self.GAP, 0)
            pixels = ((1 << max(high + self.GAP - low, 1)) - 1) << low
            row = next((row for row, taken in enumerate(rows) if not taken & pixels), len(rows))
            if row == len(rows):
                rows.append(0)
            rows[row] |= pixels
            yield item, row


def _lane(name: str, marks: Iterable[Mark], bars: Iterable[Bar], pack: _Packer) -> Lane:
    kept, left_out = pack.bars(bars)
    return Lane(name, pack.marks(marks), kept, left_out)
