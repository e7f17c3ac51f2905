"""What the scorecard of loopholes means, for somebody who has not read the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ifthen.reports.loopholes_sections import chip
from ifthen.reports.loopholes_words import (
    BEGINS,
    STATES,
    assumed_of_all,
    capital,
    harms_of,
    sight,
    starts_of,
    state,
)
from ifthen.reports.markup import Html, join, tag
from ifthen.review.loopholes.start import Start
from ifthen.review.loopholes.study import CALENDAR, Study, Tested

_BEGUN: dict[Start, str] = {
    "assessed": "On the first day one model is in training, and was assessed and found below.",
    "nothing": "On the first day there is no model.",
}


def legend(studies: Sequence[Study]) -> Html:
    """What each state means that occurs, and each line of a cell."""
    every = [one for study in studies for one in study.tested]
    present = {state(one) for one in every}
    pairs: list[tuple[Html, str]] = [
        (chip(name), says.long) for name, says in STATES.items() if name in present
    ]
    pairs += _sights(every)
    pairs.append(
        (
            join(("literally 2, charitably none ≤ 6",)),
            "How many events it takes when words are taken literally, and when they are taken "
            "charitably: found in 2; none found in up to 6. Neither drops an assumption. Not "
            "counted are the events with which a timeline begins, and the paperwork that keeps "
            "every other promise.",
        )
    )
    pairs += [(join((BEGINS[one],)), _BEGUN[one]) for one in starts_of(studies)]
    pairs.append((join(("dates",)), f"{capital(CALENDAR)}."))
    return tag(
        "section",
        tag("h2", "How to read it"),
        tag("dl", *(tag("div", tag("dt", k), tag("dd", v)) for k, v in pairs), class_="means"),
        id="legend",
    )


def _sights(every: Iterable[Tested]) -> Iterator[tuple[Html, str]]:
    seen = {sight(one) for one in every}
    if "silent" in seen:
        yield (
            tag("span", "silent", class_="sight silent"),
            "Nothing that is written reaches anybody outside between the beginning of the harm and "
            "the last day shown: no publication, no notice to a government, no report of an "
            "incident. That a model is deployed is not counted.",
        )
    if "seen in part" in seen:
        yield (
            tag("span", "seen in part", class_="sight"),
            "Something is published or reported meanwhile, but nothing that states the harm. "
            "Whether it would alarm anybody is not judged.",
        )


def columns(studies: Sequence[Study]) -> Html:
    """What the harms and goods are."""
    goods = {good.id: good for study in studies for good, _ in study.able}
    items = [(name, f"{harm.title}.") for name, harm in harms_of(studies).items()]
    items += [
        (
            f"kept: {name}",
            f"Whether whoever keeps every word charitably can still work: {good.title}. A policy "
            "that nobody can keep has no loopholes, and is worth nothing.",
        )
        for name, good in goods.items()
    ]
    items.append(
        (
            "text changed first",
            "An exit from every policy, and no loophole of its words: a weaker text, published the "
            "day before it applies. It is ruled as an event of its own, and the clauses that speak "
            "of such a change are counted.",
        )
    )
    return tag(
        "section",
        tag("h2", "What was looked for"),
        tag("dl", *(tag("div", tag("dt", k), tag("dd", v)) for k, v in items), class_="means"),
        id="harms",
    )


def assumptions(studies: Sequence[Study]) -> Html:
    """What is assumed of every policy."""
    items = (tag("li", line) for line in assumed_of_all(studies))
    return tag(
        "section",
        tag("h2", "Assumed throughout"),
        tag("ul", *items, class_="assumed"),
        id="assumed",
    )
