"""From one outcome per variant to one finding.

Readings that agree give the answer; readings that differ give *undetermined*, each listed. The
status uses the words literally; where a charitable reader would say otherwise, the finding says
so. A fact that rests on memory alone decides nothing: with and without it must agree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import is_

from ifthen.policy.model import Clause, Policy, Power, Procedure, Whenever
from ifthen.ruling.align import NEVER_ASKED, Place, aligned, in_order
from ifthen.ruling.cells import Cell
from ifthen.ruling.finding import NOT_KEPT, Finding, ReadingStatus, WordStatus
from ifthen.ruling.judge import Meaning, Subject
from ifthen.ruling.outcome import UNPUBLISHED, Outcome, Status, with_force
from ifthen.ruling.variants import Anatomy
from ifthen.ruling.wording import bound_text, sentence
from ifthen.vocabulary import Force


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to judge a clause."""

    readings: Mapping[str, str]
    meaning: Meaning
    recall: bool
    """Whether recalled facts are seen."""
    cell: Cell


@dataclass(frozen=True, slots=True)
class Merged:
    """The findings of one clause about one subject, and what each was merged from."""

    continued: bool
    parts: Mapping[Place, tuple[tuple[Outcome | None, ...], Finding]]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings."""
        return tuple(finding for _, finding in self.parts.values())


def merge(
    policy: Policy,
    clause: Clause,
    subject: Subject,
    variants: Sequence[Variant],
    anatomy: Anatomy,
    *,
    continued: bool,
    before: Merged | None = None,
) -> Merged:
    """The findings of one clause about one subject.

    Args:
        policy: whose clause it is.
        clause: the clause.
        subject: the subject.
        variants: each with its outcomes.
        anatomy: what the clause leaves open.
        continued: whether a later version takes over what is not yet due.
        before: what the same variants gave before; what rests on the same outcomes is taken again.
    """
    known = before.parts if before is not None and before.continued == continued else {}
    literal = [variant.meaning == "literal" for variant in variants]
    found = aligned(clause, [variant.cell.found for variant in variants], literal)
    places = _places(clause, variants, found, continued=continued)
    recalled = not all(variant.recall for variant in variants)
    parts: dict[Place, tuple[tuple[Outcome | None, ...], Finding]] = {}
    for place in places:
        outcomes = tuple([outcomes.get(place) for outcomes in found])
        part = known.get(place)
        if part is None or not all(map(is_, part[0], outcomes)):
            stated = [
                (variant, _stated(outcome, clause, place[0]))
                for variant, outcome in zip(variants, outcomes, strict=True)
                if outcome is not None and not (outcome.carry and continued)
            ]
            finding = _merged(
                policy, clause, subject, variants, stated, anatomy, place, recalled=recalled
            )
            part = (outcomes, finding)
        if place[0] != NEVER_ASKED or len(places) == 1 or part[1].status != "dormant":
            parts[place] = part
    return Merged(continued, parts)


def _places(
    clause: Clause,
    variants: Sequence[Variant],
    found: Sequence[Mapping[Place, Outcome]],
    *,
    continued: bool,
) -> Collection[Place]:
    """Where there is something to say, in the order in which it was found."""
    if len(variants) == 1 and not continued:
        return found[0]
    said = {
        place
        for variant, outcomes in zip(variants, found, strict=True)
        if variant.meaning == "literal"
        for place, outcome in outcomes.items()
        if not (outcome.carry and continued)
        and (variant.recall or _stated(outcome, clause, place[0]).status in NOT_KEPT)
    }
    return [place for place in in_order(found) if place in said]


def _merged(
    policy: Policy,
    clause: Clause,
    subject: Subject,
    variants: Sequence[Variant],
    stated: Sequence[tuple[Variant, Outcome]],
    anatomy: Anatomy,
    place: Place,
    *,
    recalled: bool,
) -> Finding:
    """The finding that the outcomes of one place merge into.

    A reading that knows no such place asks nothing there, which matters where others are definite.
    """
    charitable = [outcome for variant, outcome in stated if variant.meaning == "charitable"]
    unsure = {
        _reading(variant): outcome
        for variant, outcome in stated
        if variant.meaning == "literal" and not variant.recall
    }
    told = {
        _reading(variant): outcome
        for variant, outcome in stated
        if variant.meaning == "literal" and variant.recall
    }
    by_reading = []
    for variant in variants:
        if variant.meaning == "literal" and variant.recall:
            outcome = told.get(_reading(variant)) or Outcome(place[0], "dormant", place[1])
            other = unsure.get(_reading(variant))
            by_reading.append((variant, _without_recall(outcome, other) if recalled else outcome))
    here = [(variant, outcome) for variant, outcome in by_reading if _reading(variant) in told]
    if here and all(outcome.status == "undetermined" for _, outcome in here):
        by_reading = here
    words = _words(policy, anatomy, place, charitable, by_reading[0][1])
    return _finding(policy, clause, subject, by_reading, words)


def _reading(variant: Variant) -> tuple[tuple[str, str], ...]:
    return tuple(variant.readings.items())


def _stated(outcome: Outcome, clause: Clause, key: str) -> Outcome:
    """An outcome in the words of the clause's force; what ended with its version has lapsed."""
    if outcome.key != key:
        outcome = replace(outcome, key=key)
    if outcome.carry and outcome.status != "undetermined":
        outcome = replace(outcome, status="lapsed", done=None, late_seconds=None, between=())
    if isinstance(clause, Procedure):
        return outcome
    return with_force(outcome, _part(clause, outcome.part)[3])


def _without_recall(outcome: Outcome, other: Outcome | None) -> Outcome:
    if other is not None and other.status == outcome.status:
        return outcome
    if other is None and outcome.status in ("dormant", "undetermined"):
        return outcome
    without = "nothing" if other is None else other.status
    reason = (
        f"{outcome.status} only on the strength of facts that rest on memory; "
        f"without them: {without}"
    )
    return replace(outcome, status="undetermined", between=(), unknown=(*outcome.unknown, reason))


def _words(
    policy: Policy,
    anatomy: Anatomy,
    place: Place,
    charitable: Sequence[Outcome],
    literal: Outcome,
) -> tuple[WordStatus, ...]:
    if literal.status == "dormant" and literal.instance is None:
        return ()
    other = charitable[0] if charitable else literal
    return tuple(
        WordStatus(
            term,
            policy.terms[term].phrase,
            bound_text(policy.terms[term].literal),
            bound_text(policy.terms[term].charitable),
            (other if term in anatomy.terms else literal).status,
            (other if term in anatomy.terms else literal).due,
        )
        for term in dict.fromkeys((*anatomy.part_terms[place[1]], *anatomy.feeding))
    )


def _finding(
    policy: Policy,
    clause: Clause,
    subject: Subject,
    by_reading: Sequence[tuple[Variant, Outcome]],
    words: tuple[WordStatus, ...],
) -> Finding:
    outcome = by_reading[0][1]
    readings: tuple[ReadingStatus, ...] = ()
    if outcome_readings := by_reading[0][0].readings:
        readings = tuple(
            ReadingStatus(v.readings, _reading_text(policy, v.readings), o) for v, o in by_reading
        )
    statuses = dict.fromkeys(o.status for _, o in by_reading)
    status: Status = outcome.status if len(statuses) == 1 else "undetermined"
    reasons = dict.fromkeys(reason for _, o in by_reading for reason in o.unknown)
    unknown = tuple(sorted(reasons, key=lambda reason: UNPUBLISHED not in reason))
    if len(statuses) > 1:
        for reading in outcome_readings:
            unknown += (f'the text leaves open: "{policy.readings[reading].phrase}"',)
        outcome = replace(
            outcome,
            due=outcome.due if len({o.due for _, o in by_reading}) == 1 else None,
            done=outcome.done if len({o.done for _, o in by_reading}) == 1 else None,
            late_seconds=None,
            early_seconds=None,
            limits=outcome.limits if len({o.limits for _, o in by_reading}) == 1 else (),
            facts=tuple(dict.fromkeys(f for _, o in by_reading for f in o.facts)),
        )
    else:
        outcome = _shared(outcome, [o for _, o in by_reading])
    assumes = tuple(dict.fromkeys(a for _, o in by_reading for a in o.assumes))
    title, section, encodes, force, remark, suffix = _part(clause, outcome.part)
    says = sentence(title, subject, outcome, status, readings, unknown, remark)
    if status == "undetermined" and _has_no_date(clause):
        says += " The text sets no date, so nothing can be late."
    return Finding(
        policy.id,
        f"{policy.id}#{clause.common.id}{suffix}",
        title,
        section,
        encodes,
        clause.kind,
        force,
        subject,
        outcome,
        status,
        says,
        readings,
        words,
        assumes,
        unknown if status == "undetermined" else (),
    )


def _has_no_date(clause: Clause) -> bool:
    return isinstance(clause, Whenever) and clause.duty is not None and not clause.duty.deadlines


def _shared(outcome: Outcome, others: Sequence[Outcome]) -> Outcome:
    """An outcome on whose status all readings agree, less what they do not agree on."""
    if len(others) == 1:
        return outcome
    return replace(
        outcome,
        due=outcome.due if all(o.due == outcome.due for o in others) else None,
        done=outcome.done if all(o.done == outcome.done for o in others) else None,
        late_seconds=(
            outcome.late_seconds
            if all(o.late_seconds == outcome.late_seconds for o in others)
            else None
        ),
        early_seconds=(
            outcome.early_seconds
            if all(o.early_seconds == outcome.early_seconds for o in others)
            else None
        ),
        limits=outcome.limits if all(o.limits == outcome.limits for o in others) else (),
    )


def _reading_text(policy: Policy, readings: Mapping[str, str]) -> str:
    return ", ".join(policy.readings[key].options[option] for key, option in readings.items())


def _part(clause: Clause, part: str) -> tuple[str, str, tuple[str, ...], Force, str, str]:
    common = clause.common
    if isinstance(clause, Procedure) and part:
        step = next(step for step in clause.steps if step.id == part)
        return step.title, common.source, step.encodes, step.force, step.remark, f"/{part}"
    if isinstance(clause, Power) and part:
        return (
            f"{common.title}: its price",
            common.source,
            common.encodes,
            "commitment",
            common.remark,
            "/price",
        )
    return common.title, common.source, common.encodes, common.force, common.remark, ""
