"""Three truth values as pairs of solver terms; Python booleans are folded away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import z3

Bit: TypeAlias = Any
"""A Python boolean or a boolean term of the solver."""


def conj(bits: Iterable[Bit]) -> Bit:
    """All of them."""
    kept: list[Bit] = []
    for bit in bits:
        if bit is False:
            return False
        if bit is not True:
            kept.append(bit)
    return True if not kept else kept[0] if len(kept) == 1 else z3.And(*kept)


def disj(bits: Iterable[Bit]) -> Bit:
    """Any of them."""
    kept: list[Bit] = []
    for bit in bits:
        if bit is True:
            return True
        if bit is not False:
            kept.append(bit)
    return False if not kept else kept[0] if len(kept) == 1 else z3.Or(*kept)


def neg(bit: Bit) -> Bit:
    """The opposite."""
    return (not bit) if isinstance(bit, bool) else z3.Not(bit)


def pick(bit: Bit, yes: Any, no: Any) -> Any:
    """One of two terms."""
    if isinstance(bit, bool):
        return yes if bit else no
    if isinstance(yes, bool) and isinstance(no, bool) and yes == no:
        return yes
    if isinstance(yes, bool) or isinstance(no, bool) or z3.is_bool(yes):
        return disj((conj((bit, yes)), conj((neg(bit), no))))
    return z3.If(bit, yes, no)


@dataclass(frozen=True, slots=True)
class K:
    """A truth value: known to be true, known to be false, or neither."""

    t: Bit
    f: Bit

    @property
    def known(self) -> Bit:
        """Whether it is known."""
        return disj((self.t, self.f))


TRUE = K(True, False)
FALSE = K(False, True)
UNKNOWN = K(False, False)


def sure(bit: Bit) -> K:
    """A value that is known."""
    return K(bit, neg(bit))


def k_not(one: K) -> K:
    """Negation."""
    return K(one.f, one.t)


def k_and(parts: Iterable[K]) -> K:
    """Conjunction."""
    taken = tuple(parts)
    return K(conj(part.t for part in taken), disj(part.f for part in taken))


def k_or(parts: Iterable[K]) -> K:
    """Disjunction."""
    taken = tuple(parts)
    return K(disj(part.t for part in taken), conj(part.f for part in taken))


def k_otherwise(parts: Iterable[K]) -> K:
    """The first that is known."""
    t, f, unknown = [], [], True
    for part in parts:
        t.append(conj((unknown, part.t)))
        f.append(conj((unknown, part.f)))
        unknown = conj((unknown, neg(part.known)))
    return K(disj(t), disj(f))


def k_if(bit: Bit, yes: K, no: K) -> K:
    """One of two values."""
    return K(pick(bit, yes.t, no.t), pick(bit, yes.f, no.f))
