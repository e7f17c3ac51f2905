"""``ruling = rule(policies, record, at, known)``: a pure function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ifthen.dates import Moment, moment
from ifthen.policy.model import Policy
from ifthen.record.model import Record
from ifthen.ruling.finding import Ruling
from ifthen.ruling.session import Session


def rule(
    policies: Sequence[Policy],
    record: Record,
    at: Moment,
    known: Moment | None = None,
    *,
    throughout: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Ruling:
    """Rule a record: what was due, met, late, breached, permitted, held or cannot be told.

    Reads no clock, file or environment: the same arguments give the same ruling for ever.

    Args:
        policies: encoded policies. Each version rules from the day the record adopts it until the
            record adopts the next version of its family.
        record: the facts.
        at: the moment of the ruling, as ``ifthen.dates.moment`` reads it; nothing later is seen.
        known: nothing learned after this is seen; by default ``at``.
        throughout: rule the whole record under all of ``policies``, whatever it adopts.
        progress: called with (clauses judged, clauses in all) as the ruling goes on.

    Returns:
        The findings, with the policies in force.
    """
    session = Session(policies, record, throughout=throughout, progress=progress)
    session.advance(moment(at), None if known is None else moment(known))
    return session.ruling()
