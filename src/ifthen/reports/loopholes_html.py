"""The scorecard of loopholes as one page that loads nothing from anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ifthen.reports.digest import version
from ifthen.reports.document import CAVEAT, document, resource
from ifthen.reports.loopholes_legend import assumptions, columns, legend
from ifthen.reports.loopholes_sections import Places, chip, section
from ifthen.reports.loopholes_words import (
    BEGINS,
    STATES,
    State,
    amendable,
    by_developer,
    capital,
    harms_of,
    kept,
    needs,
    proof_of,
    sight,
    starts_of,
    state,
)
from ifthen.reports.markup import NOTHING, Html, Identifiers, anchor, join, plural, tag
from ifthen.review.loopholes.search import Outcome
from ifthen.review.loopholes.start import Start
from ifthen.review.loopholes.study import Study, Tested

MOST_SETS = 3
"""Sets of stretches named in a cell; the others are counted."""
_STYLES = ("style.css", "loopholes.css")


def write_loopholes_page(studies: Sequence[Study]) -> str:
    """What each policy lets through, as a whole HTML document.

    Args:
        studies: of one policy or of several, each of the same harms from the same beginnings.
    """
    places = _places(studies)
    alone = len(studies) == 1
    table = _of_one(studies[0], places) if alone else _of_all(studies, places)
    title = f"{studies[0].policy.id}: loopholes" if alone else "Loopholes: a scorecard"
    body = join(
        (
            _header(studies),
            tag(
                "main",
                tag("h2", "At a glance", id="glance"),
                _filters(studies) if not alone else NOTHING,
                table,
                legend(studies),
                columns(studies),
                *(section(study, studies, places) for study in studies),
                assumptions(studies),
            ),
        ),
        "\n",
    )
    return document(
        title,
        body,
        skip=("#glance", "Skip to the table"),
        styles=_STYLES,
        script=resource("loopholes.js"),
    )


def _places(studies: Iterable[Study]) -> Places:
    ids, found = Identifiers(), dict[tuple[str, str, str], str]()
    for study in studies:
        policy = study.policy.id
        found[policy, "", ""] = ids.new(policy)
        for part in ("able", "exit"):
            found[policy, part, ""] = ids.new(policy, part)
        for one in study.tested:
            found[policy, one.harm.id, one.start] = ids.new(policy, one.harm.id, one.start)
    return found


# --- heading -----------------------------------------------------------------------------------


def _header(studies: Sequence[Study]) -> Html:
    lead = (
        "Imagine that somebody adopts the policy who thinks the risk is nonsense. Would keeping it "
        "to the letter still reassure us, or would the failure at least be seen? A solver looked "
        "for timelines that break no commitment and still end in a harm; each that is shown has "
        "been ruled under the whole policy."
    )
    alone = studies[0].policy if len(studies) == 1 else None
    title = alone.title if alone else "What keeping a safety policy still lets through"
    counts = Counter(state(one) for study in studies for one in study.tested)
    told = ", ".join(f"{counts[name]:,} {name}" for name in STATES if counts[name])
    bounds = studies[0].bounds
    harms = len(harms_of(studies))
    cells = plural(counts.total(), "cell")
    reach = (
        f"{plural(len(studies), 'policy', 'policies')}, {plural(harms, 'harm')}, {cells}: {told}. "
        f"Looked for: up to {plural(bounds.events, 'event')} beside those with which a timeline "
        f"begins, with up to {plural(bounds.stretches, 'stretch', 'stretches')} at once."
    )
    return tag(
        "header",
        tag("p", alone.id if alone else "Scorecard of loopholes", class_="eyebrow"),
        tag("h1", title),
        tag("p", lead, class_="lead"),
        tag("p", reach, class_="verdict"),
        tag("p", CAVEAT, class_="caveat"),
    )


# --- table -------------------------------------------------------------------------------------


def _of_one(study: Study, places: Places) -> Html:
    """Harms down, beginnings across."""
    starts = starts_of([study])
    head = tag(
        "tr",
        tag("th", "Harm", scope="col"),
        *(tag("th", BEGINS[start].capitalize(), scope="col") for start in starts),
    )
    rows = []
    for name, harm in harms_of([study]).items():
        of = {one.start: one for one in study.tested if one.harm.id == name}
        title = join((tag("b", name), tag("span", harm.title, class_="detail")))
        cells = (_cell(study, name, of.get(start), places) for start in starts)
        rows.append(tag("tr", tag("th", title, scope="row"), *cells))
    return join(
        (
            tag("table", tag("thead", head), tag("tbody", *rows), class_="scorecard one"),
            tag("ul", *(tag("li", told) for told in _aside(study, places)), class_="aside"),
        )
    )


def _aside(study: Study, places: Places) -> Iterator[Html]:
    """What stands apart from the harms: goods, and the exit by amendment."""
    for good, outcome in study.able:
        place = places[study.policy.id, "able", ""]
        yield join(
            (
                anchor(place, "Can it be kept at all?"),
                f" {capital(good.title)}: {kept(outcome)}.",
            )
        )
    place = places[study.policy.id, "exit", ""]
    yield join((anchor(place, "Changing the text first:"), f" {amendable(study)}."))


def _of_all(studies: Sequence[Study], places: Places) -> Html:
    """Policies down, by developer; harms across; a row for each beginning."""
    harms, starts = list(harms_of(studies)), starts_of(studies)
    goods = {good.id: good for study in studies for good, _ in study.able}
    head = tag(
        "tr",
        tag("th", "Policy", scope="col"),
        tag("th", "Begins with", scope="col"),
        *(tag("th", name, scope="col", data_harm=name) for name in harms),
        *(tag("th", f"kept: {name}", scope="col", class_="apart") for name in goods),
        tag("th", "text changed first", scope="col", class_="apart"),
    )
    tables = (
        tag(
            "table",
            tag("caption", developer),
            tag("thead", head),
            *(_policy(study, harms, starts, list(goods), places) for study in own),
            class_="scorecard all",
            data_developer=developer,
        )
        for developer, own in by_developer(studies).items()
    )
    return tag(
        "div",
        *tables,
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label="Scorecard, scrolls sideways",
    )


def _policy(
    study: Study,
    harms: Sequence[str],
    starts: Sequence[Start],
    goods: Sequence[str],
    places: Places,
) -> Html:
    """The rows of one policy."""
    of = {(one.harm.id, one.start): one for one in study.tested}
    able = {good.id: outcome for good, outcome in study.able}
    name, high = study.policy.id, len(starts)
    rows = []
    for number, start in enumerate(starts):
        cells = [tag("th", BEGINS[start], scope="row", class_="begins")]
        cells += [_cell(study, harm, of.get((harm, start)), places) for harm in harms]
        if number == 0:
            link = anchor(places[name, "", ""], version(name))
            cells.insert(0, tag("th", link, scope="rowgroup", rowspan=high, class_="policy"))
            cells += [_able(able.get(good), places[name, "able", ""], high) for good in goods]
            cells.append(_exit(study, places[name, "exit", ""], high))
        rows.append(tag("tr", *cells))
    return tag("tbody", *rows)


def _cell(study: Study, harm: str, one: Tested | None, places: Places) -> Html:
    if one is None:
        return tag("td", "not tested", class_="none", data_harm=harm)
    name, seen, needed = state(one), sight(one), needs(one)
    place = places[study.policy.id, one.harm.id, one.start]
    more = f" or {len(needed) - MOST_SETS} more" if len(needed) > MOST_SETS else ""
    parts = [
        tag("span", BEGINS[one.start], class_="begins"),
        anchor(place, chip(name), class_="to"),
        *(tag("span", line, class_="detail") for line in _reach(one)),
    ]
    if needed:
        named = " or ".join(needed[:MOST_SETS])
        parts.append(tag("span", f"needs {named}{more}", class_="detail"))
    if seen:
        parts.append(tag("span", seen, class_=f"sight {seen[:6]}"))
    return tag("td", *parts, data_harm=one.harm.id, data_state=name)


def _reach(one: Tested) -> list[str]:
    """How many events each reading takes, or up to how many nothing is found."""
    if proof_of(one) is not None and state(one) in ("proved", "moot"):
        return ["any number of events"]
    if state(one) in ("none", "moot"):
        return [f"up to {plural(one.charitable.length, 'event')}"]
    literal, charitable = _short(one.literal), _short(one.charitable)
    if literal != charitable:
        return [f"literally {literal}", f"charitably {charitable}"]
    return [] if one.literal.status == "undetermined" else [f"either way {literal}"]


def _short(outcome: Outcome) -> str:
    if outcome.status == "found":
        return str(outcome.length)
    return f"none ≤ {outcome.length}" if outcome.status == "none" else "unknown"


def _able(outcome: Outcome | None, place: str, high: int) -> Html:
    if outcome is None:
        return tag("td", "not tested", rowspan=high, class_="apart none")
    told = kept(outcome) if outcome.status == "found" else "not shown"
    return tag("td", anchor(place, told), rowspan=high, class_="apart")


def _exit(study: Study, place: str, high: int) -> Html:
    told = "possible" if study.exit.possible else "not shown"
    asked = plural(len(study.exit.asked), "clause") if study.exit.asked else "no clause"
    detail = tag("span", f"{asked} on it", class_="detail")
    return tag("td", anchor(place, told), detail, rowspan=high, class_="apart")


# --- filters -----------------------------------------------------------------------------------


def _filters(studies: Sequence[Study]) -> Html:
    """Shown where there is JavaScript."""
    present: set[State] = {state(one) for study in studies for one in study.tested}
    return tag(
        "form",
        _select("Developer", "developer", by_developer(studies)),
        _select("Harm", "harm", harms_of(studies)),
        _select("Result", "state", [name for name in STATES if name in present]),
        tag(
            "div",
            tag("output", name="shown", aria_live="polite"),
            tag("button", "Clear", type="reset"),
            class_="actions",
        ),
        id="filters",
        role="search",
        aria_label="Filter the scorecard",
    )


def _select(label: str, name: str, options: Iterable[str]) -> Html:
    choices = (tag("option", option, value=option) for option in options)
    return tag("label", label, tag("select", tag("option", "any", value=""), *choices, name=name))
