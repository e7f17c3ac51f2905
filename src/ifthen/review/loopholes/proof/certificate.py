"""Certificates: an invariant on file, which anybody can check again without what found it.

A certificate says what was asked, on which clauses the answer rests, and the parts of the invariant
in SMT-LIB. To check it, the system is generated anew from the policy and three questions are put to
a plain solver. The digest is that of the system: where a policy, a harm or the generator changed
in any way that matters to the proof, it is another, and the certificate is refused.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import z3

from ifthen.review.loopholes.calendar import Unsupported
from ifthen.review.loopholes.proof.assumptions import says
from ifthen.review.loopholes.proof.prove import Proof
from ifthen.review.loopholes.proof.spacer import failing
from ifthen.review.loopholes.proof.system import Question, System, system

FOLDER = Path(__file__).parent / "certificates"
"""Where the certificates of the package are."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """An invariant and what it is of."""

    policy: str
    harm: str
    start: str
    taking: str
    bounded: bool
    """Whether it rests on a bound on growth in compute."""
    clauses: tuple[str, ...]
    """The clauses it rests on; it needs no other."""
    assumes: tuple[str, ...]
    digest: str
    registers: Mapping[str, str]
    """Each register and its sort."""
    invariant: tuple[str, ...]
    """Its parts in SMT-LIB; all of them hold after every step of every run."""

    @property
    def hidden(self) -> bool:
        """Whether the harm asks for the hidden truth."""
        return "reached" in self.registers

    @property
    def name(self) -> str:
        """Its name on file."""
        return name_of(self.policy, self.harm, self.start, self.taking)

    def text(self) -> str:
        """The certificate as it is filed."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a certificate came to."""

    holds: bool
    why: str = ""
    """Why it does not hold: ``initiation``, ``consecution``, ``safety``, or what does not match."""
    seconds: float = 0.0
    """Time of the processor that the plain solver took, generation of the system included."""
    never_crosses: bool = False
    """Whether the invariant excludes even that the model passes the hidden threshold."""


def name_of(policy: str, harm: str, start: str, taking: str) -> str:
    """The name on file of the certificate of a question."""
    return ".".join((policy.replace("/", "-"), harm, start, taking)) + ".json"


def certificate(proof: Proof) -> Certificate:
    """The certificate of a proof.

    Raises:
        ValueError: nothing is proved.
    """
    if not proof.proved:
        raise ValueError("nothing is proved")
    question = proof.question
    whole = _system(question, proof.clauses)
    return Certificate(
        question.policy.id,
        question.harm.id,
        question.start,
        question.taking,
        question.bounded,
        proof.clauses,
        says(question.world, hidden=question.harm.hidden, bounded=question.bounded),
        digest(whole),
        {one.name: str(one.term.sort()) for one in whole.registers},
        tuple(" ".join(part.sexpr().split()) for part in proof.invariant),
    )


def parse(text: str) -> Certificate:
    """A certificate as it is filed.

    Raises:
        ValueError: the text is no certificate.
    """
    try:
        found: dict[str, Any] = json.loads(text)
        lists = {name: tuple(found[name]) for name in ("clauses", "assumes", "invariant")}
        return Certificate(**{**found, **lists})
    except (TypeError, KeyError, json.JSONDecodeError) as why:
        raise ValueError(f"not a certificate: {why}") from why


def stored(question: Question) -> Certificate | None:
    """The certificate that the package has of a question, whatever growth it assumes."""
    path = FOLDER / name_of(question.policy.id, question.harm.id, question.start, question.taking)
    return parse(path.read_text(encoding="utf-8")) if path.exists() else None


def siblings(question: Question) -> list[Certificate]:
    """The certificates of the package for other harms, asked otherwise in the same way."""
    names = sorted(FOLDER.glob(name_of(question.policy.id, "*", question.start, question.taking)))
    return [parse(path.read_text(encoding="utf-8")) for path in names]


def recheck(found: Certificate, question: Question, timeout: float = 30.0) -> Checked:
    """Check a certificate again, by a plain solver, against the system of the policy as it is.

    Args:
        found: the certificate.
        question: what it is to answer.
        timeout: seconds for each of the three conditions.
    """
    began = time.process_time()
    why = _mismatch(found, question)
    if why is not None:
        return Checked(False, why, time.process_time() - began)
    try:
        whole = _system(question, found.clauses)
    except (Unsupported, KeyError) as error:
        return Checked(False, f"its system cannot be generated: {error}")
    if digest(whole) != found.digest:
        return Checked(False, "the policy, the harm or what is assumed has changed since")
    try:
        known = {one.name: one.term for one in whole.registers}
        parts = [_term(text, known) for text in found.invariant]
    except z3.Z3Exception as error:
        return Checked(False, f"its invariant cannot be read: {error}")
    why = failing(whole, parts, timeout)
    seconds = time.process_time() - began
    never = why is None and found.hidden and failing(whole.crossing, parts, timeout) is None
    return Checked(why is None, why or "", seconds, never)


def _mismatch(found: Certificate, question: Question) -> str | None:
    asked = (question.policy.id, question.harm.id, question.start, question.taking)
    if (found.policy, found.harm, found.start, found.taking) != asked:
        return "it is of another question"
    if question.bounded != found.bounded:
        return "it assumes another growth in compute"
    return None


def _term(text: str, registers: Mapping[str, Any]) -> Any:
    (term,) = z3.parse_smt2_string(f"(assert {text})", decls=dict(registers))
    return term


def _system(question: Question, names: tuple[str, ...]) -> System:
    known = {clause.common.id: clause for clause in question.policy.clauses}
    return system(question, [known[name] for name in names])


def digest(whole: System) -> str:
    """A digest of all that a system is: where runs begin, every step, and what is bad."""
    parts = [whole.init.sexpr(), whole.tick.sexpr(), whole.event.asked.sexpr(), whole.bad.sexpr()]
    for one in whole.registers:
        parts += [one.name, one.event.sexpr(), one.tick.sexpr()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
