"""What a policy leaves open, as text: a table of harms, then each with its shortest timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ifthen.reports.loopholes_words import (
    BEGINS,
    STATES,
    amendable,
    amended,
    assumed,
    assumed_apart,
    assumed_of_all,
    by_developer,
    capital,
    events,
    harms_of,
    kept,
    label,
    needs,
    proof_of,
    proved,
    quoted,
    reach,
    reasons,
    repaired,
    sets,
    sight,
    skipped,
    starts_of,
    state,
    status,
    story,
)
from ifthen.reports.markup import plural
from ifthen.reports.page import Page, Tone
from ifthen.review.loopholes import words
from ifthen.review.loopholes.search import Witness
from ifthen.review.loopholes.sight import seen as seen_by
from ifthen.review.loopholes.start import SAYS, Start
from ifthen.review.loopholes.study import Study, Tested

_LEAST_BESIDE = 36
"""Characters beside a label below which the text goes under it."""
NOT_TESTED = "-"
"""Stands in the table where a harm was not asked about from one beginning."""


def write_study(page: Page, study: Study) -> None:
    """Write a study: the table first."""
    page.heading(f"{study.policy.id}: can it be kept and a harm still happen?")
    page.blank()
    _write_rows(page, study.tested)
    for one in study.tested:
        _write_tested(page, study, one)
    page.heading("Can it be kept at all?")
    for good, outcome in study.able:
        page.write(f"Every word kept charitably, {good.title}: {kept(outcome)}.")
    page.heading("Changing the text first")
    page.write(amended(study))
    _write_assumed(page, "Assumed throughout", assumed(study))


def write_scorecard(page: Page, studies: Sequence[Study]) -> None:
    """Write all policies by all harms, and below it what each loophole needs.

    Where the table would be wider than the page, a line for each policy and harm instead.
    """
    page.heading("What keeping each policy to the letter still lets through")
    page.blank()
    table = list(_table(studies))
    if max(map(len, table)) <= page.width:
        _write_legend(page, studies)
        page.blank()
        page.verbatim("\n".join(table))
        _write_below(page, studies)
    else:
        for study in studies:
            page.blank()
            page.write(study.policy.id, tone="strong")
            _write_rows(page, study.tested)
    _write_kept(page, studies)
    _write_assumed(page, "Assumed of every policy", assumed_of_all(studies))
    apart = [(line, study) for study in studies for line in assumed_apart(study, studies)]
    for line, names in _grouped(apart).items():
        page.item("-", f"{line}: {names}", column=2)


# --- the table ---------------------------------------------------------------------------------


def _table(studies: Sequence[Study]) -> Iterator[str]:
    """Harms lead down to their columns like stairs, so that their names may be long."""
    harms = list(harms_of(studies))
    starts = starts_of(studies)
    rows: list[tuple[str, list[str]]] = []
    for developer, own in by_developer(studies).items():
        rows.append((developer, []))
        for study in own:
            cells = [_marks(study, harm, starts) for harm in harms]
            rows.append((f"  {study.policy.id.rpartition('/')[2]}", cells))
    first = 1 + max(len(name) for name, _ in rows)
    step = 1 + max((len(cell) for _, cells in rows for cell in cells), default=0)
    for number, harm in enumerate(harms):
        yield " " * first + f"{'|':<{step}}" * number + harm
    for name, cells in rows:
        yield (f"{name:<{first}}" + "".join(f"{cell:<{step}}" for cell in cells)).rstrip()


def _marks(study: Study, harm: str, starts: Sequence[Start]) -> str:
    of = {one.start: _mark(one) for one in study.tested if one.harm.id == harm}
    return "/".join(of.get(start, NOT_TESTED) for start in starts)


def _mark(one: Tested) -> str:
    return STATES[state(one)].mark + ("!" if sight(one) == "silent" else "")


def _write_legend(page: Page, studies: Sequence[Study]) -> None:
    every = [one for study in studies for one in study.tested]
    present = {state(one) for one in every}
    for name, says in STATES.items():
        if name in present:
            reach = ""
            if name in ("none", "moot"):
                reach = f" up to {events(studies[0].bounds.events)}, which is no proof"
            page.item(says.mark, says.short + reach, column=3)
    if any(sight(one) == "silent" for one in every):
        page.item("!", "silent: nothing reaches outsiders while it happens", column=3)
    begins = [BEGINS[start] for start in starts_of(studies)]
    if len(begins) > 1:
        page.item("/", f"before it: {begins[0]}; after it: {begins[1]}", column=3)


def _write_below(page: Page, studies: Sequence[Study]) -> None:
    """What a table has no room for: what is stretched, and why something is undetermined."""
    for name, heading in (
        ("stretched", "What must be stretched"),
        ("undetermined", "What is left undetermined"),
    ):
        told: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for study in studies:
            rows = _by_answer([one for one in study.tested if state(one) == name])
            if rows:
                told.setdefault(rows, []).append(study.policy.id)
        if told:
            page.heading(heading)
        for rows, policies in told.items():
            page.blank()
            page.write(", ".join(policies))
            for answer, harms in rows:
                page.item("-", f"{answer}: {harms}", column=2)


def _by_answer(tested: Sequence[Tested]) -> tuple[tuple[str, str], ...]:
    """What is stretched, or why something is undetermined, and for which harms."""
    found: dict[str, dict[str, list[str]]] = {}
    for one in tested:
        answer = " or ".join(needs(one)) or reasons(one)
        found.setdefault(answer, {}).setdefault(one.harm.id, []).append(BEGINS[one.start])
    return tuple(
        (answer, ", ".join(_harm(name, begins) for name, begins in harms.items()))
        for answer, harms in found.items()
    )


def _harm(name: str, begins: Sequence[str]) -> str:
    return f"{name} ({begins[0]})" if len(begins) == 1 else name


# --- rows --------------------------------------------------------------------------------------


def _write_rows(page: Page, tested: Sequence[Tested]) -> None:
    column = 2 + max(len(label(one)) for one in tested)
    if page.width - column < _LEAST_BESIDE:
        column = 2
    for one in tested:
        page.item(label(one), _row(one), column=column, tone=STATES[state(one)].tone)


def _row(one: Tested) -> str:
    literal, charitable = status(one.literal), status(one.charitable)
    parts = [f"literally {literal}, charitably {charitable}"]
    if literal == charitable:
        parts = [f"literally and charitably {literal}"]
    if state(one) == "moot":
        parts.append(STATES["moot"].short)
    if proof_of(one) is not None:
        parts.append(STATES["proved"].short)
    if needs(one):
        parts.append(f"within {events(one.blame.length)} needs {' or '.join(needs(one))}")
    if sight(one):
        parts.append(sight(one))
    return "; ".join(parts)


# --- one harm ----------------------------------------------------------------------------------


def _write_tested(page: Page, study: Study, one: Tested) -> None:
    says = STATES[state(one)]
    page.heading(f"{one.harm.title} ({label(one)})")
    page.write(says.short, tone=says.tone)
    for name, outcome in (("Literally", one.literal), ("Charitably", one.charitable)):
        page.item(f"{name}:", status(outcome), column=13)
        if outcome.status == "none":
            rests = ", ".join(outcome.clauses) or "no clause at all"
            page.item(
                "", f"it rests on {rests}; the harm needs {plural(outcome.need, 'day')}", column=13
            )
    for stretches, witness in sets(one):
        told = "; ".join(quoted(study.policy, stretch, witness) for stretch in stretches)
        page.item("Needs:", f"{told} ({events(witness.length)})", column=13)
    if sets(one):
        page.item("", reach(one), column=13)
    for outcome in one.blame.open[:1]:
        page.item("Left open:", outcome.why, column=13)
    for name, why in skipped(one).items():
        page.item("Not searched:", f"clause {name}: {why}; rule still judges it", column=15)
    if one.proof is not None:
        tone: Tone = "good" if one.proof.status == "proved" else "warn"
        page.item("Proof:", proved(one.proof), column=13, tone=tone)
    for repair in one.repairs:
        page.item("Repair:", repaired(repair), column=13, tone="good" if repair.safe else None)
    if one.witness is not None:
        _write_witness(page, one, one.witness)


def _write_witness(page: Page, one: Tested, witness: Witness) -> None:
    page.blank()
    page.write(f"The shortest timeline; {SAYS[one.start]}.", indent=2)
    for line in story(one.harm, witness):
        if line.number is None:
            page.write(line.text, indent=4, tone="bad")
        else:
            page.item("-", line.text, column=2, indent=4)
    extra = words.routine(witness)
    if extra:
        page.write(extra, indent=4)
    page.write(f"{capital(seen_by(witness))}. Ruled by the whole policy: nothing broken.", indent=4)


# --- the rest ----------------------------------------------------------------------------------


def _write_kept(page: Page, studies: Sequence[Study]) -> None:
    """What a good developer can still do, and the exit by amendment, of several policies."""
    page.heading("Can they be kept at all?")
    goods = dict.fromkeys(good.title for study in studies for good, _ in study.able)
    for title in goods:
        page.write(f"Every word kept charitably, {title}:")
        told = [
            (kept(outcome), study)
            for study in studies
            for good, outcome in study.able
            if good.title == title
        ]
        for answer, names in _grouped(told).items():
            page.item("-", f"{answer}: {names}", column=2)
    page.heading("Changing the text first")
    page.write("Another text takes the place of this one a month later, published the day before:")
    told = [(amendable(study), study) for study in studies]
    for answer, names in _grouped(told).items():
        page.item("-", f"{answer}: {names}", column=2)


def _grouped(told: Iterable[tuple[str, Study]]) -> dict[str, str]:
    """What is said, and of which policies."""
    found: dict[str, list[str]] = {}
    for line, study in told:
        found.setdefault(line, []).append(study.policy.id)
    return {line: ", ".join(names) for line, names in found.items()}


def _write_assumed(page: Page, heading: str, lines: Sequence[str]) -> None:
    page.heading(heading)
    for line in lines:
        page.item("-", line, column=2)
