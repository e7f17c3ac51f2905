"""HTML in which nothing is unescaped by accident: plain text is escaped, ``Html`` is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final, TypeAlias
from urllib.parse import urlsplit


class Html(str):
    """Markup that is already safe. Whatever is built from it with ``+`` or ``f""`` is not."""

    __slots__ = ()


Attribute: TypeAlias = str | int | float | bool | None
"""The value of an attribute: None and False leave it out, True writes it bare."""

NOTHING: Final = Html("")

_VOID: Final = frozenset({"br", "hr", "input", "link", "meta"})
_EMPTY_IN_SVG: Final = frozenset({"circle", "line", "path", "polygon", "rect", "use"})
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_ID: Final = re.compile(r"[^a-z0-9]+")


def text(value: object) -> Html:
    """Text, escaped for content and for attributes; control characters become U+FFFD."""
    if isinstance(value, Html):
        return value
    return Html(escape(_UNPRINTABLE.sub("\ufffd", str(value)), quote=True))


def join(parts: Iterable[object], separator: str = "") -> Html:
    """Several parts, each escaped unless it is ``Html``."""
    return Html(text(separator).join(text(part) for part in parts))


def tag(name: str, /, *children: object, **attributes: Attribute) -> Html:
    """One element. ``class_`` gives the attribute ``class``, ``data_x`` gives ``data-x``."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}"
        + ("" if value is True else f'="{text(_number(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    if not children and name in _EMPTY_IN_SVG:
        return Html(f"<{name}{written}/>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def _number(value: Attribute) -> object:
    """Coordinates to a tenth of a pixel, so that pages stay small."""
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return value


def anchor(identifier: str, /, *children: object, **attributes: Attribute) -> Html:
    """A link to another place of the page."""
    return tag("a", *children, href=f"#{identifier}", **attributes)


def outside_link(title: str, url: str | None) -> Html:
    """A link to a source; plain text unless the address is an ordinary web address."""
    address = (url or "").strip()
    if not is_web_address(address):
        return tag("span", title if not address else f"{title} ({address})", class_="source")
    return tag("a", title, href=address, rel="noopener noreferrer", class_="source")


def is_web_address(address: str) -> bool:
    """Whether an address is http or https and names a host."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 finding``, ``2,000 findings``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class Identifiers:
    """Ids for elements, each used once, readable and the same for the same page."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def new(self, *parts: str) -> str:
        """An id made of the letters and digits of the parts."""
        words = (_NOT_IN_ID.sub("-", part.lower()).strip("-") for part in parts)
        base = "-".join(word for word in words if word)
        self._used[base] = count = self._used.get(base, 0) + 1
        return base if count == 1 else self.new(base, str(count))
