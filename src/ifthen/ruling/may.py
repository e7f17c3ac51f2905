"""``may``: is an action permitted now, which clauses say so, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ifthen.dates import Instant, Moment, format_moment, moment
from ifthen.policy.model import Forbid, Policy, Procedure, Step
from ifthen.record.model import Fact, Record
from ifthen.ruling.finding import Finding, InForce, unruled
from ifthen.ruling.holds import NOW, ForbidCell
from ifthen.ruling.judge import Asked, Judge
from ifthen.ruling.merge import merge
from ifthen.ruling.needs import Alternative, Missing, missing_event, needs
from ifthen.ruling.order import closing
from ifthen.ruling.outcome import Outcome, Status
from ifthen.ruling.procedures import ProcedureCell
from ifthen.ruling.reasons import Because
from ifthen.ruling.session import Group, Session
from ifthen.ruling.wording import happens
from ifthen.vocabulary import Action

Answer: TypeAlias = Literal["permitted", "held", "undetermined"]


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether an action is permitted, and why."""

    action: Action
    model: str
    at: Instant
    answer: Answer
    clauses: tuple[Finding, ...]
    """Every hold and every procedure that gates the action, as it stands."""
    missing: tuple[Missing, ...]
    """The fewest facts that would open it; empty where it is open or nothing would."""
    policies: tuple[InForce, ...]
    says: str

    @property
    def exit_code(self) -> int:
        """0 permitted, 1 held, 3 undetermined."""
        return {"permitted": 0, "held": 1, "undetermined": 3}[self.answer]

    def as_json(self) -> dict[str, Any]:
        """The permission in the documented JSON form."""
        return {
            "action": self.action,
            "model": self.model,
            "at": format_moment(self.at),
            "answer": self.answer,
            "policies": [policy.as_json() for policy in self.policies],
            "clauses": [finding.as_json() for finding in self.clauses],
            "missing": [missing.as_json() for missing in self.missing],
            "says": self.says,
        }


def may(
    policies: Sequence[Policy],
    record: Record,
    action: Action,
    model: str,
    at: Moment,
    known: Moment | None = None,
    *,
    stage: str | None = None,
    throughout: bool = False,
) -> Permission:
    """Ask whether an action is permitted for a model.

    It is permitted only if every hold on the action is open and every step that a procedure sets
    before the action is done. A rule that cannot be evaluated is not satisfied.

    Args:
        policies: encoded policies, as for ``rule``.
        record: the facts; planned ones are seen too.
        action: what is to be done.
        model: for which model.
        at: when.
        known: as for ``rule``.
        stage: of a release; ``internal`` asks about internal use.
        throughout: as for ``rule``.
    """
    if action == "deploy" and stage == "internal":
        action = "use-inside"
    session = Session(policies, record, throughout=throughout, planned=True, lazy=True)
    session.advance(moment(at), None if known is None else moment(known))
    return permission(session, action, model)


def permission(session: Session, action: Action, model: str) -> Permission:
    """Ask a session that already stands at the moment in question."""
    findings: list[Finding] = []
    missing: list[Missing] = []
    for group in session.gating(action, model):
        found, lacks = (_hold if isinstance(group.clause, Forbid) else _gate)(group, session.at)
        findings.extend(found)
        missing.extend(lacks)
    findings = [_as_planned(finding, session) for finding in findings]
    statuses = {finding.status for finding in findings if finding.force == "commitment"}
    answer: Answer = (
        "held"
        if statuses & {"held", "void"}
        else "undetermined"
        if "undetermined" in statuses or unruled(session.in_force, session.at)
        else "permitted"
    )
    lacks_all = tuple(dict.fromkeys(missing)) if answer != "permitted" else ()
    return Permission(
        action,
        model,
        session.at,
        answer,
        tuple(findings),
        lacks_all,
        tuple(policy for policy in session.in_force if policy.covers(session.at)),
        _says(action, model, answer, findings, lacks_all, session),
    )


def _as_planned(finding: Finding, session: Session) -> Finding:
    """A finding that rests on plans, with the assumption that they come true."""
    by_id = session.timeline.by_id
    plans = [id for id in finding.outcome.facts if id in by_id and by_id[id].planned]
    if not plans:
        return finding
    assumes = (*finding.assumes, *(happens(id) for id in plans))
    return replace(finding, assumes=assumes)


def _hold(group: Group, at: Instant) -> tuple[tuple[Finding, ...], list[Missing]]:
    """How a hold stands, and the fewest facts that would open it."""
    findings = tuple(finding for finding in group.findings if finding.outcome.key == NOW)
    if all(finding.status == "open" for finding in findings):
        return findings, []
    clause = group.clause
    assert isinstance(clause, Forbid)
    asked = Asked(closing(at), lenient=True)
    reference = f"{group.version.policy.id}#{clause.common.id}"
    found: list[Missing] = []
    for variant in group.variants:
        if variant.meaning == "literal" and variant.recall:
            judge = variant.cell.judge
            options = list(needs(clause.unless, True, judge, asked))
            if clause.if_ is not None:
                options += needs(clause.if_, False, judge, replace(asked, lenient=False))
            best = min(options, key=_size, default=frozenset())
            found.extend(replace(one, clause=reference) for one in sorted(best, key=str))
    return findings, found


def _size(alternative: Alternative) -> tuple[int, list[str]]:
    return len(alternative), sorted(map(str, alternative))


def _gate(group: Group, at: Instant) -> tuple[tuple[Finding, ...], list[Missing]]:
    """Whether a procedure lets the action begin, and the steps still missing."""
    clause = group.clause
    assert isinstance(clause, Procedure)
    missing: list[Missing] = []
    variants = []
    for variant in group.variants:
        cell = variant.cell
        assert isinstance(cell, ProcedureCell)
        because, steps = cell.ready(at)
        variants.append(replace(variant, cell=_Asked(cell, because)))
        if variant.meaning == "literal" and variant.recall:
            missing.extend(_missing_step(group, cell.judge, step, fact) for step, fact in steps)
            anew = any(not step.follows and not step.by for step, _ in steps)
            if because.value is not True and (anew or not steps):
                missing.append(_missing_decision(group, cell.judge))
    merged = merge(
        group.version.policy,
        replace(clause, common=replace(clause.common, title=f"{clause.common.title}, as a gate")),
        group.subject,
        variants,
        group.anatomy,
        continued=False,
    )
    return merged.findings, missing


class _Asked(ForbidCell):
    """A procedure seen as a gate: one outcome, open, held or undetermined."""

    def __init__(self, cell: ProcedureCell, because: Because) -> None:
        self.judge = cell.judge
        status: dict[bool | None, Status] = {True: "open", False: "held", None: "undetermined"}
        self._found = {
            (NOW, ""): Outcome(
                NOW,
                status[because.value],
                facts=because.all_facts(),
                assumes=because.all_assumes(),
                unknown=because.all_unknown(),
                because=(because,),
            )
        }


def _missing_step(group: Group, judge: Judge, step: Step, fact: Fact) -> Missing:
    reference = f"{group.version.policy.id}#{group.clause.common.id}"
    if step.by:
        return Missing(fact.kind, group.subject.model, by=step.by, clause=reference, step=step.id)
    pattern = judge.events(step.do[0]).patterns[0]
    found = missing_event(pattern, group.subject.model, reference, step.id)
    others = [missing_event(judge.events(e).patterns[0], None) for e in step.do[1:]]
    return replace(found, to=tuple(dict.fromkeys((*found.to, *(w for o in others for w in o.to)))))


def _missing_decision(group: Group, judge: Judge) -> Missing:
    clause = group.clause
    assert isinstance(clause, Procedure)
    by = next((step.by for step in clause.steps if step.by), ())
    return Missing(
        judge.events(clause.decision).patterns[0].kind,
        group.subject.model,
        by=by,
        clause=f"{group.version.policy.id}#{clause.common.id}",
    )


def _says(
    action: Action,
    model: str,
    answer: Answer,
    findings: Sequence[Finding],
    missing: Sequence[Missing],
    session: Session,
) -> str:
    verb = {"train": "train", "deploy": "deploy", "use-inside": "use inside", "store": "store"}
    what = f"{verb[action]} {model}"
    if answer == "permitted":
        count = len(findings)
        permit = "1 clause permits it" if count == 1 else f"{count} clauses permit it"
        held = permit if findings else "no clause holds it"
        return f"May {what}: {held}."
    needed = "; ".join(dict.fromkeys(map(str, missing)))
    tail = f" Needs: {needed}." if needed else ""
    if answer == "held" and not needed:
        tail = " No fact that is merely missing would open it."
    if answer == "held":
        holding = next(f for f in findings if f.status in ("held", "void"))
        return f"May not {what}: {holding.title} ({holding.clause}).{tail}"
    reasons = [reason for f in findings if f.status == "undetermined" for reason in f.unknown]
    reasons[:0] = unruled(session.in_force, session.at)
    why = f" Not known: {'; '.join(dict.fromkeys(reasons[:3]))}." if reasons else ""
    return f"It cannot be told whether one may {what}.{why}{tail}"
