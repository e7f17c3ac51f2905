"""What a ruling sees of a record: the visible facts on their timeline, kept up to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ifthen.dates import Instant
from ifthen.record.model import Fact
from ifthen.ruling.order import sort_key
from ifthen.ruling.timeline import Timeline


class Sight:
    """The facts that may be seen, all of them or without those that rest on memory.

    Args:
        complete: kinds whose absence means that it did not happen.
        visible: the facts, corrections applied.
        named: every id and key, and the visible fact it names.
        begins: start of the record where nothing is visible.
        models: models of which these facts may tell nothing.
    """

    def __init__(
        self,
        complete: frozenset[str],
        visible: Sequence[Fact],
        named: Mapping[str, Fact],
        begins: Instant,
        models: Iterable[str] = (),
    ) -> None:
        self.shown = {fact.id: fact for fact in visible}
        self.timeline = Timeline(complete, _begins(visible, begins))
        self.timeline.by_id.update(named)
        for model in models:
            self.timeline.introduce(model)
        for fact in sorted(visible, key=sort_key):
            self.timeline.add(fact)
        self.timeline.changed.clear()

    def turn(
        self, visible: Sequence[Fact], named: Mapping[str, Fact], begins: Instant
    ) -> list[Fact] | None:
        """Show other facts; tell which came and went, or None if too much hangs on them.

        Whoever gets None looks anew: what the record begins with, when a model was born,
        what it is based on and whom an earlier notice names is known everywhere.
        """
        shown = {fact.id: fact for fact in visible}
        gone = [fact for id, fact in self.shown.items() if shown.get(id) != fact]
        new = [fact for id, fact in shown.items() if self.shown.get(id) != fact]
        timeline = self.timeline
        if (
            _begins(visible, begins) != timeline.begins
            or any(named.get(name) != timeline.by_id.get(name) for name in timeline.mentioned)
            or any(timeline.leans_on(fact) for fact in gone)
            or any(timeline.unsettled_by(fact) for fact in new)
        ):
            return None
        for fact in gone:
            timeline.remove(fact)
            del self.shown[fact.id]
        timeline.by_id = dict(named)
        new.sort(key=sort_key)
        for fact in new:
            self.add(fact)
        return gone + new

    def add(self, fact: Fact) -> None:
        """Show one more fact, by which the timeline must not be unsettled."""
        self.shown[fact.id] = fact
        self.timeline.add(fact)


def _begins(visible: Iterable[Fact], otherwise: Instant) -> Instant:
    return min((fact.earliest for fact in visible), default=otherwise)
