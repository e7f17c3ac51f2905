"""A policy as frozen data: what was promised.

Expressions are a small typed syntax tree; clauses are of six kinds. Everything here is immutable
and free of behaviour beyond reading itself: meaning lives in ``ifthen.ruling``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from ifthen.dates import Day, Duration, MonthEnd
from ifthen.policy.source import NOWHERE, Span
from ifthen.vocabulary import Action, Basis, Family, Force

# --- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant: ``true``, ``false``, a number, a factor such as ``4x``, or a symbol or string."""

    value: bool | Fraction | str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DurationLiteral:
    """A length of time: ``6 months``."""

    value: Duration
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TermRef:
    """A word that leaves room, used as a duration, a factor or a judgement."""

    term: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name bound by a quantifier, or ``this`` for the subject model."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Defined:
    """A named definition, with the expression it stands for."""

    name: str
    expression: Expression
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Attribute:
    """``this.NAME``: an attribute of the triggering fact; ``last(P).NAME``: of the last such."""

    name: str
    of: Events | None = None
    """None means the triggering fact."""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Test:
    """One test in a pattern: ``assessment=comprehensive``, ``to includes board``.

    ``model=any`` lifts the restriction to the subject model. A value ``this`` stands for the
    subject, or, for ``about``, for the triggering fact.
    """

    attribute: str
    operator: Literal["=", "!=", "includes", "in"]
    values: tuple[str, ...]
    """Words; numbers, booleans and dates as written."""
    bound: tuple[str, ...] = ()
    """Those of ``values`` that stand for another: the name of a quantified variable, or
    ``this.NAME`` for an attribute of the triggering fact."""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Facts of one kind that pass every test."""

    kind: str
    tests: tuple[Test, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Events:
    """Facts that match any one of several patterns."""

    patterns: tuple[Pattern, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A primitive over the record; see ``docs/language.md`` for the list."""

    function: str
    arguments: tuple[Expression, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene negation."""

    operand: Expression
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """Kleene conjunction or disjunction, or ``otherwise``: the first operand not unknown."""

    operator: Literal["and", "or", "otherwise"]
    operands: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison; ``includes``: a list holds the word, ``in``: the word is in the list."""

    operator: Literal["=", "!=", "<", "<=", ">", ">=", "in", "includes"]
    left: Expression
    right: Expression
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Words:
    """A bracketed list of words: ``[below, alert]``."""

    values: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Times:
    """``4x of compute(m)``: a number times a factor."""

    factor: Fraction
    operand: Expression
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Quantified:
    """``every t in thresholds: …`` or ``some m in models: …``."""

    quantifier: Literal["every", "some"]
    variable: str
    domain: Expression
    """``Call`` of ``thresholds``, ``categories``, ``models``, ``required`` or ``criteria``; or
    ``Words``."""
    body: Expression
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading node: several parses of one ambiguous text, one per option of the reading."""

    reading: str
    options: Mapping[str, Expression]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Apart:
    """How far apart deeds are: no sooner than ``least``, no later than ``most`` after another."""

    least: Expression
    most: Expression
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Expression: TypeAlias = (
    Constant
    | DurationLiteral
    | TermRef
    | Variable
    | Defined
    | Attribute
    | Events
    | Call
    | Not
    | Logic
    | Compare
    | Words
    | Times
    | Quantified
    | Choice
    | Apart
)
"""Any expression. ``Events``, ``DurationLiteral`` and ``Apart`` are such so that readings can
choose them."""


def mitigation_of(call: Call) -> str | None:
    """``pre`` or ``post``, where a call of ``level`` says which; None where either counts."""
    second = call.arguments[1] if len(call.arguments) > 1 else None
    said = second.value if isinstance(second, Constant) else None
    return str(said) if said in ("pre", "post") else None


# --- what clauses refer to ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """A range of a term: ``any``, ``at most 2 months``, ``at least 4x``, or true/false."""

    kind: Literal["any", "at_most", "at_least", "value"]
    value: Duration | Fraction | bool | str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word that leaves room."""

    id: str
    phrase: str
    """The word as the text has it."""
    type: Literal["duration", "factor", "level", "judgement"]
    literal: Bound
    """What the words alone allow."""
    charitable: Bound
    """What a reasonable reader assumes."""
    source: str
    encodes: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """An ambiguity of the text: the phrase that decides, and its parses."""

    id: str
    phrase: str
    options: Mapping[str, str]
    """Option id to what it means, in a few words."""
    source: str
    encodes: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A capability threshold and the safeguards it requires."""

    id: str
    title: str
    text: str
    source: str
    requires: tuple[str, ...] = ()
    """Ids of the required standards, groups expanded."""
    above: tuple[str, ...] = ()
    """Thresholds in whose shadow this one lies: below any of them means below this one."""
    checkpoint: bool = False
    """A checkpoint is assessed but is no member of ``thresholds``."""
    numbers: Mapping[str, Fraction] = field(default_factory=dict)
    """The stated numbers, by name, for example ``growth_per_year: 35``."""
    aliases: tuple[str, ...] = ()
    encodes: tuple[str, ...] = ()
    continues: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Level:
    """What one level of the scale means in one category."""

    id: str
    """A word of the policy's scale."""
    text: str
    source: str
    requires: tuple[str, ...] = ()
    """Ids of the standards required at this level, groups expanded."""
    encodes: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Category:
    """A category of risk in which models are scored on the policy's scale."""

    id: str
    title: str
    text: str
    source: str
    levels: Mapping[str, Level] = field(default_factory=dict)
    """What each level means, by the word of the scale."""
    tracked: bool = True
    """Whether it is a member of ``categories``."""
    aliases: tuple[str, ...] = ()
    encodes: tuple[str, ...] = ()
    continues: str | None = None
    lacks: tuple[str, ...] = ()
    """Levels of the scale that a case took out: a model scored so has no known level here."""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a standard."""

    id: str
    text: str
    source: str
    encodes: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard of safeguards: deployment or security."""

    id: str
    title: str
    text: str
    source: str
    criteria: tuple[Criterion, ...] = ()
    in_scope: tuple[str, ...] = ()
    """Attackers the standard is judged against."""
    out_of_scope: tuple[str, ...] = ()
    """Attackers it leaves out."""
    defined: bool = True
    """False where the policy names a standard it has not yet written."""
    family: Family = "security"
    """What it is about, as of a clause."""
    includes: tuple[str, ...] = ()
    """Ids of standards that are in place, or approved, wherever this one is; groups expanded."""
    aliases: tuple[str, ...] = ()
    encodes: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Role:
    """Someone the policy gives a part."""

    id: str
    title: str
    encodes: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NotCheckable:
    """A row of the facts that no record can keep or break, and why."""

    row: str
    reason: str
    """A key of ``vocabulary.NOT_CHECKABLE``."""
    why: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


# --- clauses -----------------------------------------------------------------------------------

ForEach: TypeAlias = Literal["organisation", "model", "standard"]


@dataclass(frozen=True, slots=True)
class Within:
    """Due so long after the anchor: a duration, a term, or a reading choosing between them."""

    duration: Expression
    of: tuple[str, ...] = ()
    """Date attributes of the triggering fact, the earliest counts; empty means its own date."""


@dataclass(frozen=True, slots=True)
class Before:
    """Due before the next such event; with no events, before the triggering fact itself."""

    events: Expression | None = None
    ahead: Expression | None = None
    """How long before it; None means just before."""


@dataclass(frozen=True, slots=True)
class By:
    """Due by a date, through the end of that day."""

    day: Day


Deadline: TypeAlias = Within | Before | By


@dataclass(frozen=True, slots=True)
class Duty:
    """What must be done, and by when."""

    then: tuple[Expression, ...]
    """Events of which each must happen."""
    deadlines: tuple[Deadline, ...] = ()
    """The earliest counts; none means the text sets no date: never due."""
    after: Expression | None = None
    """Only what is done since the last such event before the trigger counts."""


@dataclass(frozen=True, slots=True)
class Common:
    """What every clause carries."""

    id: str
    title: str
    """One line in our own words."""
    source: str
    """Section and page of the text."""
    encodes: tuple[str, ...]
    """Rows of the facts it covers."""
    for_each: ForEach
    force: Force
    owner: tuple[str, ...] = ()
    """Roles that owe it."""
    continues: str | None = None
    """``developer/family@version#id`` of the clause whose clock and pending duty it takes over."""
    month_end: MonthEnd | None = None
    remark: str = ""
    """A sentence to print with the finding, for example that no notice period is required."""
    family: Family = "governance"
    """What it is about, so that clauses of different policies can be laid side by side."""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Gain:
    """Progress, in a unit of its own, at which something falls due."""

    measure: str
    """The measure, as ``values`` of facts name it."""
    operator: Literal[">", ">="]
    by: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Cadence:
    """Do it at least every so long, and/or every N-fold growth, while a condition holds."""

    common: Common
    do: Expression
    """Events that restart the clock."""
    every: Expression | None
    """A duration, a term, ``Apart`` or a reading; None where only growth or gain counts."""
    growth: tuple[Literal[">", ">="], Fraction] | None
    """The growth in effective compute since the last one at which the next falls due."""
    while_: Expression | None
    gain: Gain | None = None
    """The progress since the last one at which the next falls due."""
    kind: Literal["cadence"] = "cadence"


@dataclass(frozen=True, slots=True)
class Whenever:
    """When an event happens, or a condition becomes true, a duty arises or a state is required."""

    common: Common
    when: Expression | None
    """Events; None where ``becomes`` triggers."""
    becomes: Expression | None
    if_: Expression | None
    """Judged in the state after the trigger."""
    duty: Duty | None
    require: Expression | None
    """Judged in the state before the trigger, with the trigger's own attributes."""
    kind: Literal["whenever"] = "whenever"


@dataclass(frozen=True, slots=True)
class Forbid:
    """An action is held unless a condition is true."""

    common: Common
    action: Action
    unless: Expression
    if_: Expression | None
    """The hold exists only where this is true."""
    grace: Expression | None
    kind: Literal["forbid"] = "forbid"


@dataclass(frozen=True, slots=True)
class Maintain:
    """While a condition holds, keep another true; a grace may be given."""

    common: Common
    while_: Expression
    keep: Expression
    grace: Expression | None
    kind: Literal["maintain"] = "maintain"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure."""

    id: str
    title: str
    force: Force
    by: tuple[str, ...]
    """Roles that must have taken the decision; empty for a step that is an event of its own."""
    by_least: int
    """How many of ``by`` suffice."""
    do: tuple[Expression, ...]
    """Events of which each must happen; empty for a step about the decision itself."""
    before: Expression | None
    """Events before which it must happen; None means before the decision."""
    follows: bool
    """Whether it comes after the decision rather than before it."""
    if_: Expression | None
    """The step is asked for only where this is true."""
    encodes: tuple[str, ...] = ()
    remark: str = ""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A decision counts only if taken in this order by these roles."""

    common: Common
    decision: Expression
    """Events that are the decision."""
    gates: tuple[Action, ...]
    """Actions that may not begin before the steps are done."""
    if_: Expression | None
    steps: tuple[Step, ...]
    kind: Literal["procedure"] = "procedure"


@dataclass(frozen=True, slots=True)
class Power:
    """A role may do something, under conditions, at a price."""

    common: Common
    by: tuple[str, ...]
    exercised: Expression
    """Events that are its exercise."""
    if_: Expression | None
    """When it is available."""
    price: Duty | None
    """What is owed once it was exercised."""
    kind: Literal["power"] = "power"


Clause: TypeAlias = Cadence | Whenever | Forbid | Maintain | Procedure | Power


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy, whole."""

    id: str
    """``developer/family@version``."""
    title: str
    effective: Day | None
    source: str
    supersedes: str | None
    rows: tuple[str, ...]
    """Every row of the facts this version must answer for."""
    terms: Mapping[str, Term]
    readings: Mapping[str, Reading]
    thresholds: Mapping[str, Threshold]
    standards: Mapping[str, Standard]
    groups: Mapping[str, tuple[str, ...]]
    """Group of standards, for example ``asl-3``, to its members."""
    roles: Mapping[str, Role]
    definitions: Mapping[str, Expression]
    clauses: tuple[Clause, ...]
    not_checkable: tuple[NotCheckable, ...]
    argument: str = ""
    """Why more than a quarter of the rows is not checkable, where that is so."""
    scale: tuple[str, ...] = ()
    """The levels on which categories are scored, lowest first."""
    categories: Mapping[str, Category] = field(default_factory=dict)
    basis: Basis = "primary"
    """Whether it was encoded from the text itself, or from what others say of it."""

    @property
    def family(self) -> str:
        """``developer/family``, which only its own next version supersedes."""
        return self.id.partition("@")[0]
