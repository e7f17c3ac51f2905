"""Runs a responsible scaling policy: rules a record of dated facts under if-then commitments.

Usage::

    from ifthen import load_policy, load_record, moment, rule

    record = load_record("record.yaml")
    ruling = rule([load_policy("anthropic/rsp@2.2")], record, moment("2025-08-05"))
    for finding in ruling.faults:
        print(finding.says)

Names are loaded when they are first used, so that ``import ifthen`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ifthen.dates import moment
    from ifthen.policy.load import load_policy, parse_policy, policy_ids
    from ifthen.policy.model import Policy
    from ifthen.policy.schema import schema
    from ifthen.policy.source import Diagnostic, InputError, Source
    from ifthen.record.load import load_record, parse_record
    from ifthen.record.model import Fact, Record
    from ifthen.review.compare import Comparison, compare
    from ifthen.ruling.finding import Finding, Ruling
    from ifthen.ruling.may import Permission, may
    from ifthen.ruling.replay import Change, DueItem, Replay, due, replay
    from ifthen.ruling.rule import rule
    from ifthen.ruling.session import Session

__all__ = [
    "Change",
    "Comparison",
    "Diagnostic",
    "DueItem",
    "Fact",
    "Finding",
    "InputError",
    "Permission",
    "Policy",
    "Record",
    "Replay",
    "Ruling",
    "Session",
    "Source",
    "compare",
    "due",
    "load_policy",
    "load_record",
    "may",
    "moment",
    "parse_policy",
    "parse_record",
    "policy_ids",
    "replay",
    "rule",
    "schema",
]

_HOMES = {
    "dates": ("moment",),
    "policy.load": ("load_policy", "parse_policy", "policy_ids"),
    "policy.model": ("Policy",),
    "policy.schema": ("schema",),
    "policy.source": ("Diagnostic", "InputError", "Source"),
    "record.load": ("load_record", "parse_record"),
    "record.model": ("Fact", "Record"),
    "review.compare": ("Comparison", "compare"),
    "ruling.finding": ("Finding", "Ruling"),
    "ruling.may": ("Permission", "may"),
    "ruling.replay": ("Change", "DueItem", "Replay", "due", "replay"),
    "ruling.rule": ("rule",),
    "ruling.session": ("Session",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'ifthen' has no attribute '{name}'")
    value = getattr(import_module(f"ifthen.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
