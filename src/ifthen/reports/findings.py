"""What the reports of findings share: the tone of each, and the page that shows one."""

from __future__ import annotations

from collections.abc import Sequence

from ifthen.evidence.finding import Finding
from ifthen.reports.document import document
from ifthen.reports.markup import Html, join, tag
from ifthen.reports.page import Tone

TONES: dict[Finding, Tone] = {
    "below": "good",
    "alert": "warn",
    "cannot_rule_out": "warn",
    "crossed": "bad",
}
WORST_FIRST: tuple[Finding, ...] = ("crossed", "cannot_rule_out", "alert", "below")
_STYLES = ("style.css", "findings.css")


def findings_page(
    title: str,
    heading: str,
    tone: Tone | None,
    says: Sequence[str],
    pictures: Sequence[tuple[Html, str]],
    more: Sequence[Html],
) -> str:
    """A whole HTML document about findings.

    Args:
        title: of the document.
        heading: above everything, in its tone.
        tone: of the worst finding.
        says: paragraphs under the heading.
        pictures: as SVG, each with what is to be said under it.
        more: what follows.
    """
    figures = (tag("figure", picture, tag("figcaption", under)) for picture, under in pictures)
    header = tag("header", tag("h1", heading, class_=tone), *(tag("p", words) for words in says))
    main = tag("main", *figures, *more, id="picture")
    body = tag("div", header, main, class_="findings")
    return document(title, join((body,)), skip=("#picture", "Skip to the picture"), styles=_STYLES)
