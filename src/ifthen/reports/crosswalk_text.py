"""A cross-walk as text: every element, and what in each policy answers it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ifthen.reports.page import Page
from ifthen.review.crosswalk import Answer, Crosswalk, Element

_COLUMN = 26
_PLURAL = {"category": "categories", "criterion": "criteria"}


def write_crosswalk(page: Page, crosswalk: Crosswalk) -> None:
    """Write the elements in order, with the parts of each policy that answer them."""
    page.heading(crosswalk.title)
    page.write(crosswalk.source, tone="dim")
    for element in crosswalk.elements:
        _write_element(page, element)


def _write_element(page: Page, element: Element) -> None:
    page.heading(f"{element.row}  {element.title}")
    page.write(f"{element.text} ({element.source})", indent=2)
    for policy, answers in element.answers.items():
        page.item(policy, _listed(answers), column=_COLUMN, tone=None if answers else "dim")
    if element.reason:
        page.item("not answered", element.reason, column=_COLUMN, tone="dim")
    if element.note:
        page.write(element.note, indent=2, tone="dim")


def _listed(answers: Sequence[Answer]) -> str:
    """The parts by kind: ``thresholds cbrn, cyber; clause deploy-gate``."""
    found = []
    for part, group in groupby(answers, key=lambda answer: answer.part):
        ids = [answer.id for answer in group]
        word = part if len(ids) == 1 else _PLURAL.get(part, f"{part}s")
        found.append(f"{word} {', '.join(ids)}")
    return "; ".join(found) or "nothing"
