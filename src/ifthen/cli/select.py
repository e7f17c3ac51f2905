"""Which findings a clause, a step or a row on the command line means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ifthen.cli.inputs import refuse
from ifthen.policy.model import Policy, Power, Procedure
from ifthen.policy.source import did_you_mean
from ifthen.ruling.finding import Finding, Ruling

_ARGUMENT = "CLAUSE"


def findings_of(
    name: str, policies: Sequence[Policy], ruling: Ruling, model: str | None
) -> tuple[Finding, ...]:
    """The findings of the clauses that a name means, those about a model alone where one is given.

    Raises:
        InputError: there is no such clause, or several policies in force have one.
    """
    meant = _clauses(name, policies, ruling)
    return tuple(
        finding
        for finding in ruling.findings
        if (finding.clause in meant or finding.clause.rpartition("/")[0] in meant)
        and model in (None, finding.subject.model)
    )


def _clauses(name: str, policies: Sequence[Policy], ruling: Ruling) -> frozenset[str]:
    """Full names of the clauses and steps that a name means."""
    policy_id, hash_sign, own = name.partition("#")
    if hash_sign:
        return frozenset({_in_full(policy_id, own, name, policies)})
    ruled = [p for entry in ruling.policies for p in policies if p.id == entry.policy]
    over = {p.policy for p in ruling.policies if p.end is not None and p.end <= ruling.at}
    current = [policy for policy in ruled if policy.id not in over]
    holders = [policy for policy in current if _has(policy, name)]
    if not holders:  # the last version that had it
        holders = [policy for policy in ruled if _has(policy, name)][-1:]
    if len(holders) > 1:
        listed = ", ".join(f"{policy.id}#{name}" for policy in holders)
        refuse(_ARGUMENT, f"'{name}' is in several policies", f"write one of: {listed}")
    if not holders:
        _refuse_unknown(name, current, policies)
    policy = holders[0]
    if name in _names(policy):
        return frozenset({f"{policy.id}#{name}"})
    return frozenset(f"{policy.id}#{clause}" for clause, rows in _parts(policy) if name in rows)


def _in_full(policy_id: str, own: str, name: str, policies: Sequence[Policy]) -> str:
    policy = next((policy for policy in policies if policy.id == policy_id), None)
    if policy is None:
        known = [policy.id for policy in policies]
        hint = did_you_mean(policy_id, known) or f"ruled by: {', '.join(known) or 'none'}"
        refuse(_ARGUMENT, f"the record is not ruled by a policy '{policy_id}'", hint)
    if own not in _names(policy):
        hint = did_you_mean(own, _names(policy))
        refuse(_ARGUMENT, f"{policy_id} has no clause '{own}'", hint)
    return name


def _refuse_unknown(name: str, current: Sequence[Policy], policies: Sequence[Policy]) -> None:
    for policy in policies:
        if policy not in current and name in _names(policy):
            message = f"'{name}' is in {policy.id}, which the record has not adopted by then"
            refuse(_ARGUMENT, message, "ask about a later date, or use --policy")
    for policy in current:
        elements = [clause for clause, rows in _elements(policy) if name in rows]
        if elements:
            message = f"row {name} is encoded by {', '.join(elements)}, not by a clause of its own"
            refuse(_ARGUMENT, message, "ask about a clause that depends on it")
    known = [known for policy in current for known in (*_names(policy), *_rows(policy))]
    ids = ", ".join(policy.id for policy in current)
    where = f"in {ids}" if ids else "in force, for no encoded policy is"
    refuse(_ARGUMENT, f"there is no clause '{name}' {where}", did_you_mean(name, known))


def _has(policy: Policy, name: str) -> bool:
    return name in _names(policy) or name in _rows(policy)


def _parts(policy: Policy) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every clause and step, with the rows it encodes."""
    for clause in policy.clauses:
        yield clause.common.id, clause.common.encodes
        if isinstance(clause, Procedure):
            for step in clause.steps:
                yield f"{clause.common.id}/{step.id}", step.encodes
        if isinstance(clause, Power) and clause.price is not None:
            yield f"{clause.common.id}/price", ()


def _names(policy: Policy) -> list[str]:
    return [name for name, _ in _parts(policy)]


def _rows(policy: Policy) -> set[str]:
    return {row for _, rows in _parts(policy) for row in rows}


def _elements(policy: Policy) -> Iterator[tuple[str, Iterable[str]]]:
    from ifthen.review.coverage import encoded_rows

    for row, elements in encoded_rows(policy).items():
        for element in elements:
            yield element, (row,)
