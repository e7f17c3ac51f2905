"""A whole HTML document that loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from string import Template

from ifthen.reports.markup import Html, anchor, join, tag, text

CAVEAT = (
    "Findings are about our encoding of a text and about what is on record: before one is claimed "
    "of a real company, a person must read the source."
)
"""What every report about a company says."""


def document(
    title: str,
    body: Html,
    *,
    skip: tuple[str, str],
    styles: tuple[str, ...] = ("style.css",),
    script: str = "",
) -> str:
    """A document with its styles and its script in it, and no other script allowed.

    Args:
        title: of the document.
        body: its content.
        skip: where the link for keyboards leads, and what it says.
        styles: style sheets of this package, in order.
        script: run at the end; none where empty.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    target, words = skip
    return Template(resource("page.html")).substitute(
        title=text(title),
        style="".join(resource(name) for name in styles),
        script_source=f"'sha256-{digest}'" if script else "'none'",
        body=join((anchor(target.removeprefix("#"), words, class_="skip"), "\n", body)),
        script=tag("script", Html(script)) if script else "",
    )


@cache
def resource(name: str) -> str:
    """The text of a file that lies beside this one."""
    return files("ifthen.reports").joinpath(name).read_text(encoding="utf-8")
