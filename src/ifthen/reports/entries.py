"""Findings as HTML: a line that unfolds into all there is to know about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ifthen.dates import format_instant
from ifthen.policy.model import Policy
from ifthen.reports.digest import Entry, Facts, all_facts, local_clause, version
from ifthen.reports.explain import fact_lines, fact_link, prose, span_text, tree
from ifthen.reports.markup import NOTHING, Html, join, plural, tag
from ifthen.ruling.finding import FAULTS, Finding, lateness_text
from ifthen.ruling.judge import Subject
from ifthen.ruling.outcome import Interval, Status
from ifthen.ruling.replay import Change


class Index:
    """Numbers that stand for policies and subjects in the data the filters read."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        found = list(findings)
        names = sorted({finding.policy for finding in found})
        self.policies = {name: number for number, name in enumerate(names)}
        whom = dict.fromkeys(str(finding.subject) for finding in found)
        self.subjects = {name: number for number, name in enumerate(whom)}

    def member(self, finding: Finding) -> str:
        """``policy.subject``, each as its number."""
        return f"{self.policies[finding.policy]}.{self.subjects[str(finding.subject)]}"


class Entries:
    """Writes findings; knows the policies, the facts and the history they refer to."""

    def __init__(
        self,
        policies: Mapping[str, Policy],
        facts: Facts,
        index: Index,
        changes: Iterable[Change],
    ) -> None:
        self._policies = policies
        self._titles = {
            (policy.id, clause.common.id): clause.common.title
            for policy in policies.values()
            for clause in policy.clauses
        }
        self._facts = facts
        self._index = index
        self._changes: dict[tuple[str, Subject, str], list[Change]] = {}
        for change in changes:
            self._changes.setdefault(change.finding.key, []).append(change)

    def unfolding(self, entry: Entry) -> Html:
        """A finding, or several that are alike, to unfold."""
        first = entry.first
        alone = len(entry.members) == 1
        body = [tag("p", prose(first.says) if alone else _common_sentence(entry), class_="says")]
        if not alone:
            body.append(self._members(entry))
        body += [_readings(first, dated=alone), _words(first, dated=alone)]
        body += [_listed(_why(first), entry.unknown), _listed("Assumes", first.assumes)]
        if first.outcome.because:
            body.append(self._explanation(entry))
        if alone:
            body += [self._rests_on(first), self._history(first)]
        body.append(self._particulars(entry))
        return tag(
            "details",
            tag("summary", self._headline(entry)),
            tag("div", *body, class_="body"),
            **self._data(entry),
        )

    def line(self, entry: Entry) -> Html:
        """A finding, or several that are alike, in one line."""
        places = (tag("span", id=member.id) for member in entry.members)
        return tag("li", *places, self._headline(entry), **{**self._data(entry), "id": None})

    def _data(self, entry: Entry) -> dict[str, str | None]:
        first = entry.first
        fault = " fault" if first.status in FAULTS else ""
        return {
            "id": entry.members[0].id,
            "class_": f"finding{fault}",
            "data_status": first.status,
            "data_kind": first.kind,
            "data_clause": _family(first),
            "data_force": first.force,
            "data_members": " ".join(self._index.member(m.finding) for m in entry.members),
        }

    def _headline(self, entry: Entry) -> Html:
        first = entry.first
        moment = _moment(first) if len(entry.members) == 1 else ""
        return join(
            (
                status_chip(first.status),
                " ",
                tag("span", first.title, class_="title"),
                " ",
                tag("span", self._whom(entry), class_="whom"),
                " ",
                tag("span", moment, class_="moment") if moment else NOTHING,
                " ",
                tag("span", _where(entry), class_="where"),
            )
        )

    def _whom(self, entry: Entry) -> str:
        """The subjects of a finding, and the clause of which it is a step."""
        subjects = list(dict.fromkeys(member.finding.subject for member in entry.members))
        names = [] if subjects == [Subject()] else [str(subject) for subject in subjects]
        if len(names) > 3:
            names = [", ".join(names[:2]) + f" and {len(names) - 2} more"]
        clause, _, part = local_clause(entry.first).partition("/")
        whole = self._titles.get((entry.first.policy, clause)) if part else None
        listed = ", ".join(names)
        return " · ".join(text for text in (listed, whole and f"a step of: {whole}") if text)

    def _members(self, entry: Entry) -> Html:
        rows = [
            (
                version(member.finding.policy),
                str(member.finding.subject),
                span_text(member.finding.outcome.triggered),
                span_text(member.finding.outcome.due),
                self._fact_links(member.finding),
            )
            for member in entry.members
        ]
        head = ("Version", "About", "Asked", "Due", "Facts")
        ids = [None, *(member.id for member in entry.members[1:])]
        return _table("members", head, rows, ids)

    def _fact_links(self, finding: Finding) -> Html:
        names = all_facts(finding)
        return join((fact_link(name, self._facts) for name in names), ", ")

    def _explanation(self, entry: Entry) -> Html:
        first = entry.first
        title = "How it was reached"
        if len(entry.members) > 1:
            title += f" for {first.subject} ({version(first.policy)}); the others differ in names"
        return tag("section", tag("h4", title), tree(first.outcome.because, self._facts))

    def _rests_on(self, finding: Finding) -> Html:
        names = all_facts(finding)
        if not names:
            return NOTHING
        return tag("section", tag("h4", "Rests on"), fact_lines(names, self._facts))

    def _history(self, finding: Finding) -> Html:
        changes = self._changes.get(finding.key, ())
        if len(changes) < 2:
            return NOTHING
        steps = (
            tag(
                "li",
                tag("span", format_instant(change.at), class_="date"),
                " ",
                change.finding.status,
            )
            for change in changes
        )
        return tag("section", tag("h4", "As known on each day"), tag("ol", *steps, class_="steps"))

    def _particulars(self, entry: Entry) -> Html:
        first = entry.first
        outcome = first.outcome
        alone = len(entry.members) == 1
        policy = self._policies.get(first.policy)
        source = policy.source if policy is not None else first.policy
        clauses = dict.fromkeys(member.finding.clause for member in entry.members)
        pairs: list[tuple[str, object]] = [
            ("Clause", join((tag("code", clause) for clause in clauses), ", ")),
            ("Text", f"{source}, {first.section}" if first.section else source),
            ("Rows encoded", ", ".join(first.encodes)),
            ("Kind", f"{first.kind}, {first.force}"),
        ]
        if alone:
            pairs += [
                ("Set off by", outcome.instance and fact_link(outcome.instance, self._facts)),
                ("Asked", span_text(outcome.triggered)),
                ("Due", span_text(outcome.due)),
                ("Done", span_text(outcome.done)),
                ("Late by", lateness_text(outcome.late_seconds)),
            ]
        return tag(
            "dl",
            *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs if value),
            class_="particulars",
        )


def status_chip(status: Status, note: str = "") -> Html:
    """A status as a small label with a mark, so that it does not rest on colour."""
    return tag("span", status, f" {note}" if note else NOTHING, class_=f"status s-{status}")


def _common_sentence(entry: Entry) -> str:
    models = len({member.finding.subject for member in entry.members})
    versions = len({member.finding.policy for member in entry.members})
    about = plural(models, "subject") + (f", {plural(versions, 'version')}" if versions > 1 else "")
    return (
        f"{entry.first.title}: {entry.first.status} in {plural(len(entry.members), 'finding')} "
        f"({about}) for the same reason."
    )


def _family(finding: Finding) -> str:
    return local_clause(finding).partition("/")[0]


def _where(entry: Entry) -> str:
    versions = list(dict.fromkeys(version(member.finding.policy) for member in entry.members))
    families = {name.partition(" ")[0] for name in versions}
    if len(families) == 1:
        (family,) = families
        versions = [name.partition(" ")[2] for name in versions]
        named = f"{family} {', '.join(versions)}"
    else:
        named = ", ".join(versions)
    section = entry.first.section
    return f"{named} {section}" if section else named


def _moment(finding: Finding) -> str:
    outcome = finding.outcome
    if finding.status == "late":
        late = lateness_text(outcome.late_seconds)
        due = span_text(outcome.due)
        return ", ".join(part for part in (due and f"due {due}", late and f"{late} late") if part)
    if finding.status in ("pending", "breached", "missed", "undetermined") and outcome.due:
        return f"due {span_text(outcome.due)}"
    if finding.status == "pending" and outcome.triggered:
        return f"since {span_text(outcome.triggered)}"
    shown: Interval | None = outcome.done or outcome.triggered
    return span_text(shown)


def _why(finding: Finding) -> str:
    left_open = finding.status == "undetermined"
    return "Why it is not known" if left_open else "What the days alone leave open"


def _readings(finding: Finding, *, dated: bool) -> Html:
    if not finding.readings:
        return NOTHING
    rows = [
        (
            reading.says,
            status_chip(reading.outcome.status),
            span_text(reading.outcome.due) if dated else "",
            span_text(reading.outcome.done) if dated else "",
            lateness_text(reading.outcome.late_seconds) if dated else "",
        )
        for reading in finding.readings
    ]
    head = ("If the text means", "then it is", "Due", "Done", "Late by")
    return tag("section", tag("h4", "Readings of the text"), _table("readings", head, rows))


def _words(finding: Finding, *, dated: bool) -> Html:
    if not finding.words:
        return NOTHING
    lines = (
        tag(
            "li",
            tag("q", word.phrase),
            f": literally {word.literal}; charitably {word.charitable}, then it would be ",
            status_chip(word.charitable_status),
            f", due {span_text(word.charitable_due)}" if dated and word.charitable_due else "",
        )
        for word in finding.words
    )
    return tag("section", tag("h4", "Words that leave room"), tag("ul", *lines))


def _listed(title: str, items: Sequence[str]) -> Html:
    if not items:
        return NOTHING
    return tag("section", tag("h4", title), tag("ul", *(tag("li", prose(item)) for item in items)))


def _table(
    class_: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    ids: Sequence[str | None] = (),
) -> Html:
    """A table without the columns that would be empty."""
    used = [column for column in range(len(head)) if any(row[column] for row in rows)]
    lines = (
        tag("tr", *(tag("td", row[column] or "–") for column in used), id=identifier)
        for row, identifier in zip(rows, ids or [None] * len(rows), strict=True)
    )
    headings = (tag("th", head[column], scope="col") for column in used)
    table = tag("table", tag("thead", tag("tr", *headings)), tag("tbody", *lines), class_=class_)
    return tag("div", table, class_="scroll")
