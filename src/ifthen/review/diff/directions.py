"""Which way a clause went: what structure proves, then what records of a few events show.

Words that leave room are taken literally. Where neither version can then be broken, because what
they ask has no bound, the answer is that of a charitable reader; and where there is no deadline at
all, what it would be if both versions had one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ifthen.policy.model import TermRef
from ifthen.review.diff.replay import Side, Witness
from ifthen.review.diff.ways import BY_PARSE, PROVED, PROVED_NOT, UNTOLD, Bounds, Meaning, Way, Ways
from ifthen.ruling.variants import below, roots

Tries = Callable[[], Sequence[Witness]]
"""Records found by trying a few."""
_UNASKED = "no record was looked for by the solver"
_NO_SOLVER = "the solver is not installed: pip install 'ifthen[loopholes]'"


@dataclass(frozen=True, slots=True)
class Proved:
    """What structure proves of a clause."""

    weaker: bool = False
    """Whether it asks no more than before in some dimension, and is not proved to ask no less."""
    stronger: bool = False
    no_weaker: bool = False
    """Whether whatever offends against the old version offends against the new."""
    no_stronger: bool = False
    old_can: bool = True
    """Whether some record may offend against the old version, by the words alone."""
    new_can: bool = True

    def of(self, found: Ways, *, literal: bool) -> Ways:
        """Both directions with what structure proves of them."""
        bare_old = literal and self.new_can and not self.old_can
        bare_new = literal and self.old_can and not self.new_can
        return Ways(
            _proved(found.weaker, self.weaker, self.no_weaker or bare_old),
            _proved(found.stronger, self.stronger, self.no_stronger or bare_new),
        )


@dataclass(frozen=True, slots=True)
class Directions:
    """Both directions, and how the words are taken in them."""

    ways: Ways
    meaning: Meaning = "literal"
    charitable: Ways | None = None
    """The same for a charitable reader of the words, where that differs."""


def directions(
    old: Side,
    new: Side,
    proved: Proved,
    names: Mapping[str, str],
    bounds: Bounds,
    tries: Tries,
) -> Directions:
    """Both directions of one clause.

    Args:
        old: the clause in the old version.
        new: the clause in the new version.
        proved: what structure proves.
        names: old ids to new ones.
        bounds: how far the solver looks.
        tries: what to do where the solver has no answer.
    """
    found, charitable = _solved(old, new, names, bounds)
    able = proved.old_can or proved.new_can
    found = proved.of(found, literal=True)
    if able and any(
        way.answer == "open" and way.why not in (BY_PARSE, UNTOLD)
        for way in (found.weaker, found.stronger)
    ):
        found = _with_tries(found, tries())
    told = Directions(found)
    if charitable is not None:
        charitable = proved.of(charitable, literal=False)
        if charitable.decided and charitable.answers != found.answers:
            told = Directions(found, charitable=charitable)
        if charitable.decided and (not found.decided or not able):
            told = Directions(charitable, "charitable")
    if not told.ways.decided or (told.meaning == "literal" and not able):
        as_due = _as_due(old, new, names, bounds)
        if as_due is not None and as_due.decided:
            told = Directions(proved.of(as_due, literal=False), "due")
    return told


def _solved(
    old: Side, new: Side, names: Mapping[str, str], bounds: Bounds
) -> tuple[Ways, Ways | None]:
    """What the solver finds, words taken literally; and charitably, where there are any."""
    why = _UNASKED
    if bounds.events:
        try:
            from ifthen.review.diff.bounded import Comparison

            asked = Comparison(old, new, names, bounds)
            worded = any(True for side in (old, new) for _ in _terms(side))
            return asked.ways(literal=True), asked.ways(literal=False) if worded else None
        except ImportError:
            why = _NO_SOLVER
    return Ways(Way("open", why=why), Way("open", why=why)), None


def _as_due(old: Side, new: Side, names: Mapping[str, str], bounds: Bounds) -> Ways | None:
    """What the solver finds where both are given a deadline that neither has."""
    if not bounds.events:
        return None
    try:
        from ifthen.review.diff.bounded import Comparison
        from ifthen.review.diff.timelines import due
    except ImportError:
        return None
    one, other = due(old), due(new)
    if one is None or other is None:
        return None
    return Comparison(one, other, names, bounds).ways(literal=True)


def _proved(way: Way, yes: bool, no: bool) -> Way:
    """A direction with what structure proves of it, and the record that shows it all the same.

    That one version asks no more than another, and is not proved to ask no less, tells a direction
    only where no search of records has found that the two permit the same.
    """
    if yes and way.answer != "no":
        return replace(PROVED, witness=way.witness)
    return PROVED_NOT if no and way.answer != "yes" else way


def _with_tries(found: Ways, tried: Sequence[Witness]) -> Ways:
    """Directions that are open, with what trying a few records shows of them."""
    for witness in tried:
        shown = Way("yes", "record", witness=witness)
        if witness.offends == "old" and found.weaker.answer == "open":
            found = replace(found, weaker=shown)
        if witness.offends == "new" and found.stronger.answer == "open":
            found = replace(found, stronger=shown)
    return found


def _terms(side: Side) -> Iterator[str]:
    """The words that leave room of which a clause speaks."""
    for clause in side.with_counted():
        for root in roots(clause):
            yield from (node.term for node in below(root) if isinstance(node, TermRef))
