"""The explanation of findings: what was asked, which facts answered, and what decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ifthen.dates import format_instant
from ifthen.record.model import Fact, Record
from ifthen.reports.page import Page, Tone
from ifthen.reports.ruling_text import TONES, counted, moment_text, write_policies
from ifthen.ruling.explain import explanation
from ifthen.ruling.finding import FAULTS, Finding, Ruling, when
from ifthen.ruling.reasons import Because

MOST_EXPLAINED = 6
"""How many findings are explained in full unless everything is asked for."""
_URGENCY = (*sorted(FAULTS), "held", "missed", "pending", "undetermined")
_ANSWERS: Mapping[bool | None, tuple[str, Tone]] = {
    True: ("yes", "good"),
    False: ("no", "bad"),
    None: ("not known", "warn"),
}
_FRAMES = frozenset({"definition", "reading", "member", "hold", "judged"})
"""Steps that only frame the one below them; both are shown in one line."""
_LONGEST = 160
"""Longest condition shown in full."""


def explained(ruling: Ruling, findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings in JSON, each with its ``explanation``: a list of trees.

    ``proof`` is the finding whole, from which ``from_json`` makes one that can be checked.
    """
    return {**ruling.as_json(), "findings": [_explained(finding) for finding in findings]}


def _explained(finding: Finding) -> dict[str, Any]:
    proof = explanation(finding)
    return {**finding.as_json(), "explanation": proof["outcome"]["because"], "proof": proof}


def write_explanations(
    page: Page,
    ruling: Ruling,
    findings: Sequence[Finding],
    record: Record,
    name: str,
    *,
    everything: bool = False,
) -> None:
    """Write why each of the findings is as it is, the most urgent first.

    Args:
        page: where to.
        ruling: the ruling they are of.
        findings: what to explain.
        record: the facts.
        name: the clause that was asked about.
        everything: explain every finding, with the steps that did not decide.
    """
    page.heading(f"{record.name}, {moment_text(ruling.at, ruling.known)}: {name}")
    if not findings:
        write_policies(page, ruling.policies, ruling.at)
        page.blank()
        page.write("The clause says nothing here: nothing on the record brings it up.")
        return
    ordered = sorted(findings, key=lambda finding: _urgency(finding.status))
    shown = ordered if everything else ordered[:MOST_EXPLAINED]
    facts = {fact.id: fact for fact in record.facts}
    facts.update({fact.key: fact for fact in record.facts if fact.key is not None})
    for finding in shown:
        _write(page, finding, facts, everything=everything)
    left = ordered[len(shown) :]
    if left:
        page.blank()
        page.write(f"Also {counted(left)}. Narrow it with --model, or use --all to see them.")


def _urgency(status: str) -> int:
    return _URGENCY.index(status) if status in _URGENCY else len(_URGENCY)


def _write(page: Page, finding: Finding, facts: Mapping[str, Fact], *, everything: bool) -> None:
    page.blank()
    page.item(finding.status, finding.says, column=14, indent=0, tone=TONES.get(finding.status))
    outcome = finding.outcome
    clause = ", ".join(filter(None, (finding.clause, finding.section, finding.force)))
    rows = {
        "clause": clause,
        "rows": ", ".join(finding.encodes),
        "triggered": when(outcome.triggered),
        "due": when(outcome.due, latest=True),
        "done": when(outcome.done),
    }
    for label, text in rows.items():
        if text:
            page.item(label, text, column=12)
    for at, status in outcome.between:
        page.item("either", f"{status} if {format_instant(at)}", column=12)
    if len({reading.outcome.status for reading in finding.readings}) == 1:
        page.item("readings", f"the same under all {len(finding.readings)}", column=12)
    else:
        for reading in finding.readings:
            page.item("reading", f"{reading.outcome.status} if {reading.says}", column=12)
    for word in finding.words:
        said = (
            f'"{word.phrase}": {word.literal} by the words alone; '
            f"{word.charitable_status} if it means {word.charitable}"
        )
        page.item("word", said, column=12)
    for assumption in finding.assumes:
        page.item("assumes", assumption, column=12)
    for unknown in finding.unknown:
        page.item("not known", unknown, column=12)
    for number, fact in enumerate(outcome.facts):
        page.item("" if number else "facts", fact_text(fact, facts), column=12)
    if outcome.because:
        page.write("because", indent=2)
        _tree(page, outcome.because, "  ", None, everything=everything)


def fact_text(name: str, facts: Mapping[str, Fact]) -> str:
    """A fact in one line: id, date, kind, model and summary."""
    fact = facts.get(name)
    if fact is None:
        return name
    about = f" ({', '.join(fact.models)})" if fact.models else ""
    date = when((fact.earliest, fact.latest))
    summary = fact.attributes.get("summary")
    said = f": {summary}" if isinstance(summary, str) else ""
    return f"{name}, {date}, {fact.kind}{about}{said}"


def _tree(
    page: Page,
    steps: Iterable[Because],
    lead: str,
    parent: Because | None,
    *,
    everything: bool,
) -> None:
    shown = _shown(steps, parent, everything=everything)
    for number, step in enumerate(shown):
        last = number == len(shown) - 1
        corner, line = ("└ ", "  ") if last else ("├ ", "│ ")
        names = []
        below = _shown(step.children, step, everything=everything)
        while step.rule in _FRAMES and len(below) == 1 and below[0].value == step.value:
            if step.rule != "reading":
                names.append(f"{step.text}: ")
            step = below[0]
            below = _shown(step.children, step, everything=everything)
        answer, tone = _ANSWERS[step.value]
        text = f"{answer}: {''.join(dict.fromkeys(names))}{_step_text(step)}"
        page.branch(lead + corner, lead + line, text, tone=tone)
        _tree(page, step.children, lead + line, step, everything=everything)


def _shown(steps: Iterable[Because], parent: Because | None, *, everything: bool) -> list[Because]:
    return [step for step in steps if everything or parent is None or _decides(step, parent)]


def _decides(step: Because, parent: Because) -> bool:
    """Whether a step is part of why its parent came out as it did."""
    if parent.rule in ("not", "reading", "definition", "hold", "standards"):
        return True
    return step.value == parent.value


def _step_text(step: Because) -> str:
    text = step.text if len(step.text) <= _LONGEST else step.text[: _LONGEST - 1] + "…"
    left, right = step.detail.get("left"), step.detail.get("right")
    parts = [text]
    if step.rule == "compare":
        if left not in (None, ""):
            parts.append(f"it is {left}" if str(right) in text else f"{left} against {right}")
    elif step.rule == "since" and step.detail.get("from"):
        parts.append(f"counted from {step.detail['from']}")
    elif step.rule == "by" and step.detail.get("by"):
        parts.append(f"taken by {step.detail['by']}")
    if step.facts:
        parts.append(f"[{', '.join(step.facts)}]")
    said = "; ".join(step.unknown)
    return " ".join([parts[0], *(f"({p})" if not p.startswith("[") else p for p in parts[1:])]) + (
        f": {said}" if said else ""
    )
