"""Whether a harm is excluded for any number of events: by a certificate on file, or a new proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ifthen.policy.model import Policy
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.proof.assumptions import says
from ifthen.review.loopholes.proof.certificate import (
    Certificate,
    Checked,
    certificate,
    recheck,
    siblings,
    stored,
)
from ifthen.review.loopholes.proof.prove import Proof, by_siblings, prove
from ifthen.review.loopholes.proof.stances import TAKINGS, Taking
from ifthen.review.loopholes.proof.system import Question
from ifthen.review.loopholes.search import Outcome
from ifthen.review.loopholes.start import Start
from ifthen.review.loopholes.world import World


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was proved of one harm from one beginning, or why nothing was."""

    status: Literal["proved", "not proved"]
    taking: Taking
    """How words are taken: the strongest adversary for whom it is proved, or the weakest tried."""
    clauses: tuple[str, ...]
    """The clauses that the proof rests on."""
    assumes: tuple[str, ...]
    why: str = ""
    """Why it is not proved."""
    on_file: bool = False
    """Whether the invariant was on file, so that it only had to be checked."""
    seconds: float = 0.0
    """Time of the processor to check the invariant, by a plain solver."""
    certificate: Certificate | None = None
    never_crosses: bool = False
    """Whether it is excluded even that the model passes the hidden threshold."""

    def as_json(self) -> dict[str, Any]:
        """The attempt in JSON."""
        return {
            "status": self.status,
            "words": self.taking,
            "words_mean": TAKINGS[self.taking],
            "rests_on": list(self.clauses),
            "assumes": list(self.assumes),
            "why": self.why or None,
            "on_file": self.on_file,
            "recheck_seconds": round(self.seconds, 3) if self.status == "proved" else None,
            "never_crosses": self.never_crosses,
            "invariant": None if self.certificate is None else list(self.certificate.invariant),
        }


def attempt(
    policy: Policy,
    harm: Harm,
    start: Start,
    world: World,
    *,
    takings: Sequence[Taking] = tuple(TAKINGS),
    timeout: float = 60.0,
    prefer: Sequence[str] = (),
) -> Attempt:
    """Try to prove a harm away, for the strongest adversary first.

    Args:
        policy: the policy.
        harm: what must not happen.
        start: how timelines begin.
        world: how the world is bounded.
        takings: the ways of taking words that are tried, in order.
        timeout: seconds for each.
        prefer: clauses to take up first.
    """
    questions = [Question(policy, harm, start, taking, world) for taking in takings]
    for question in questions:
        filed = stored(question)
        if filed is not None:
            asked = replace(question, bounded=filed.bounded)
            checked = recheck(filed, asked)
            if checked.holds:
                return _proved(asked, filed, checked, on_file=True)
    why = ""
    for question in questions:
        proof = _like_others(question) or prove(question, timeout, prefer)
        if proof.proved:
            made = certificate(proof)
            checked = recheck(made, proof.question)
            if checked.holds:
                return _proved(proof.question, made, checked, on_file=False)
            why = f"the invariant found was not confirmed: {checked.why}"
        else:
            why = proof.why
        prefer = (*prefer, *proof.clauses)
    last = questions[-1]
    assumes = says(world, hidden=harm.hidden, bounded=harm.hidden)
    return Attempt("not proved", last.taking, (), assumes, why)


def _like_others(question: Question) -> Proof | None:
    """A proof from what is on file of other harms of the policy, from the same beginning."""
    for filed in siblings(question):
        asked = replace(question, bounded=filed.bounded)
        found = by_siblings(asked, filed.clauses, filed.invariant)
        if found is not None:
            return found
    return None


def after_search(
    policy: Policy,
    harm: Harm,
    start: Start,
    world: World,
    literal: Outcome,
    charitable: Outcome,
    timeout: float,
) -> Attempt | None:
    """An attempt where a search found nothing charitably; None where it did."""
    if charitable.status == "found":
        return None
    takings = tuple(one for one in TAKINGS if one != "literal" or literal.status != "found")
    prefer = charitable.clauses
    return attempt(policy, harm, start, world, takings=takings, timeout=timeout, prefer=prefer)


def _proved(question: Question, found: Certificate, checked: Checked, *, on_file: bool) -> Attempt:
    return Attempt(
        "proved",
        question.taking,
        found.clauses,
        found.assumes,
        on_file=on_file,
        seconds=checked.seconds,
        certificate=found,
        never_crosses=checked.never_crosses,
    )
