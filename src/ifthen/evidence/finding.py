"""The record's words for where something stands against a limit, and how commands end by them."""

from __future__ import annotations

from typing import Literal, TypeAlias

Answer: TypeAlias = Literal["below", "cannot_rule_out", "crossed"]
"""Ruled out, not known, reached: where no alert line is drawn."""
Finding: TypeAlias = Literal["below", "alert", "cannot_rule_out", "crossed"]
"""The same with an alert line below the limit, in rising order."""

WORDS: dict[Finding, str] = {
    "below": "below",
    "alert": "alert",
    "cannot_rule_out": "cannot rule out",
    "crossed": "crossed",
}
"""Each as people read it, everywhere."""
EXIT_CODES: dict[Finding, int] = {"below": 0, "alert": 1, "crossed": 1, "cannot_rule_out": 3}
"""How a command ends that finds so."""
