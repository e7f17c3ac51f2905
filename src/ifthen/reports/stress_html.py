"""Policies under stress as one page that loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from ifthen.evidence.interval import Interval
from ifthen.reports.document import CAVEAT, document
from ifthen.reports.markup import NOTHING, Html, anchor, join, plural, tag
from ifthen.reports.stress_words import (
    LIMITS,
    ROWS,
    alarms,
    by_reason,
    figured,
    interval,
    made_of,
    overshoot,
    percent,
    promised,
    promises_nothing,
    short,
    told,
    verdict_words,
)
from ifthen.review.stress.estimate import Days, Estimates
from ifthen.review.stress.lengths import YEAR
from ifthen.review.stress.study import Kept, Stressed, Study

_LABEL, _PLOT, _RIGHT, _STEP, _TOP = 280.0, 420.0, 160.0, 22.0, 12.0
_TICKS = (0, 91, 183, 274, 365)
_STYLES = ("style.css", "findings.css", "stress.css")


def write_stress_page(study: Study) -> str:
    """A study as a whole HTML document."""
    names = [one.policy for one in study.policies]
    title = names[0] if len(names) == 1 else plural(len(names), "policy", "policies")
    body = tag(
        "div",
        tag(
            "header",
            tag("p", "Stress: many futures in which a promise is kept", class_="eyebrow"),
            tag("h1", f"{title} under stress"),
            tag(
                "p",
                "Days a year on which a model that is really past the threshold is trained, used "
                "inside or deployed without the safeguards, as different houses keep the text.",
                class_="lead",
            ),
            tag("p", LIMITS),
            tag("p", CAVEAT, class_="caveat"),
        ),
        tag(
            "main",
            _overview(study),
            *(_section(study, one) for one in study.policies),
            _method(study),
            id="picture",
        ),
        class_="findings stress",
    )
    skip = ("#picture", "Skip to the picture")
    return document(f"{title} under stress", join((body,)), skip=skip, styles=_STYLES)


def _overview(study: Study) -> Html:
    lines = [(one, kept) for one in study.policies for kept in one.kept]
    nothing = [one for one in study.policies if one.promises.nothing is not None]
    said = (
        tag("p", tag("b", one.policy), f": nothing to simulate, for {one.promises.nothing}.")
        for one in nothing
    )
    if not lines:
        return join(said)
    picture = _picture(
        "Days of any exposure a year",
        [
            (f"{one.policy}, {kept.house.id}", kept.estimates.exposed, kept.estimates.spread)
            for one, kept in lines
        ],
    )
    under = (
        "Any of the three. Dot: the mean; thick: the middle half of the futures; thin: up to the "
        "day that only one future in twenty exceeds."
    )
    return join(
        (
            tag("figure", picture, tag("figcaption", under)),
            tag("p", promises_nothing(study)),
            *said,
        )
    )


def _picture(title: str, rows: Sequence[tuple[str, Days, Sequence[float]]]) -> Html:
    bottom = _TOP + _STEP * len(rows)

    def x(days: float) -> float:
        return _LABEL + min(1.0, days / YEAR) * _PLOT

    grid = [
        part
        for tick in _TICKS
        for part in (
            tag("line", class_="axis", x1=x(tick), x2=x(tick), y1=_TOP, y2=bottom),
            tag("text", tick, class_="soft", x=x(tick), y=bottom + 18, text_anchor="middle"),
        )
    ]
    drawn = []
    for number, (name, days, spread) in enumerate(rows):
        y = _TOP + _STEP * (number + 0.5)
        low, high = spread[len(spread) // 4], spread[3 * len(spread) // 4]
        drawn += [
            tag("text", name, x=_LABEL - 10, y=y + 4, text_anchor="end"),
            tag("line", class_="bar", x1=x(0), x2=x(days.upper.value), y1=y, y2=y),
            tag("line", class_="seen", x1=x(low), x2=x(high), y1=y, y2=y),
            tag("circle", class_="dot", cx=x(days.mean.value), cy=y, r=4),
            tag(
                "text",
                f"{short(days.mean.value)}, 95 %: {short(days.upper.value)}",
                class_="soft",
                x=_LABEL + _PLOT + 12,
                y=y + 4,
            ),
        ]
    return tag(
        "svg",
        tag("title", title),
        *grid,
        *drawn,
        viewBox=f"0 0 {_LABEL + _PLOT + _RIGHT:.0f} {bottom + 26:.0f}",
        role="img",
        aria_label=title,
    )


def _section(study: Study, one: Stressed) -> Html:
    if one.promises.nothing is not None:
        return NOTHING
    name = one.promises.threshold or "unnamed"
    left = one.promises.not_simulated
    return tag(
        "section",
        tag("h2", one.title, " ", tag("span", one.policy, class_="id")),
        tag("p", f"The threshold whose crossing is hidden: {name}.", class_="soft"),
        *(_house(study, kept) for kept in one.kept),
        tag("h3", "What is simulated"),
        tag("ul", *(tag("li", line) for line in promised(one.promises)), class_="clauses"),
        join(
            (
                tag("h3", "Not simulated, though it may matter"),
                tag(
                    "ul",
                    *(tag("li", f"{', '.join(names)}: {why}") for why, names in by_reason(left)),
                    class_="clauses",
                ),
            )
        )
        if left
        else NOTHING,
        tag(
            "p",
            f"{plural(len(one.promises.paperwork), 'further clause')} only for papers, notices "
            "and votes.",
            class_="soft",
        ),
        id=one.policy.replace("/", "-").replace("@", "-").replace(".", "-"),
    )


def _house(study: Study, kept: Kept) -> Html:
    found = kept.estimates
    rows = [(label.strip(), getattr(found, name)) for name, label in ROWS]
    head = tag(
        "tr",
        *(
            tag("th", words, scope="col")
            for words in ("Days a year", "Mean", "Median", "95 % of futures", "Any such day")
        ),
    )
    lines = (
        tag(
            "tr",
            tag("th", label, scope="row"),
            tag("td", interval(days.mean)),
            tag("td", interval(days.median)),
            tag("td", interval(days.upper)),
            tag("td", _share(days.any)),
        )
        for label, days in rows
    )
    return join(
        (
            tag("h3", kept.house.id, ": ", tag("span", kept.house.title, class_="soft")),
            tag("div", tag("table", tag("thead", head), tag("tbody", *lines)), class_="scroll"),
            tag("p", overshoot(found)),
            tag("p", f"False alarms: {alarms(found)}"),
            tag("figure", _curve(found), tag("figcaption", "Futures in order of exposure.")),
            _remedies(study, kept),
        )
    )


def _share(found: Interval) -> str:
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)})"


def _curve(found: Estimates) -> Html:
    """The days of exposure a year that each share of the futures does not exceed."""
    width, height, left = 620.0, 110.0, 60.0
    points = [
        (left + (place + 0.5) / len(found.spread) * width, 8 + height * (1 - min(1.0, v / YEAR)))
        for place, v in enumerate(found.spread)
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    parts = [tag("title", "Days of exposure a year, by share of the futures")]
    for tick in (0, 183, 365):
        y = 8 + height * (1 - tick / YEAR)
        parts.append(tag("line", class_="axis", x1=left, x2=left + width, y1=y, y2=y))
        parts.append(tag("text", tick, class_="soft", x=left - 8, y=y + 4, text_anchor="end"))
    for part in (0, 0.5, 1):
        parts.append(
            tag(
                "text",
                f"{part * 100:.0f} %",
                class_="soft",
                x=left + part * width,
                y=height + 26,
                text_anchor="middle",
            )
        )
    return tag(
        "svg",
        *parts,
        tag("path", class_="spread", d=path),
        viewBox=f"0 0 {left + width + 40:.0f} {height + 32:.0f}",
        class_="small",
        role="img",
        aria_label="Days of exposure a year, by share of the futures",
    )


def _remedies(study: Study, kept: Kept) -> Html:
    if study.level is None or kept.verdict is None:
        return NOTHING
    share = study.level.share is not None
    figure = figured(study.level.of(kept.estimates.exposed), share)
    items = (tag("li", told(one, share), class_=one.verdict) for one in kept.remedies)
    return join(
        (
            tag(
                "p", f"{verdict_words(kept.verdict)} {study.level}: {figure}.", class_=kept.verdict
            ),
            tag("ul", *items, class_="clauses"),
        )
    )


def _method(study: Study) -> Html:
    houses = (
        tag(
            "li",
            tag("b", house.id),
            f": words {house.words}; aims kept in {percent(house.aims)} of futures; uses "
            f"{percent(house.uses)} of a permitted time; safeguards begun {house.prepares}; tests "
            f"fall short {house.elicits:g}x; error {house.noise:g}x; an assessment "
            f"{house.assessment_days:.0f} days, its finding {house.finding_days:.0f} more.",
        )
        for house in study.houses
    )
    versions = ", ".join(f"{name} {number}" for name, number in study.versions.items())
    return tag(
        "section",
        tag("h2", "Assumptions", id="assumptions"),
        tag("p", made_of(study)),
        tag("ul", *houses, class_="clauses"),
        tag("p", f"Made with {versions}. ", anchor("picture", "Back to the top"), class_="soft"),
    )
