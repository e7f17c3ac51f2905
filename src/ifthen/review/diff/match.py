"""Which part of the new version is which part of the old one.

The rule, in order, each part matched at most once:

1. it says so: ``continues`` names the older part;
2. it has the same id;
3. it is alike: of the same sort (and, for a clause, the same kind and family; for a term, the same
   type), and at least half of what either answers for is shared, by rows of the facts or by the
   words of the title. The most alike are paired first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ifthen.policy.model import Policy
from ifthen.review.diff.elements import Element, Part, elements

By: TypeAlias = Literal["continues", "id", "alike"]
_RISKS: tuple[Part, ...] = ("threshold", "category")
"""A threshold may carry on a category, and the other way round."""
ALIKE = 0.5
"""The least share of rows or words by which two parts are taken for one."""
_WORD = re.compile(r"[a-z0-9]+")
_IDLE = frozenset(
    """a an and are as at be been before by for from has have in into is it its no not of on one or
    out so than that the their them they this to was were what when where which while who with
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Match:
    """A part of either version, or of both."""

    old: Element | None
    new: Element | None
    by: By | None
    """How they were matched; None where one is missing."""

    @property
    def name(self) -> str:
        """The newest name of the part."""
        element = self.new or self.old
        assert element is not None
        return element.name


def match(old: Policy, new: Policy) -> tuple[Match, ...]:
    """Every part of both versions, in the order of the new one; what is gone comes last."""
    left, right = elements(old), elements(new)
    pairs: dict[str, tuple[Element, By]] = {}
    taken: set[str] = set()

    def take(pairing: Iterable[tuple[Element, Element]], by: By) -> None:
        for one, other in pairing:
            if one.name not in taken and other.name not in pairs:
                taken.add(one.name)
                pairs[other.name] = (one, by)

    take(_continued(old, left, right), "continues")
    take(_same_id(left, right, {}), "id")
    standards = {
        one.id: other.id
        for other in right
        if other.part in ("standard", "category")
        for one in [pairs[other.name][0] if other.name in pairs else None]
        if one is not None
    }
    take(_same_id(left, right, standards), "id")
    open_left = [one for one in left if one.name not in taken]
    open_right = [other for other in right if other.name not in pairs]
    take(_alike(open_left, open_right), "alike")
    found = []
    for other in right:
        one, by = pairs.get(other.name, (None, None))
        found.append(Match(one, other, by))
    gone = [Match(one, None, None) for one in left if one.name not in taken]
    return (*found, *gone)


def renamed(matches: Iterable[Match]) -> dict[str, str]:
    """Old ids to new ones, where they differ, of whatever conditions and facts name.

    An old id that is an alias of a new part is that part's, whether or not the two were matched.
    """
    named = ("threshold", "category", "standard", "role", "reading")
    known = [pair for pair in matches if (pair.new or pair.old).part in named]  # type: ignore[union-attr]
    found = {
        pair.old.id: pair.new.id
        for pair in known
        if pair.old is not None and pair.new is not None and pair.old.id != pair.new.id
    }
    old = {pair.old.id for pair in known if pair.old is not None}
    new = {pair.new.id for pair in known if pair.new is not None}
    for pair in known:
        aliases = () if pair.new is None else getattr(pair.new.value, "aliases", ())
        for alias in aliases:
            if pair.new is not None and alias in old - new:
                found.setdefault(alias, pair.new.id)
    return found


def _continued(
    old: Policy, left: tuple[Element, ...], right: tuple[Element, ...]
) -> Iterator[tuple[Element, Element]]:
    by_name = {one.name: one for one in left}
    for other in right:
        policy, _, own = (other.continues or "").partition("#")
        parts = _RISKS if other.part in _RISKS else (other.part,)
        found = (by_name.get(f"{part} {own}") for part in (other.part, *parts))
        one = next((element for element in found if element is not None), None)
        if policy == old.id and one is not None:
            yield one, other


def _same_id(
    left: tuple[Element, ...], right: tuple[Element, ...], owners: Mapping[str, str]
) -> Iterator[tuple[Element, Element]]:
    """Parts of one sort and id; a criterion or level under the name its owner has now."""
    by_name = {}
    for one in left:
        owner, slash, own = one.id.partition("/")
        by_name[f"{one.part} {owners.get(owner, owner)}/{own}" if slash else one.name] = one
    for other in right:
        one_or_none = by_name.get(other.name)
        if one_or_none is not None:
            yield one_or_none, other


def _alike(left: list[Element], right: list[Element]) -> Iterator[tuple[Element, Element]]:
    scored = [
        (likeness(one, other), -i, -j, one, other)
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if _one_sort(one, other)
    ]
    for score, _, _, one, other in sorted(scored, key=lambda s: s[:3], reverse=True):
        if score >= ALIKE:
            yield one, other


def _one_sort(one: Element, other: Element) -> bool:
    kinds = {getattr(element.value, "kind", "") for element in (one, other)}
    return one.part == other.part and one.about == other.about and len(kinds) == 1


def likeness(one: Element, other: Element) -> float:
    """The share of rows or of title words that two parts have in common, whichever is more."""
    rows = _share(frozenset(one.rows), frozenset(other.rows))
    return max(rows, _share(_words(one.title), _words(other.title)))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _words(text: str) -> frozenset[str]:
    """The words that carry meaning, without the endings of English plurals and participles."""
    found = (word for word in _WORD.findall(text.lower()) if word not in _IDLE)
    ending = r"(ing|ed|es|s)$"
    return frozenset(re.sub(ending, "", word) if len(word) > 4 else word for word in found)
