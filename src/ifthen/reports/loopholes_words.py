"""What a search for loopholes came to, in the words that its text and its page share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ifthen.policy.model import Policy
from ifthen.reports.markup import plural
from ifthen.reports.page import Tone
from ifthen.review.loopholes import words
from ifthen.review.loopholes.concrete import spoken
from ifthen.review.loopholes.edits import LENGTHS
from ifthen.review.loopholes.findings import ASSUMPTIONS
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.proof.attempt import Attempt
from ifthen.review.loopholes.proof.stances import TAKINGS
from ifthen.review.loopholes.repair import LONGEST, Repair
from ifthen.review.loopholes.search import Outcome, Witness
from ifthen.review.loopholes.sight import harm_days, silent
from ifthen.review.loopholes.stance import Stretch
from ifthen.review.loopholes.start import Start
from ifthen.review.loopholes.study import CALENDAR, Study, Tested
from ifthen.ruling.wording import bound_text

State: TypeAlias = Literal["open", "stretched", "undetermined", "none", "proved", "moot"]


@dataclass(frozen=True, slots=True)
class Says:
    """How one state is told, in few words and in many."""

    mark: str
    """One character, for a table."""
    tone: Tone
    short: str
    long: str
    """What it means for somebody who has not read the documentation."""


STATES: dict[State, Says] = {
    "open": Says(
        "O",
        "bad",
        "open: no word need be stretched",
        "The harm happens in a timeline that keeps every commitment, each word meant as a "
        "charitable reader takes it. Nobody has to twist anything.",
    ),
    "stretched": Says(
        "S",
        "warn",
        "open to whoever stretches a word or drops an assumption",
        "The harm happens in a timeline that keeps every commitment, for somebody who takes a word "
        "as widely as it allows, picks one of two readings, lets an aim bind nothing, or drops an "
        "assumption about the world, such as that findings are honest. What must be stretched is "
        "named. For a charitable reader no such timeline was found.",
    ),
    "undetermined": Says(
        "?",
        "warn",
        "undetermined",
        "The search has no answer, and says why: so few events cannot last as long as the harm "
        "takes, a clause cannot be told to the solver, or the solver ran out of time. It may be "
        "open.",
    ),
    "none": Says(
        ".",
        "good",
        "none found",
        "No such timeline of up to so many events, however the words are stretched, within the "
        "number of stretches tried and the assumptions listed. This is no proof: a longer timeline "
        "may exist, the world may break an assumption, and the text may say less than its encoding "
        "here. It says nothing of harms that are not in the table.",
    ),
    "proved": Says(
        "=",
        "good",
        "proved for any number of events",
        "No timeline of any length, under the assumptions listed: there is a proof.",
    ),
    "moot": Says(
        "~",
        "dim",
        "does not arise, whatever is promised",
        "In so many events the harm does not come about even where nothing is promised: the text "
        "knows nothing of what it speaks of, such as a warning or a power, or the beginning "
        "excludes it. That is no merit of the text.",
    ),
}
"""Every state, the gravest first."""
BEGINS: dict[Start, str] = {"assessed": "model at hand", "nothing": "new model"}


def proof_of(one: Tested) -> tuple[str, ...] | None:
    """The clauses on which a proof for any number of events rests; None where there is no proof.

    One that takes words charitably says nothing of the words alone, and is told below the verdict.
    """
    proof = one.proof
    if proof is None or proof.status != "proved" or proof.taking == "charitable":
        return None
    return proof.clauses


def proved(proof: Attempt) -> str:
    """What a proof, or the attempt at one, came to."""
    if proof.status != "proved":
        return f"not proved: {proof.why}"
    rests = f"rests on {', '.join(proof.clauses)}"
    if not proof.clauses:
        rests = "rests on no clause: it cannot happen whatever is promised"
    if proof.never_crosses:
        rests += ", which keep the model from passing the threshold at all under the margin assumed"
    growth = next(line for line in proof.assumes if "compute" in line)
    found = "invariant on file" if proof.on_file else "invariant found now and"
    return (
        f"proved for any number of events, of this model beside any others, {growth}; {rests}; "
        f"{TAKINGS[proof.taking]}; {found} re-checked in {proof.seconds:.2f} s"
    )


def state(one: Tested) -> State:
    """What was found, in one word."""
    found = one.verdict
    answers = (one.literal, one.charitable)
    if found == "none" and not any(answer.clauses or answer.skipped for answer in answers):
        return "moot"
    if found in ("none", "undetermined") and proof_of(one) is not None:
        return "proved"
    return found


def label(one: Tested) -> str:
    """The harm and how the timeline begins."""
    return f"{one.harm.id}, {BEGINS[one.start]}"


def events(count: int) -> str:
    """So many events."""
    return plural(count, "event")


def status(outcome: Outcome) -> str:
    """What one search came to."""
    if outcome.status == "found":
        return f"open ({'no event at all' if outcome.length == 0 else events(outcome.length)})"
    if outcome.status == "none":
        return f"none up to {events(outcome.length)}, which last {outcome.span} days at most"
    return f"undetermined ({outcome.why})"


def reasons(one: Tested) -> str:
    """Why a harm is undetermined, taken literally and charitably; empty where neither is."""
    told = {
        name: outcome.why
        for name, outcome in (("literally", one.literal), ("charitably", one.charitable))
        if outcome.status == "undetermined"
    }
    if len(told) == 2 and len(set(told.values())) == 1:
        return told["literally"]
    return "; ".join(f"{name} {why}" for name, why in told.items())


def needs(one: Tested) -> tuple[str, ...]:
    """The smallest sets of stretches, by name; empty where no stretching is needed."""
    if one.charitable.status == "found":
        return ()
    named = (
        sorted(stretch.name for stretch in blamed.stretched)
        for blamed in one.blame.sets
        if blamed.stretched
    )
    found = tuple(" + ".join(names) for names in sorted(named, key=lambda n: (len(n), n)))
    if found or one.literal.status != "found":
        return found
    return (f"more than {plural(one.blame.most, 'stretch', 'stretches')} together",)


def sets(one: Tested) -> list[tuple[tuple[Stretch, ...], Witness]]:
    """The smallest sets with a timeline each; where none was found, all that one takes literally.

    A timeline taken literally may stretch more than it needs.
    """
    if one.charitable.status == "found":
        return []
    found = [
        (tuple(sorted(blamed.stretched)), blamed.witness)
        for blamed in one.blame.sets
        if blamed.stretched
    ]
    if found or one.literal.witness is None:
        return found
    witness = one.literal.witness
    return [(tuple(sorted(witness.taken.stretched)), witness)]


def reach(one: Tested) -> str:
    """How far the smallest sets were looked for."""
    most = f"at most {one.blame.most} together, for timelines of up to {events(one.blame.length)}"
    if one.blame.sets:
        return f"smallest sets, {most}; a longer timeline may need less"
    return f"not all of these need be: no smallest set was found, {most}"


def sight(one: Tested) -> str:
    """Whether outsiders see anything; empty where nothing was found to be seen."""
    if one.witness is None:
        return ""
    return "silent" if silent(one.witness) else "seen in part"


@dataclass(frozen=True, slots=True)
class Line:
    """A dated sentence of a timeline."""

    text: str
    number: int | None
    """Of an event that was chosen; None for the harm."""
    hidden: bool = False
    """Whether nobody sees it."""


def story(harm: Harm, witness: Witness) -> list[Line]:
    """What was chosen and the harm, in the order of their days."""
    chosen = [fact for fact in witness.facts if fact.part == "chosen"]
    lines = [
        Line(sentence, number, fact.hidden)
        for number, (sentence, fact) in enumerate(
            zip(words.story(witness), chosen, strict=True), start=1
        )
    ]
    _, happens = harm_days(witness)
    before = sum(fact.day <= happens for fact in chosen)
    return [*lines[:before], Line(happened(harm, witness), None), *lines[before:]]


def happened(harm: Harm, witness: Witness) -> str:
    """The harm as the end of a timeline: the day from which it has happened, and for how long."""
    _, happens = harm_days(witness)
    assert witness.verdict.harm is not None
    model = witness.verdict.harm.subject.model
    whom = "" if model is None else f" ({model})"
    until = "" if happens >= witness.end else f"; looked at until {spoken(witness.end)}"
    return f"{spoken(happens)}: {harm.title}{whom}{until}."


def quoted(policy: Policy, stretch: Stretch, witness: Witness) -> str:
    """One stretch in words, with its name, and what it is that is stretched."""
    name = stretch.name
    told = words.stretch(policy, stretch, witness.taken.parses)
    if stretch.sort == "word":
        term = policy.terms[name]
        literal, charitable = bound_text(term.literal), bound_text(term.charitable)
        return f"{told}: by the words alone {literal}, charitably {charitable}"
    if stretch.sort == "aim":
        titles = {clause.common.id: clause.common.title for clause in policy.clauses}
        title = titles.get(name.partition("/")[0])
        return told if title is None else f"{told}: {title}"
    if stretch.sort == "world":
        return f"the assumption {name} is dropped: {ASSUMPTIONS[name]}"
    return told


_EDITS: dict[str, str] = {
    "bound": "bound {name} to {value} days at most",
    "settle": "settle {name} as {value}",
    "deadline": "give {name} a deadline of {value} days",
    "clock": "let the clock of {name} run for {value} days at most",
    "add": "promise the clause of {name} itself",
}


def repaired(repair: Repair) -> str:
    """Changes of the text, and whether they suffice."""
    what = " and ".join(
        _EDITS[edit.kind].format(name=edit.name, value=edit.value) for edit in repair.edits
    )
    if repair.safe:
        bounded = any(edit.kind in LENGTHS for edit in repair.edits)
        loosest = "the loosest that is safe, " if bounded else ""
        if any(edit.value == str(LONGEST) for edit in repair.edits):
            loosest = "more was not tried, "
        return f"{what}: {loosest}{status(repair.outcome)}"
    return f"{what}: does not suffice, {status(repair.outcome)}"


def kept(outcome: Outcome) -> str:
    """Whether a good is possible for whoever keeps every word charitably."""
    if outcome.status == "found":
        return (
            f"yes, in {events(outcome.length)}" if outcome.length else "yes, with no event at all"
        )
    return f"not shown: {status(outcome)}"


def amended(study: Study) -> str:
    """What it takes to change the text first."""
    if not study.exit.possible:
        return f"Not shown to be possible: it breaks {', '.join(study.exit.broken)}."
    clauses = ", ".join(study.exit.asked) or "no clause"
    return (
        f"Another text may take its place on {spoken(study.exit.day)}, published the day "
        f"before; of such a change speak: {clauses}. What it drops is no longer promised."
    )


def amendable(study: Study) -> str:
    """Whether the text can be changed first, in few words."""
    if not study.exit.possible:
        return f"not shown, since it breaks {', '.join(study.exit.broken)}"
    asked = study.exit.asked
    return f"possible, {plural(len(asked), 'clause') if asked else 'no clause'} on such a change"


def assumed(study: Study) -> tuple[str, ...]:
    """Everything under which the answers hold."""
    return (
        *study.world.says(),
        CALENDAR,
        *(f"{line} (unless a set above drops it)" for line in ASSUMPTIONS.values()),
        f"at most {plural(study.bounds.models, 'model')}",
        "a timeline that is found is one of the encoding: read the text before saying so of it",
    )


def assumed_of_all(studies: Sequence[Study]) -> tuple[str, ...]:
    """What is assumed of every one of several policies."""
    common = set.intersection(*(set(assumed(study)) for study in studies))
    return tuple(line for line in assumed(studies[0]) if line in common)


def assumed_apart(study: Study, studies: Sequence[Study]) -> tuple[str, ...]:
    """What is assumed of one policy and not of all."""
    common = set(assumed_of_all(studies))
    return tuple(line for line in assumed(study) if line not in common)


def skipped(one: Tested) -> dict[str, str]:
    """Clauses that were not searched, and why."""
    return dict((*one.literal.skipped, *one.charitable.skipped))


def harms_of(studies: Iterable[Study]) -> dict[str, Harm]:
    """The harms of some studies by their ids, in order."""
    return {one.harm.id: one.harm for study in studies for one in study.tested}


def starts_of(studies: Iterable[Study]) -> list[Start]:
    """How the timelines of some studies begin."""
    return list(dict.fromkeys(one.start for study in studies for one in study.tested))


def by_developer(studies: Iterable[Study]) -> dict[str, list[Study]]:
    """Studies by who made the promise, in the order in which they come."""
    found: dict[str, list[Study]] = {}
    for study in studies:
        found.setdefault(study.policy.id.partition("/")[0], []).append(study)
    return found


def capital(sentence: str) -> str:
    """A sentence as it begins a paragraph."""
    return sentence[:1].upper() + sentence[1:]
