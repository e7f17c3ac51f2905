"""A ruling as text for the people who answer for it: first what is wrong, then what is coming."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from ifthen.dates import Instant, format_instant
from ifthen.reports.page import Page, Tone
from ifthen.ruling.finding import FAULTS, Finding, InForce, Ruling, when
from ifthen.ruling.outcome import Status

MOST_REASONS = 12
"""How many groups of undetermined findings are listed unless everything is asked for."""
TONES: dict[Status, Tone] = {
    **dict.fromkeys(sorted(FAULTS), "bad"),
    "missed": "warn",
    "held": "warn",
    "undetermined": "warn",
    "pending": "strong",
    "met": "good",
    "open": "good",
    "counts": "good",
}
_UNLISTED = re.compile(r"does not say that it lists every (.+)$")


@dataclass(frozen=True, slots=True)
class _Section:
    """Findings shown together."""

    title: str
    statuses: frozenset[str]
    label: Callable[[Finding], str]


def _status(finding: Finding) -> str:
    return finding.status


def _due(finding: Finding) -> str:
    return when(finding.outcome.due, latest=True) or "no date"


_SECTIONS = (
    _Section("Faults", frozenset(FAULTS), _status),
    _Section("Held", frozenset({"held"}), _status),
    _Section("Missed aims", frozenset({"missed"}), _status),
    _Section("Pending", frozenset({"pending"}), _due),
)
_SHOWN = frozenset().union(*(section.statuses for section in _SECTIONS)) | {"undetermined"}


def write_ruling(
    page: Page,
    ruling: Ruling,
    name: str,
    *,
    only: Collection[str] = (),
    everything: bool = False,
) -> None:
    """Write a ruling.

    Args:
        page: where to.
        ruling: what to write.
        name: whose record it is.
        only: show findings of these statuses alone, each in full.
        everything: show every finding, whatever its status.
    """
    title = f"{name}, {moment_text(ruling.at, ruling.known)}"
    page.heading(title)
    write_policies(page, ruling.policies, ruling.at)
    if only:
        chosen = [finding for finding in ruling.findings if finding.status in only]
        _list(page, _titled(", ".join(sorted(only)).capitalize(), chosen), chosen, _status)
        if not chosen:
            page.blank()
            page.write(f"No finding is {' or '.join(sorted(only))}.")
        return
    for section in _SECTIONS:
        chosen = [finding for finding in ruling.findings if finding.status in section.statuses]
        if section.title == "Pending":
            chosen.sort(key=_by_due)
        _list(page, _titled(section.title, chosen), chosen, section.label)
    if not ruling.faults:
        page.blank()
        page.write("No breach, lateness or violation is found.")
    _write_undetermined(page, ruling.findings, everything=everything)
    rest = [finding for finding in ruling.findings if finding.status not in _SHOWN]
    if everything:
        _list(page, _titled("Everything else", rest), rest, _status)
    elif rest:
        page.blank()
        page.write(f"Also {counted(rest)}. Use --all to see them.")


def moment_text(at: Instant, known: Instant) -> str:
    """``as of 2025-08-05``, with what was known where that differs."""
    text = f"as of {format_instant(at)}"
    return text if known == at else f"{text}, as known on {format_instant(known)}"


def write_policies(page: Page, policies: Sequence[InForce], at: Instant) -> None:
    """Write one line for every version of a policy, newest last."""
    if not policies:
        page.write("No policy is in force: the record adopts none by then.", indent=2, tone="warn")
        page.write("Use --policy to rule it under one.", indent=2)
    width = max((len(policy.policy) for policy in policies), default=0) + 2
    for policy in policies:
        start = "" if policy.start is None else f"from {format_instant(policy.start)}"
        end = "" if policy.end is None else f" to {format_instant(policy.end)}"
        if not policy.encoded:
            page.item(policy.policy, f"not encoded {start}{end}", column=width, tone="warn")
        elif policy.start is None:
            page.item(policy.policy, "the whole record, as asked", column=width)
        elif policy.end is not None and policy.end <= at:
            page.item(policy.policy, f"was in force {start}{end}", column=width, tone="dim")
        else:
            page.item(policy.policy, f"in force {start}{end}", column=width)


def write_finding(page: Page, finding: Finding, label: str, column: int) -> None:
    """Write a finding: its sentence, what qualifies it, and where it comes from."""
    page.item(label, finding.says, column=column, tone=TONES.get(finding.status))
    for word in finding.words:
        if word.charitable_status != finding.status:
            said = f'{word.charitable_status} if "{word.phrase}" means {word.charitable}'
            page.item("", said, column=column)
    unsaid = [assumption for assumption in finding.assumes if assumption not in finding.says]
    if unsaid:
        page.item("", f"Assumes: {', '.join(unsaid)}.", column=column)
    place = ", ".join(filter(None, (finding.clause, finding.section)))
    page.item("", place, column=column)


def counted(findings: Iterable[Finding]) -> str:
    """``42 dormant, 18 open``, most frequent first."""
    counts = Counter(finding.status for finding in findings)
    return ", ".join(f"{count} {status}" for status, count in counts.most_common())


def reason_of(finding: Finding) -> str:
    """Why a finding is undetermined, in words that many findings share."""
    if not finding.unknown:
        return "no reason is given"
    reason = finding.unknown[0]
    unlisted = _UNLISTED.search(reason)
    if unlisted:
        return f"the record does not list every {unlisted[1].replace(' and ', ' or ')}"
    names = dict.fromkeys(finding.outcome.facts, "a fact")
    if finding.subject.model is not None:
        names[finding.subject.model] = "the model"
    for name in sorted(names, key=len, reverse=True):
        reason = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", names[name], reason)
    return reason


def is_open_between(finding: Finding) -> bool:
    """Whether an undetermined finding lies between known answers: of a date, or of readings."""
    statuses = {reading.outcome.status for reading in finding.readings}
    return bool(finding.outcome.between) or (len(statuses) > 1 and "undetermined" not in statuses)


def _by_due(finding: Finding) -> tuple[bool, Instant, str]:
    due = finding.outcome.due
    return (due is None, due[1] if due else 0, finding.clause)


def _titled(title: str, findings: Sequence[Finding]) -> str:
    return f"{title}: {len(findings)}"


def _list(
    page: Page, title: str, findings: Sequence[Finding], label: Callable[[Finding], str]
) -> None:
    if not findings:
        return
    page.heading(title)
    column = min(14, max(len(label(finding)) for finding in findings) + 2)
    for finding in findings:
        write_finding(page, finding, label(finding), column)


def _write_undetermined(page: Page, findings: Sequence[Finding], *, everything: bool) -> None:
    undetermined = [finding for finding in findings if finding.status == "undetermined"]
    if everything:
        _list(page, _titled("Undetermined", undetermined), undetermined, _status)
        return
    between = [finding for finding in undetermined if is_open_between(finding)]
    _list(page, _titled("Undetermined, between known answers", between), between, lambda _: "?")
    others = [finding for finding in undetermined if not is_open_between(finding)]
    if not others:
        return
    reasons = Counter(reason_of(finding) for finding in others)
    page.heading(f"Undetermined for want of facts: {len(others)}, by reason")
    column = max(len(str(count)) for count in reasons.values()) + 2
    shown = reasons.most_common(MOST_REASONS)
    for reason, count in shown:
        page.item(str(count).rjust(column - 2), reason, column=column)
    left = len(others) - sum(count for _, count in shown)
    if left:
        what = f"for {len(reasons) - len(shown)} other reasons; use --all to see them"
        page.item(str(left).rjust(column - 2), what, column=column)
