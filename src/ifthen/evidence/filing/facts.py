"""Work as facts of a record, and what of it only people can file.

A finding that was computed is filed as an ``evaluation_result`` (or, for compute, a
``training_progress``): it happened, and it says what the scores say. It is never filed as a
``threshold_decision``. Where a model stands is decided by those whom the policy names, and a
procedure asks who they were and when. So a proposal is printed, not filed: a decision with its
date, its id and its deciders left empty, which no record accepts until they are filled in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from ifthen.evidence.filing.work import Work, cleaned
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source
from ifthen.record.facts import Problem, build_fact
from ifthen.record.files import open_jsonl
from ifthen.record.model import Fact


def evaluation_result(
    work: Work,
    *,
    date: str,
    model: str,
    threshold: str | Sequence[str] | None = None,
    task: str | None = None,
    elicitation: Sequence[str] = (),
    id: str | None = None,
) -> dict[str, Any]:
    """A finding about a model as a fact.

    Args:
        work: what was found, and how.
        date: when the evaluation was done.
        model: the record's name of the model.
        threshold: the policy's names of what was evaluated.
        task: the name of the evaluation.
        elicitation: what it used, of ``elicitation.ITEMS``.
        id: the fact's; by default one that the same work always has.

    Raises:
        InputError: a record would not accept it.
    """
    return _fact(
        work,
        id=id or identity(work, model),
        date=date,
        kind="evaluation_result",
        model=model,
        threshold=threshold if isinstance(threshold, str) else list(threshold or ()) or None,
        what=task,
        elicitation=list(elicitation) or None,
    )


def training_progress(
    work: Work,
    *,
    date: str,
    model: str,
    flop: float | None = None,
    effective_compute: float | None = None,
    id: str | None = None,
) -> dict[str, Any]:
    """The growth of a model's compute as a fact.

    Args:
        work: what was found, and how.
        date: of the snapshot.
        model: the record's name of the model.
        flop: of the snapshot.
        effective_compute: of the snapshot, in the unit of the record.
        id: the fact's; by default one that the same work always has.

    Raises:
        InputError: a record would not accept it.
    """
    return _fact(
        work,
        id=id or identity(work, model),
        date=date,
        kind="training_progress",
        model=model,
        flop=flop,
        effective_compute=effective_compute,
    )


def amendment(work: Work, fact: Fact, *, date: str) -> dict[str, Any]:
    """A finding made again, as the correction of the fact that carries it.

    Args:
        work: what is found now.
        fact: what was found then.
        date: when that was learned; the date of the fact itself stands.

    Raises:
        InputError: a record would not accept it.
    """
    id = identity(work, ",".join(fact.models), fact.id)
    return _fact(work, id=id, date=date, kind=fact.kind, amends=fact.id)


def _fact(work: Work, **fields: Any) -> dict[str, Any]:
    """A fact that carries work.

    Raises:
        InputError: a record would not accept it.
    """
    carried = {
        "summary": work.outcome.says or None,
        "values": work.values(),
        "sources": [{"title": found.digest, "url": found.location} for found in work.inputs],
    }
    return checked(cleaned({**fields, **carried}))


def proposal(fact: dict[str, Any], threshold: str, finding: str) -> str:
    """A decision for the deciders to date and sign, as YAML to put into a record.

    Args:
        fact: the filed finding that it rests on.
        threshold: the policy's name of the capability.
        finding: where the finding says that the model stands.
    """

    def quoted(text: object) -> str:
        return json.dumps(str(text), ensure_ascii=False)

    return "\n".join(
        [
            "# A proposal. It decides nothing, and no record accepts it, until those who decide",
            "# fill in id, date and by, and change the finding where they judge otherwise.",
            "- id:",
            "  date:",
            "  kind: threshold_decision",
            f"  model: {quoted(fact['model'])}",
            f"  findings: {{{quoted(threshold)}: {finding}}}",
            "  by:",
            f"  about: {quoted(fact['id'])}",
            "",
        ]
    )


def identity(work: Work, model: str, amends: str | None = None) -> str:
    """An id for a finding: the same for the same work about the same model, and for no other."""
    entry = [work.values(), model, amends]
    text = json.dumps(cleaned(entry), sort_keys=True)
    return f"evidence-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a fact, if a record accepts them.

    Raises:
        InputError: it does not.
    """
    fact_of(fields)
    return fields


def fact_of(fields: dict[str, Any]) -> Fact:
    """The fact that a record reads from these fields.

    Raises:
        InputError: it accepts no such fact.
    """
    line = json.dumps(fields, ensure_ascii=False)
    [raw] = open_jsonl(Source("fact", line)).facts()
    problems: list[Problem] = []
    if isinstance(raw, Diagnostic):
        raise InputError([raw])
    fact = build_fact(raw[0], 0, NOWHERE, problems)
    if fact is None or problems:
        source = Source(f"fact {fields.get('id')}", "")
        raise InputError([Diagnostic(source, NOWHERE, p.message, p.hint) for p in problems])
    return fact
