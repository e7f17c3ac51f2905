"""Three truth values as pairs of solver terms; Python booleans are folded away.

Terms are made by the solver's own constructors without the coercions of its Python layer, in which
a search would spend most of its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import z3
from z3 import z3core

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
    return True if not kept else kept[0] if len(kept) == 1 else _many(z3core.Z3_mk_and, kept)


def disj(bits: Iterable[Bit]) -> Bit:
    """Any of them."""
    kept: list[Bit] = []
    for bit in bits:
        if bit is True:
            return True
        if bit is not False:
            kept.append(bit)
    return False if not kept else kept[0] if len(kept) == 1 else _many(z3core.Z3_mk_or, kept)


def neg(bit: Bit) -> Bit:
    """The opposite."""
    if isinstance(bit, bool):
        return not bit
    context = bit.ctx
    return z3.BoolRef(z3core.Z3_mk_not(context.ref(), bit.as_ast()), context)


def pick(bit: Bit, yes: Any, no: Any) -> Any:
    """One of two terms."""
    if isinstance(bit, bool):
        return yes if bit else no
    if isinstance(yes, bool) and isinstance(no, bool) and yes == no:
        return yes
    if isinstance(yes, bool) or isinstance(no, bool) or z3.is_bool(yes):
        return disj((conj((bit, yes)), conj((neg(bit), no))))
    one, other = (_number(each) if isinstance(each, int) else each for each in (yes, no))
    context = bit.ctx
    made = z3core.Z3_mk_ite(context.ref(), bit.as_ast(), one.as_ast(), other.as_ast())
    return z3.ArithRef(made, context)


def _many(make: Callable[..., Any], bits: Sequence[Any]) -> Any:
    context = bits[0].ctx
    terms = (z3.Ast * len(bits))(*(bit.as_ast() for bit in bits))
    return z3.BoolRef(make(context.ref(), len(bits), terms), context)


@cache
def _number(value: int) -> Any:
    return z3.IntVal(value)


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
