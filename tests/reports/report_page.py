"""The demonstration record as a page, and a reader of pages, shared by the tests of the reports."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from ifthen.dates import end_of, parse_day
from ifthen.policy.load import load_policy
from ifthen.policy.source import Source
from ifthen.record.load import load_record, parse_record
from ifthen.record.model import Record
from ifthen.reports.html import write_page
from ifthen.ruling.replay import Replay, replay

DEMO = Path(__file__).parent / "demo"
POLICY = load_policy(DEMO / "policy.yaml")
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "line", "use", "circle"}


@cache
def demo() -> Record:
    return load_record(DEMO / "record.yaml")


def ruled(record: Record, end: str = "2025-12-10") -> Replay:
    return replay([POLICY], record, None, end_of(parse_day(end)))


def page_of(record: Record, end: str = "2025-12-10") -> str:
    return write_page(ruled(record, end), record, [POLICY])


def written(text: str, end: str = "2025-12-10") -> str:
    """The page of a record given as YAML."""
    return page_of(parse_record(Source("record.yaml", text)), end)


class Element:
    def __init__(self, name: str, attributes: dict[str, str | None]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.own_text: list[str] = []

    @property
    def text(self) -> str:
        """All text inside, in no particular order between an element and its children."""
        return " ".join([*self.own_text, *(child.text for child in self.children)])

    def all(self, name: str = "", class_: str = "") -> list[Element]:
        """Elements inside, by name and class."""
        found = []
        for child in self.children:
            classes = (child.attributes.get("class") or "").split()
            if (not name or child.name == name) and (not class_ or class_ in classes):
                found.append(child)
            found += child.all(name, class_)
        return found


class Reader(HTMLParser):
    """Builds elements and insists that every tag is closed in order and every id used once."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]
        self.ids: set[str] = set()
        self.feed(html)
        self.close()
        assert self.open == [self.root], [element.name for element in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        element = Element(tag, dict(attrs))
        identifier = element.attributes.get("id")
        if identifier is not None:
            assert identifier not in self.ids, f"id {identifier} is used twice"
            self.ids.add(identifier)
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].own_text.append(data)


def read(html: str) -> Reader:
    return Reader(html)
