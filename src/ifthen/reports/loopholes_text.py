"""What a policy leaves open, as text: a table of harms, then each with its shortest timeline."""

from __future__ import annotations

from collections.abc import Sequence

from ifthen.reports.page import Page, Tone
from ifthen.review.loopholes import words
from ifthen.review.loopholes.findings import ASSUMPTIONS
from ifthen.review.loopholes.proof.attempt import Attempt
from ifthen.review.loopholes.proof.stances import TAKINGS
from ifthen.review.loopholes.repair import Repair
from ifthen.review.loopholes.search import Outcome, Witness
from ifthen.review.loopholes.start import SAYS, Start
from ifthen.review.loopholes.study import Study, Tested

_TONES: dict[str, Tone] = {
    "open": "bad",
    "stretched": "warn",
    "undetermined": "warn",
    "none": "good",
}
_SAYS = {
    "open": "open: no word need be stretched",
    "stretched": "open to whoever stretches a word or drops an assumption",
    "undetermined": "undetermined",
    "none": "none found",
}
_BEGINS: dict[Start, str] = {"assessed": "model at hand", "nothing": "new model"}


def write_study(page: Page, study: Study) -> None:
    """Write a study: the table first."""
    page.heading(f"{study.policy.id}: can it be kept and a harm still happen?")
    page.blank()
    column = 2 + max(len(_label(one)) for one in study.tested)
    for one in study.tested:
        page.item(_label(one), _row(one), column=column, tone=_TONES[one.verdict])
    for one in study.tested:
        _write_tested(page, study, one)
    _write_rest(page, study)
    _write_assumptions(page, study)


def _write_rest(page: Page, study: Study) -> None:
    """What a good developer can still do, and the exit by amendment."""
    page.heading("Can it be kept at all?")
    for good, outcome in study.able:
        told = f"yes, in {_events(outcome.length)}"
        if outcome.status != "found":
            told = f"not shown: {_status(outcome)}"
        page.write(f"Every word kept charitably, {good.title}: {told}.")
    page.heading("Changing the text first")
    clauses = ", ".join(study.exit.asked) or "no clause"
    if study.exit.possible:
        page.write(
            f"Another text may take its place on {words.day(study.exit.day)}, published the day "
            f"before; of such a change speak: {clauses}. What it drops is no longer promised."
        )
    else:
        page.write(f"Not shown to be possible: it breaks {', '.join(study.exit.broken)}.")


def write_scorecard(page: Page, studies: Sequence[Study]) -> None:
    """Write one line per policy and harm."""
    page.heading("What keeping each policy to the letter still lets through")
    for study in studies:
        page.blank()
        page.write(study.policy.id, tone="strong")
        column = 2 + max(len(_label(one)) for one in study.tested)
        for one in study.tested:
            page.item(_label(one), _row(one), column=column, tone=_TONES[one.verdict])
    for study in studies[:1]:
        _write_assumptions(page, study)


def _label(one: Tested) -> str:
    return f"{one.harm.id}, {_BEGINS[one.start]}"


def _row(one: Tested) -> str:
    parts = [f"literally {_status(one.literal)}, charitably {_status(one.charitable)}"]
    sets = [
        " + ".join(s.name for s in sorted(blamed.stretched))
        for blamed in one.blame.sets
        if blamed.stretched
    ]
    if sets:
        parts.append(f"within {_events(one.blame.length)} needs {' or '.join(sets)}")
    if one.witness is not None:
        parts.append("silent" if words.seen(one.witness).startswith("silent") else "seen in part")
    return "; ".join(parts)


def _status(outcome: Outcome) -> str:
    if outcome.status == "found":
        return f"open ({_events(outcome.length)})"
    if outcome.status == "none":
        return f"none up to {_events(outcome.length)}, which last {outcome.span} days at most"
    return f"undetermined ({outcome.why})"


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def _write_tested(page: Page, study: Study, one: Tested) -> None:
    page.heading(f"{one.harm.title} ({_label(one)})")
    page.write(_SAYS[one.verdict], tone=_TONES[one.verdict])
    for name, outcome in (("Literally", one.literal), ("Charitably", one.charitable)):
        page.item(f"{name}:", _status(outcome), column=13)
        if outcome.status == "none":
            rests = ", ".join(outcome.clauses) or "no clause at all"
            page.item("", f"it rests on {rests}; need {outcome.need} days", column=13)
    for blamed in one.blame.sets:
        if not blamed.stretched:
            continue
        told = "; ".join(words.stretches(study.policy, blamed.witness, tuple(blamed.stretched)))
        page.item("Needs:", f"{told} ({_events(blamed.witness.length)})", column=13)
    if not one.charitable.witness:
        most = f"at most {one.blame.most} together, up to {_events(one.blame.length)}"
        page.item("", f"smallest sets, {most}", column=13)
    for outcome in one.blame.open[:1]:
        page.item("Left open:", outcome.why, column=13)
    for name, why in dict((*one.literal.skipped, *one.charitable.skipped)).items():
        page.item("Not searched:", f"clause {name}: {why}; rule still judges it", column=15)
    if one.proof is not None:
        tone: Tone = "good" if one.proof.status == "proved" else "warn"
        page.item("Proof:", _proof(one.proof), column=13, tone=tone)
    for repair in one.repairs:
        page.item("Repair:", _repair(repair), column=13, tone="good" if repair.safe else None)
    if one.witness is not None:
        _write_witness(page, one.witness, SAYS[one.start])


def _proof(proof: Attempt) -> str:
    if proof.status != "proved":
        return f"not proved: {proof.why}"
    rests = f"rests on {', '.join(proof.clauses)}"
    if not proof.clauses:
        rests = "rests on no clause: from this beginning it cannot happen"
    if proof.never_crosses:
        rests += ", which keep the model from passing the threshold at all under the margin assumed"
    growth = next(line for line in proof.assumes if "compute" in line)
    found = "invariant on file" if proof.on_file else "invariant found now and"
    return (
        f"proved for any number of events, of this model beside any others, {growth}; {rests}; "
        f"{TAKINGS[proof.taking]}; {found} re-checked in {proof.seconds:.2f} s"
    )


def _repair(repair: Repair) -> str:
    reach = f"none up to {_events(repair.outcome.length)}, which last {repair.outcome.span} days"
    what = {
        "bound": f"bound {repair.name} to {repair.value} days at most",
        "settle": f"settle {repair.name} as {repair.value}",
        "add": f"promise the clause of {repair.name} itself",
    }[repair.kind]
    if repair.safe:
        loosest = "the loosest bound that is safe: " if repair.kind == "bound" else ""
        return f"{what} ({loosest}{reach})"
    return f"{what}: does not suffice ({_status(repair.outcome)})"


def _write_witness(page: Page, witness: Witness, begins: str) -> None:
    page.blank()
    page.write(f"The shortest timeline; {begins}.", indent=2)
    for line in words.story(witness):
        page.item("-", line, column=2, indent=4)
    assert witness.verdict.harm is not None
    page.write(f"{words.day(witness.end)}: {witness.verdict.harm.says}", indent=4, tone="bad")
    extra = words.routine(witness)
    if extra:
        page.write(extra, indent=4)
    seen = words.seen(witness)
    page.write(f"{seen[0].upper()}{seen[1:]}. Ruled by the whole policy: nothing broken.", indent=4)


def _write_assumptions(page: Page, study: Study) -> None:
    page.heading("Assumed throughout")
    for line in study.world.says():
        page.item("-", line, column=2)
    for line in ASSUMPTIONS.values():
        page.item("-", f"{line} (unless a set above drops it)", column=2)
    count = study.bounds.models
    page.item("-", f"at most {count} model{'' if count == 1 else 's'}", column=2)
    page.item(
        "-",
        "a timeline that is found is one of the encoding: read the text before saying so of it",
        column=2,
    )
