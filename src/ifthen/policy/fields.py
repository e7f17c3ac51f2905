"""Every field of a policy document, in one table.

The loader reads documents by it and the JSON Schema for editors is generated from it, so a field
is added here once: its name, form, documentation, and whether it must be given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ifthen.vocabulary import ACTIONS, BASES, FAMILIES, FORCES, NOT_CHECKABLE

FormName: TypeAlias = Literal[
    "text",
    "id",
    "policy id",
    "clause reference",
    "row",
    "rows",
    "date",
    "boolean",
    "number",
    "whole",
    "option",
    "condition",
    "events",
    "length",
    "growth",
    "every",
    "more",
    "bound",
    "list",
    "one or list",
    "table",
    "shape",
    "either",
    "clauses",
    "node",
]


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is written."""

    name: FormName
    item: Form | None = None
    """The form of each item of a list or table; for ``either``, the form that is no mapping."""
    options: tuple[str, ...] = ()
    """The closed list of words; for events, words allowed in their place."""
    shape: Shape | None = None
    """For ``shape`` and ``either``, the fields of the mapping."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a mapping."""

    name: str
    form: Form
    doc: str
    """One sentence for the people who write policies."""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping with known keys."""

    name: str
    """What it is, as messages call it: ``clause of kind cadence``."""
    doc: str
    fields: tuple[Field, ...]
    exactly_one: tuple[tuple[str, ...], ...] = ()
    """Of each of these sets of keys, exactly one is given."""
    at_least_one: tuple[tuple[str, ...], ...] = ()
    """Of each of these sets of keys, one or more are given."""
    needs: tuple[tuple[str, str], ...] = ()
    """Pairs of keys of which the first makes sense only beside the second."""

    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {known.name: known for known in self.fields})

    def get(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return self._by_name.get(name)


TEXT = Form("text")
ID = Form("id")
ROW = Form("row")
ROWS = Form("list", Form("row"))
CONDITION = Form("condition")
EVENTS = Form("events")
LENGTH = Form("length")
IDS = Form("list", ID)
TEXTS = Form("list", TEXT)
EACH_OF_EVENTS = Form("one or list", EVENTS)


def _option(*words: str) -> Form:
    return Form("option", options=words)


def _table(shape: Shape) -> Form:
    return Form("table", Form("shape", shape=shape))


_ENCODES = Field("encodes", ROWS, "Rows of the facts that this element answers for.")
_SOURCE = Field("source", TEXT, "Section and page of the text.", required=True)
_TITLE = Field("title", TEXT, "One line in our own words.", required=True)
_TEXT = Field("text", TEXT, "Our paraphrase of the text.")
_ALIASES = Field("aliases", IDS, "Other names for it.")
_CONTINUES = Field(
    "continues",
    Form("clause reference"),
    "The clause, threshold or category of an earlier version that this one carries on: "
    "developer/family@version#id.",
)
_REMARK = Field("remark", TEXT, "A sentence to print with the finding.")
_MONTH_END = Field(
    "month_end",
    _option("down", "up", "none"),
    "Where a month lacks the day: its last day (down), the next day (up), or not chosen (none).",
)
_FAMILY = Field(
    "family",
    _option(*FAMILIES),
    "What it is about, for comparisons; by kind unless given, as docs/language.md says.",
)
_FORCE = Field("force", _option(*FORCES), "How strongly the text binds; commitment unless given.")

TERM = Shape(
    "term",
    "A word that leaves room.",
    (
        Field("phrase", TEXT, "The word as the text has it.", required=True),
        Field(
            "type",
            _option("duration", "factor", "level", "judgement"),
            "What kind of value the word stands for.",
            required=True,
        ),
        Field(
            "literal",
            Form("bound"),
            "The range the words alone allow: any, at most 2 months, at least 4x, true, false.",
            required=True,
        ),
        Field("charitable", Form("bound"), "The range a reasonable reader assumes.", required=True),
        _SOURCE,
        _ENCODES,
    ),
)
READING = Shape(
    "reading",
    "An ambiguity of the text, with its parses.",
    (
        Field("phrase", TEXT, "The phrase that decides.", required=True),
        Field("options", Form("table", TEXT), "Each parse, in a few words.", required=True),
        _SOURCE,
        _ENCODES,
    ),
)
THRESHOLD = Shape(
    "threshold",
    "A capability threshold and the safeguards it requires.",
    (
        _TITLE,
        _TEXT,
        _SOURCE,
        Field("requires", IDS, "Standards, or groups of them, that must be in place."),
        Field("above", IDS, "Thresholds; below any of them means below this one."),
        Field("checkpoint", Form("boolean"), "Assessed, but no member of 'thresholds'."),
        Field("numbers", Form("table", Form("number")), "The stated numbers, by name."),
        _ALIASES,
        _ENCODES,
        _CONTINUES,
    ),
)
LEVEL = Shape(
    "level",
    "What one level of the scale means in a category.",
    (
        Field("text", TEXT, "Our paraphrase of the text.", required=True),
        _SOURCE,
        Field("requires", IDS, "Standards, or groups of them, that this level requires."),
        _ENCODES,
    ),
)
CATEGORY = Shape(
    "category",
    "A category of risk, scored on the policy's scale.",
    (
        _TITLE,
        _TEXT,
        _SOURCE,
        Field("levels", _table(LEVEL), "What the levels mean here, by the word of the scale."),
        Field("tracked", Form("boolean"), "False: described, but no member of 'categories'."),
        _ALIASES,
        _ENCODES,
        _CONTINUES,
    ),
)
CRITERION = Shape(
    "criterion",
    "One criterion of a standard.",
    (Field("text", TEXT, "Our paraphrase of the text.", required=True), _SOURCE, _ENCODES),
)
STANDARD = Shape(
    "standard",
    "A standard of safeguards.",
    (
        _TITLE,
        _TEXT,
        _SOURCE,
        Field("group", ID, "The group of standards it belongs to."),
        Field("includes", IDS, "Standards, or groups of them, that are met wherever this one is."),
        Field("criteria", _table(CRITERION), "Its criteria, by id."),
        Field("in_scope", TEXTS, "Attackers it is judged against."),
        Field("out_of_scope", TEXTS, "Attackers it leaves out."),
        Field("defined", Form("boolean"), "False where the policy has not yet written it."),
        _FAMILY,
        _ALIASES,
        _ENCODES,
    ),
)
ROLE = Shape("role", "Someone the policy gives a part.", (_TITLE, _ENCODES))
NOT_CHECKABLE_ROW = Shape(
    "row that is not checkable",
    "A row that no record can keep or break.",
    (
        Field("row", ROW, "The row of the facts.", required=True),
        Field("reason", _option(*NOT_CHECKABLE), "Why, from the closed list.", required=True),
        Field("why", TEXT, "The reason in one line.", required=True),
    ),
)

_WITHIN = Shape(
    "deadline",
    "A length of time from the earliest of several dates.",
    (
        Field("time", LENGTH, "A duration or a term.", required=True),
        Field("of", IDS, "Date attributes of the triggering fact.", required=True),
    ),
)
_SOME_ROLES = Shape(
    "choice of roles",
    "So many of several roles.",
    (
        Field("any", Form("whole"), "How many suffice.", required=True),
        Field("of", IDS, "The roles.", required=True),
    ),
)
_ROLES = Form("either", IDS, shape=_SOME_ROLES)
_EVENTS_OR_THIS = Form("events", options=("this",))
_AHEAD = Shape(
    "time before an event",
    "A length of time before an event.",
    (
        Field("time", LENGTH, "A duration or a term.", required=True),
        Field("of", _EVENTS_OR_THIS, "The next such event, or 'this'.", required=True),
    ),
)
_DEADLINES = (
    Field(
        "within",
        Form("one or list", Form("either", LENGTH, shape=_WITHIN)),
        "How long after the trigger it is due; of a list the earliest counts.",
    ),
    Field(
        "before",
        Form("either", _EVENTS_OR_THIS, shape=_AHEAD),
        "Due before, or so long before, the next such event; 'this' is the trigger itself.",
    ),
    Field("by", Form("date"), "Due by this date, through the end of that day."),
    Field("after", EVENTS, "Only what is done since the last such event counts."),
)
_THEN = Field("then", EACH_OF_EVENTS, "What must happen; a list means each of them.")
_DEADLINES_NEED = tuple((deadline.name, "then") for deadline in _DEADLINES)

PRICE = Shape(
    "price",
    "What is owed once the power was exercised.",
    (Field("then", EACH_OF_EVENTS, _THEN.doc, required=True), *_DEADLINES),
)
STEP = Shape(
    "step",
    "One step of a procedure.",
    (
        Field("id", ID, "A name that is unique in the procedure.", required=True),
        _TITLE,
        Field("do", EACH_OF_EVENTS, "Events that must happen; a list means each of them."),
        Field("by", _ROLES, "Roles that must have taken the decision: all, or any k of them."),
        Field("before", EVENTS, "Events before which it must happen, after the decision."),
        Field("if", CONDITION, "The step is asked for only where this is true."),
        _FORCE,
        _REMARK,
        _ENCODES,
    ),
    exactly_one=(("do", "by"),),
    needs=(("before", "do"),),
)

_COMMON = (
    Field("id", ID, "Stable for ever, and unique in the policy.", required=True),
    Field(
        "kind",
        _option("cadence", "whenever", "forbid", "maintain", "procedure", "power"),
        "What kind of clause it is.",
        required=True,
    ),
    _TITLE,
    _SOURCE,
    _ENCODES,
    Field(
        "for_each",
        _option("organisation", "model", "standard"),
        "What it ranges over; the organisation unless given.",
    ),
    _FORCE,
    Field("owner", IDS, "Roles that owe it."),
    _CONTINUES,
    _MONTH_END,
    _REMARK,
    _FAMILY,
)
_IF = Field("if", CONDITION, "A condition, judged in the state after the trigger.")
_GRACE = Field("grace", LENGTH, "How long it may be untrue before it counts.")


_APART = Shape(
    "distance between deeds",
    "How far apart deeds may be.",
    (
        Field("min", LENGTH, "No sooner than this after the one before.", required=True),
        Field("max", LENGTH, "No later than this after the one before.", required=True),
    ),
)
_GAIN = Shape(
    "gain",
    "Progress in a unit of its own.",
    (
        Field("measure", ID, "The measure, as 'values' of facts name it.", required=True),
        Field("by", Form("more"), "How much it has grown: '>= 3'.", required=True),
        Field("unit", TEXT, "The unit in which facts state it.", required=True),
    ),
)


def _clause(kind: str, doc: str, *fields: Field, **rules: tuple[tuple[str, ...], ...]) -> Shape:
    return Shape(f"clause of kind {kind}", doc, (*_COMMON, *fields), **rules)  # type: ignore[arg-type]


CLAUSES: dict[str, Shape] = {
    "cadence": _clause(
        "cadence",
        "Do it at least every so long, and/or every N-fold growth, while a condition holds.",
        Field("do", EVENTS, "Events that restart the clock.", required=True),
        Field(
            "every",
            Form("every", shape=_APART),
            "A duration, a term, a reading, or {min: …, max: …}.",
        ),
        Field("growth", Form("growth"), "Growth in effective compute at which it is due: '>= 4x'."),
        Field("gain", Form("shape", shape=_GAIN), "Progress at which it is due."),
        Field("while", CONDITION, "The clock runs only while this is true."),
        at_least_one=(("every", "growth", "gain"),),
    ),
    "whenever": _clause(
        "whenever",
        "When an event happens, or a condition becomes true, a duty arises or a state is required.",
        Field("when", EVENTS, "The events that trigger it."),
        Field("becomes", CONDITION, "The condition whose becoming true triggers it."),
        _IF,
        _THEN,
        *_DEADLINES,
        Field("require", CONDITION, "A state of the trigger itself, judged just before it."),
        exactly_one=(("when", "becomes"), ("then", "require")),
        needs=_DEADLINES_NEED,
    ),
    "forbid": _clause(
        "forbid",
        "An action is held unless a condition is true.",
        Field("action", _option(*ACTIONS), "The action that is held.", required=True),
        Field("unless", CONDITION, "The condition that opens the hold.", required=True),
        Field("if", CONDITION, "The hold exists only where this is true."),
        _GRACE,
    ),
    "maintain": _clause(
        "maintain",
        "While a condition holds, keep another true.",
        Field("while", CONDITION, "When it must be kept.", required=True),
        Field("keep", CONDITION, "What must be kept true.", required=True),
        _GRACE,
    ),
    "procedure": _clause(
        "procedure",
        "A decision counts only if taken in this order by these roles.",
        Field("decision", EVENTS, "The events that are the decision.", required=True),
        Field(
            "gates",
            Form("list", _option(*ACTIONS)),
            "Actions that may not begin before the steps are done.",
        ),
        Field("if", CONDITION, "The procedure applies only where this is true."),
        Field(
            "steps", Form("list", Form("shape", shape=STEP)), "The steps, in order.", required=True
        ),
    ),
    "power": _clause(
        "power",
        "A role may do something, under conditions, at a price.",
        Field("by", IDS, "Roles that have the power.", required=True),
        Field("exercised", EVENTS, "The events that are its exercise.", required=True),
        Field("if", CONDITION, "When the power is available."),
        Field("price", Form("shape", shape=PRICE), "What is owed once it was exercised."),
    ),
}
"""The six kinds of clause."""

DOCUMENT = Shape(
    "policy",
    "One version of one policy, whole.",
    (
        Field("policy", Form("policy id"), "developer/family@version.", required=True),
        Field("title", TEXT, "The name of the policy and its version.", required=True),
        Field("effective", Form("date"), "The day it takes effect: YYYY-MM-DD."),
        Field("source", TEXT, "The document it is taken from.", required=True),
        Field("basis", _option(*BASES), "secondary: encoded from what others say of the text."),
        Field("supersedes", Form("policy id"), "The version it replaces."),
        _MONTH_END,
        Field(
            "rows",
            Form("rows"),
            "Every row of the facts this version answers for; ANT2-01..ANT2-80 is a range.",
        ),
        Field("terms", _table(TERM), "Words that leave room, by id."),
        Field("readings", _table(READING), "Several parses of one ambiguous text, by id."),
        Field("thresholds", _table(THRESHOLD), "Capability thresholds, by id."),
        Field("scale", IDS, "Levels of risk, lowest first: [low, medium, high, critical]."),
        Field("categories", _table(CATEGORY), "Categories scored on the scale, by id."),
        Field("standards", _table(STANDARD), "Standards of safeguards, by id."),
        Field("roles", _table(ROLE), "Everyone the policy gives a part, by id."),
        Field("define", Form("table", CONDITION), "Conditions used by name."),
        Field("clauses", Form("clauses"), "What is promised.", required=True),
        Field(
            "not_checkable",
            Form("list", Form("shape", shape=NOT_CHECKABLE_ROW)),
            "Rows that no record can keep or break, and why.",
        ),
        Field(
            "argument", TEXT, "Why more than a quarter of the rows is not checkable, where it is."
        ),
    ),
    needs=(("categories", "scale"),),
)
"""The whole document."""
