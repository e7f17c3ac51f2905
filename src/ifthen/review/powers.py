"""Powers that are no way out: whoever uses one can only be asked for more."""

from __future__ import annotations

from ifthen.policy.model import Events, Power
from ifthen.ruling.variants import below

_MORE = frozenset(
    {"cap", "pause", "hold", "halt", "stop", "tighten", "restrict", "order", "add", "notice"}
)
"""Words by which the name of a power says that its use asks for more."""


def asks_more(power: Power) -> bool:
    """Whether by the names of the power its use can only ask for more."""
    names = [
        value
        for node in below(power.exercised)
        if isinstance(node, Events)
        for pattern in node.patterns
        for test in pattern.tests
        if test.attribute == "power" and test.operator != "!="
        for value in test.values
    ]
    return bool(names) and all(_MORE & {*name.split("-")} for name in names)
