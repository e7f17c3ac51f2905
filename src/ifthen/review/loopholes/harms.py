"""Harms: clauses a reader would want to hold. A file of them is data that an author can extend.

A harm is written in the language of policies, so that one semantics decides it: it has happened
where ``rule`` finds its clause broken. Beside what a policy may ask it may ask for
``capability_reached`` and ``safeguarded``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

from ifthen.policy.clauses import ClauseBuilder
from ifthen.policy.fields import ID, TEXT, Field, Form, Shape
from ifthen.policy.model import Clause, Policy
from ifthen.policy.names import Names, Problems
from ifthen.policy.reader import Reader, Values
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, did_you_mean
from ifthen.policy.syntax import parse_condition
from ifthen.policy.types import Checker
from ifthen.policy.yaml import Scalar, compose, read_source
from ifthen.review.hidden import REACHED, target
from ifthen.ruling.variants import below, roots

PREFIX = "harm-"
"""Put before the id of a harm where its clause joins those of a policy."""
_MARGIN = Shape(
    "margin",
    "How far ahead in effective compute a text has a finding of below reach.",
    (
        Field("policy", Form("policy id"), "developer/family@version.", required=True),
        Field("ahead", TEXT, "A factor: 6x.", required=True),
        Field("clause", ID, "The clause of the policy that promises it."),
    ),
)
_FILE = Shape(
    "file of harms",
    "What a reader would want to be sure of.",
    (
        Field("harms", Form("clauses"), "Clauses whose breach is a harm.", required=True),
        Field("goods", Form("clauses"), "What must be possible, in the same form."),
        Field(
            "margins",
            Form("list", Form("shape", shape=_MARGIN)),
            "By policy, how far ahead a finding of below reaches.",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Harm:
    """One harm, resolved against the names of a policy."""

    clause: Clause

    @property
    def id(self) -> str:
        """Its id in the file."""
        return self.clause.common.id.removeprefix(PREFIX)

    @property
    def title(self) -> str:
        """What it is, in one line."""
        return self.clause.common.title

    @property
    def hidden(self) -> bool:
        """Whether it asks for what nobody sees."""
        return REACHED in str([node for root in roots(self.clause) for node in below(root)])


@dataclass(frozen=True, slots=True)
class Harms:
    """A file of harms."""

    harms: tuple[Harm, ...]
    goods: tuple[Harm, ...]
    """What a developer who keeps the policy must still be able to do."""
    margin: Fraction | None
    """How far ahead the text of the policy has a finding of below reach, where the file says."""
    margin_clause: str | None = None
    """The clause that promises it."""


def load_harms(policy: Policy, path: str | Path | None = None) -> Harms:
    """The harms of a file, or those that come with the package, in the names of a policy.

    Raises:
        InputError: the file has problems: every one of them, each with its place.
    """
    here = Path(str(files("ifthen"))) / "review" / "loopholes" / "harms.yaml"
    return parse_harms(policy, read_source(Path(path) if path is not None else here))


def parse_harms(policy: Policy, source: Source) -> Harms:
    """The harms of a document.

    Raises:
        InputError: the document has problems.
    """
    problems = Problems(source)
    reader = Reader(source, problems)
    document = reader.shape(compose(source), _FILE)
    if document is None:
        raise InputError(problems.sorted())
    names = _names(policy)
    builder = ClauseBuilder(names, Checker(names, problems), problems, None)
    clauses = [builder.build(kind, values) for kind, values in document.get("harms", [])]
    goods = [builder.build(kind, values) for kind, values in document.get("goods", [])]
    _told_apart([*clauses, *goods], problems)
    margin, promised_by = _margin(document, policy, problems)
    if not document.get("harms"):
        problems.add(document.span, "there is no harm", "write a clause whose breach is one")
    if problems:
        raise InputError(problems.sorted())
    harms, able = (tuple(Harm(_prefixed(one)) for one in many) for many in (clauses, goods))
    return Harms(harms, able, margin, promised_by)


def _told_apart(clauses: Iterable[Clause | None], problems: Problems) -> None:
    """Report ids that name more than one harm."""
    known: set[str] = set()
    for clause in clauses:
        if clause is None:
            continue
        if clause.common.id in known:
            told = f"another harm is named '{clause.common.id}'"
            problems.add(clause.common.span, told, "give each an id of its own")
        known.add(clause.common.id)


def _margin(
    document: Values, policy: Policy, problems: Problems
) -> tuple[Fraction | None, str | None]:
    found: tuple[Fraction | None, str | None] = (None, None)
    clauses = [clause.common.id for clause in policy.clauses]
    for values in document.get("margins", ()):
        ahead = parse_factor(values.get("ahead", ""))
        if ahead is None:
            problems.add(values.keys.get("ahead", values.span), "not a factor above 1", "write 6x")
        elif values.get("policy") == policy.id:
            clause: Scalar | None = values.get("clause")
            if clause is not None and clause.text not in clauses:
                problems.unknown(clause.span, "clause", clause.text, clauses, f"in {policy.id}")
            found = ahead, None if clause is None else clause.text
    return found


def parse_factor(text: str) -> Fraction | None:
    """A factor above 1, written ``6x``; None where it is none."""
    number = text.removesuffix("x")
    if number == text or not number.replace(".", "", 1).isdigit() or Fraction(number) <= 1:
        return None
    return Fraction(number)


def choose(harms: tuple[Harm, ...], wanted: tuple[str, ...]) -> tuple[Harm, ...]:
    """The harms that are named; all of them where none is.

    Raises:
        InputError: there is no such harm.
    """
    known = [harm.id for harm in harms]
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
            problem = Diagnostic(Source("--harm", ""), NOWHERE, f"there is no harm '{name}'", hint)
            raise InputError([problem])
    return tuple(harm for harm in harms if not wanted or harm.id in wanted)


def _prefixed(clause: Clause) -> Clause:
    common = replace(clause.common, id=PREFIX + clause.common.id)
    return replace(clause, common=common)


def _names(policy: Policy) -> Names:
    """The names of a policy that a harm may use."""
    thresholds = {t.id: t.id for t in policy.thresholds.values()}
    thresholds |= {alias: t.id for t in policy.thresholds.values() for alias in t.aliases}
    categories = {c.id: c.id for c in policy.categories.values()}
    categories |= {alias: c.id for c in policy.categories.values() for alias in c.aliases}
    standards = {s.id: s.id for s in policy.standards.values()}
    standards |= {alias: s.id for s in policy.standards.values() for alias in s.aliases}
    roles = frozenset({*policy.roles, "board", "ltbt"})
    text = _safeguarded(policy)
    parsed: Any = parse_condition(Source("safeguarded", text), Scalar(text, False, NOWHERE))
    return Names(
        thresholds=thresholds,
        scale=policy.scale,
        categories=categories,
        standards=standards,
        groups=policy.groups,
        roles=roles,
        definitions={"safeguarded": parsed},
        hidden=True,
    )


def _safeguarded(policy: Policy) -> str:
    """The safeguards that the policy ties to the threshold whose crossing is hidden."""
    name = target(policy)
    known = policy.thresholds.get(name or "")
    required = known.requires if known is not None else ()
    return " and ".join(f"in_place({standard})" for standard in required) or "false"
