"""The page of the loopholes below its table: one policy after another, harm by harm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ifthen.policy.model import Clause
from ifthen.reports.compare_text import titled
from ifthen.reports.loopholes_drawing import draw
from ifthen.reports.loopholes_words import (
    BEGINS,
    STATES,
    Line,
    State,
    amended,
    assumed_apart,
    capital,
    events,
    kept,
    proved,
    quoted,
    reach,
    repaired,
    sets,
    sight,
    skipped,
    state,
    status,
    story,
)
from ifthen.reports.markup import NOTHING, Html, join, plural, tag
from ifthen.review.loopholes import words
from ifthen.review.loopholes.search import Outcome, Witness
from ifthen.review.loopholes.sight import seen as seen_by
from ifthen.review.loopholes.stance import Stretch
from ifthen.review.loopholes.start import SAYS
from ifthen.review.loopholes.study import Study, Tested

Places = Mapping[tuple[str, str, str], str]
"""Ids on the page: of a policy, a harm and a beginning, or of a policy and a part of its own."""


def chip(name: State) -> Html:
    """A state: a mark that differs by shape and filling, and the word."""
    return tag("span", name, class_=f"status v-{name}")


def section(study: Study, studies: Sequence[Study], places: Places) -> Html:
    """Everything found about one policy."""
    policy = study.policy
    apart = assumed_apart(study, studies)
    also = tag("p", f"Assumed of this policy: {'; '.join(apart)}.", class_="lead")
    return tag(
        "section",
        tag("h2", titled(policy), " ", tag("span", policy.id, class_="id")),
        also if apart else NOTHING,
        tag("h3", "Can it be kept at all?", id=places[policy.id, "able", ""]),
        *(
            tag("p", f"Every word kept charitably, {good.title}: ", tag("b", kept(outcome)), ".")
            for good, outcome in study.able
        ),
        tag("h3", "Changing the text first", id=places[policy.id, "exit", ""]),
        tag("p", amended(study)),
        tag("h3", "Harm by harm"),
        *(
            _tested(study, one, places[policy.id, one.harm.id, one.start], alone=len(studies) == 1)
            for one in study.tested
        ),
        id=places[policy.id, "", ""],
        class_="studied",
        data_developer=policy.id.partition("/")[0],
    )


def _tested(study: Study, one: Tested, place: str, *, alone: bool) -> Html:
    """One harm from one beginning; unfolded where the page is about one policy alone."""
    name = state(one)
    seen = sight(one)
    summary = tag(
        "summary",
        chip(name),
        tag("h4", tag("b", one.harm.id), f", {BEGINS[one.start]}: ", one.harm.title),
        tag("span", seen, class_=f"sight {seen[:6]}") if seen else NOTHING,
    )
    return tag(
        "details",
        summary,
        tag("div", *_body(study, one), class_="body"),
        id=place,
        class_="tested",
        open=alone,
        data_harm=one.harm.id,
        data_state=name,
    )


def _body(study: Study, one: Tested) -> Iterator[Html]:
    yield tag("p", f"{capital(STATES[state(one)].short)}.", class_="says")
    yield _readings(study, one)
    needed = _needed(study, one)
    if needed:
        yield needed
    if one.witness is not None:
        yield _timeline(one.witness, one, "The shortest timeline")
    yield from _others(one)
    yield from _open(one)
    if one.repairs:
        items = (
            tag("li", repaired(repair), class_="safe" if repair.safe else None)
            for repair in one.repairs
        )
        yield _part("Changes of the text that were tried", tag("ul", *items))
    yield tag("p", f"Where the harm comes from: {one.harm.clause.common.source}.", class_="lead")


def _part(heading: str, *content: Html) -> Html:
    return tag("section", tag("h5", heading), *content)


# --- what the readings come to -----------------------------------------------------------------


def _readings(study: Study, one: Tested) -> Html:
    clauses = {clause.common.id: clause for clause in study.policy.clauses}
    pairs: list[tuple[str, Html]] = [
        ("Literally", _outcome(one.literal, clauses)),
        ("Charitably", _outcome(one.charitable, clauses)),
    ]
    if one.proof is not None:
        told = tag("p", f"{capital(proved(one.proof))}.")
        rests = _rests("It rests on", one.proof.clauses, clauses) if one.proof.clauses else NOTHING
        pairs.append(("Proof", join((told, rests))))
    return tag("dl", *(tag("div", tag("dt", k), tag("dd", v)) for k, v in pairs), class_="two")


def _outcome(outcome: Outcome, clauses: Mapping[str, Clause]) -> Html:
    if outcome.status != "none":
        return tag("p", f"{capital(status(outcome))}.")
    told = f"{capital(status(outcome))}; the harm needs {plural(outcome.need, 'day')}."
    return join((tag("p", told), _rests("It rests on", outcome.clauses, clauses)))


def _rests(lead: str, names: Sequence[str], clauses: Mapping[str, Clause]) -> Html:
    if not names:
        return tag("p", f"{lead} no clause at all.")
    items = (_clause(name, clauses) for name in names)
    return join((tag("p", f"{lead}:"), tag("ul", *items)))


def _clause(name: str, clauses: Mapping[str, Clause]) -> Html:
    clause = clauses.get(name)
    if clause is None:
        return tag("li", tag("span", name, class_="id"))
    return tag(
        "li",
        clause.common.title,
        " ",
        tag("span", clause.common.source, class_="where"),
        " ",
        tag("span", name, class_="id"),
    )


def _needed(study: Study, one: Tested) -> Html:
    """The smallest sets of stretches, the words quoted."""
    items = [
        tag(
            "li",
            join((_quoted(study, stretch, witness) for stretch in stretches), "; "),
            f" ({events(witness.length)})",
        )
        for stretches, witness in sets(one)
    ]
    if not items:
        return NOTHING
    told = tag("p", f"{capital(reach(one))}.", class_="lead")
    return _part("What must be stretched", tag("ul", *items), told)


def _quoted(study: Study, stretch: Stretch, witness: Witness) -> Html:
    told, policy = quoted(study.policy, stretch, witness), study.policy
    known = {"word": policy.terms, "reading": policy.readings}.get(stretch.sort, {})
    if stretch.name not in known:
        return join((told,))
    source = known[stretch.name].source  # type: ignore[attr-defined]
    return join((told, " ", tag("span", source, class_="where")))


# --- timelines ---------------------------------------------------------------------------------


def _timeline(witness: Witness, one: Tested, heading: str) -> Html:
    taken = ", ".join(sorted(stretch.name for stretch in witness.taken.stretched))
    stretched = f"Stretched: {taken}." if taken else "Nothing is stretched."
    lines = [_line(line) for line in story(one.harm, witness)]
    if len(lines) == 1:
        lines.insert(0, tag("li", "No event has to be chosen.", class_="empty-story"))
    seen = seen_by(witness)
    routine = words.routine(witness)
    return tag(
        "figure",
        tag(
            "figcaption",
            tag("b", f"{heading}: {events(witness.length)}. "),
            f"{capital(SAYS[one.start])}. {stretched}",
        ),
        draw(witness),
        tag("ol", *lines, class_="story"),
        tag("p", routine, class_="lead") if routine else NOTHING,
        tag("p", f"{capital(seen)}. Ruled by the whole policy: nothing broken.", class_="lead"),
    )


def _line(line: Line) -> Html:
    if line.number is None:
        return tag("li", line.text, class_="harm")
    return tag("li", line.text, value=line.number, class_="hidden" if line.hidden else None)


def _others(one: Tested) -> Iterator[Html]:
    """Further timelines, folded: of other sets, and of the literal reading where it is shorter."""
    shown = one.witness
    for blamed in one.blame.sets:
        if blamed.witness is not shown:
            named = " + ".join(sorted(stretch.name for stretch in blamed.stretched))
            yield _folded(blamed.witness, one, f"The timeline that needs {named}")
    literal = one.literal.witness
    told = {id(shown), *(id(blamed.witness) for blamed in one.blame.sets)}
    if literal is None or id(literal) in told or one.charitable.status != "found":
        return
    if literal.length < one.charitable.length:
        yield _folded(literal, one, "Taken literally it is shorter")


def _folded(witness: Witness, one: Tested, heading: str) -> Html:
    summary = tag("summary", f"{heading}: {events(witness.length)}")
    return tag("details", summary, _timeline(witness, one, heading), class_="more")


# --- what was left open ------------------------------------------------------------------------


def _open(one: Tested) -> Iterator[Html]:
    left = list(dict.fromkeys(outcome.why for outcome in one.blame.open))
    if left:
        yield _part("Left open when blame was laid", tag("ul", *(tag("li", line) for line in left)))
    missing: Iterable[Html] = (
        tag("li", tag("span", name, class_="id"), f" {why}") for name, why in skipped(one).items()
    )
    if skipped(one):
        yield _part("Not searched, though the ruling judges it all the same", tag("ul", *missing))
