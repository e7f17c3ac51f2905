"""Explanations as plain data, so that they can be kept and checked later.

The reading side, as text and as HTML, is in ``ifthen.reports``.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ifthen.ruling.finding import Finding


def explanation(finding: Finding) -> dict[str, Any]:
    """A finding with the whole tree that explains it, ready for JSON; instants are seconds.

    What ``from_json`` makes of it is equal to the finding, and so can be checked.
    """
    plain: dict[str, Any] = msgspec.to_builtins(finding)
    return plain


def from_json(plain: object) -> Finding:
    """The finding that ``explanation`` made plain.

    Raises:
        ValueError: it is not one; the message says where.
    """
    return msgspec.convert(plain, Finding)
