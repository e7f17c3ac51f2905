"""The words shared by policies and records: kinds of fact, their attributes, forces, actions.

Adding a kind of fact is one entry in ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Force: TypeAlias = Literal["commitment", "aim", "option", "recommendation", "statement"]
FORCES: tuple[Force, ...] = ("commitment", "aim", "option", "recommendation", "statement")
"""How strongly the text binds, strongest first: will, aim or expect, may, to others, says."""

Action: TypeAlias = Literal["train", "deploy", "use-inside", "store"]
ACTIONS: tuple[Action, ...] = ("train", "deploy", "use-inside", "store")
"""What a hold can forbid. Each is a running state, not an instant."""

FINDINGS = ("below", "alert", "cannot_rule_out", "crossed")
"""Standing of a model against a capability threshold, in rising order."""

RATIO_MEASURE = "effective_compute_ratio"
"""The measure of ``values`` that states the growth of effective compute since an assessment."""

Family: TypeAlias = Literal[
    "cadence",
    "thresholds",
    "deployment-gate",
    "training-gate",
    "security",
    "internal-use",
    "decision",
    "notice",
    "publication",
    "incident",
    "governance",
]
FAMILIES: tuple[Family, ...] = get_args(Family)
"""What clauses are about, so that those of different developers can be laid side by side."""

Basis: TypeAlias = Literal["primary", "secondary"]
BASES: tuple[Basis, ...] = get_args(Basis)
"""Whether something rests on the document itself or on what others say of it."""

NOT_CHECKABLE = {
    "no-test": "a goal or quality without a test that two readers would apply alike",
    "explanation": "gives a reason, an example or background and promises nothing",
    "permission": "permits something without a condition or a price that a record could show",
    "inside": "a state of mind or internal quality that leaves no dated trace",
    "superseded": "the same version restates it in another row",
}
"""The closed list of reasons for which a row of the facts may go unencoded."""

AttributeType: TypeAlias = Literal[
    "text", "word", "words", "boolean", "number", "date", "findings", "levels", "values", "about"
]
"""How an attribute is written: ``words`` is one word or a list of them; ``about`` names facts."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a kind of fact."""

    type: AttributeType
    """How it is written and compared."""
    options: tuple[str, ...] = ()
    """The closed list of its values; empty means open."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact."""

    group: str
    """Which group of the vocabulary it belongs to."""
    phase: int
    """Place within a day for facts without a time: 0 policy, 1 findings and decisions, 2 acts."""
    attributes: Mapping[str, Attribute]
    """What it may say beyond what every fact may say."""
    needs_model: bool = False
    """Whether it must name a model."""


def _words(*options: str) -> Attribute:
    return Attribute("words", options)


def _word(*options: str) -> Attribute:
    return Attribute("word", options)


_TEXT = Attribute("text")
_WORDS = Attribute("words")
_WORD = Attribute("word")
_BOOL = Attribute("boolean")
_NUMBER = Attribute("number")
_DATE = Attribute("date")
_ABOUT = Attribute("about")

UNSTATED = "unstated"
"""The word with which a fact says that its source does not tell; a test of it is unknown."""

COMMON: Mapping[str, Attribute] = {
    "summary": _TEXT,
    "note": _TEXT,
    "by": _WORDS,
    "evaluator": _TEXT,
    "effective_compute": _NUMBER,
    "values": Attribute("values"),
    "basis": _word(*BASES),
    "policy": _WORD,
    "what": _TEXT,
    "about": _ABOUT,
    "threshold": _WORDS,
    "standard": _WORDS,
    "parts": _WORDS,
}
"""Attributes that any kind may carry, beside the frame of a fact (id, key, date, kind, …)."""

_ASSESSMENTS = (
    "preliminary",
    "comprehensive",
    "follow_up",
    "safeguards",
    "lighter",
    "internal_deployment_review",
)
_STAGES = ("internal", "limited", "preview", "general")

_POLICY = {
    "published": _DATE,
    "proposed_by": _WORDS,
    "approved_by": _WORDS,
    "consulted": _WORDS,
    "change_log": _BOOL,
    "material": _BOOL,
}
_TRAINING = {
    "flop": _NUMBER,
    "intended_flop": _NUMBER,
    "purpose": _word("capability", "safety"),
}
_RELEASE = {
    "stage": _word(*_STAGES),
    "market": _WORDS,
    "based_on": _WORDS,
    "access": _WORDS,
    "large_scale": _BOOL,
    "fully_autonomous_research": _BOOL,
    "substantially_modified": _BOOL,
    "frontier": _BOOL,
    "conditions_changed": _BOOL,
}
_ASSESSMENT = {
    "assessment": _word(*_ASSESSMENTS),
    "notably_more_capable": _BOOL,
    "elicitation": _WORDS,
}
_REPORT = {
    "evaluated_checkpoint": _TEXT,
    "released_checkpoint": _TEXT,
    "covers": _WORDS,
    "coverage_date": _DATE,
    "redacted": _BOOL,
    "redacted_for": _WORD,
    "significantly_redacted": _BOOL,
    "samples": _NUMBER,
    "to": _WORDS,
    "recommends": _BOOL,
    "recipients": _NUMBER,
}
_LIMBS = (
    "weights",
    "catastrophic_harm",
    "loss_of_control",
    "deception",
    "critical_infrastructure",
    "cyber_breach",
    "death",
    "serious_harm",
)
"""Kinds of incident that laws tell apart; closed, since a misspelt one would start no clock."""
_INCIDENT = {
    "harm": _TEXT,
    "discovered": _DATE,
    "aware": _DATE,
    "determined": _DATE,
    "reasonable_belief": _DATE,
    "imminent": _BOOL,
    "injury": _BOOL,
    "elicited": _BOOL,
    "limb": _words(*_LIMBS),
    "casualties": _NUMBER,
    "damage": _NUMBER,
    "increased_risk": _BOOL,
    "model_involved": _BOOL,
}
_REVIEW = {
    "reviewer": _TEXT,
    "independent": _BOOL,
    "received": _DATE,
    "submitted": _DATE,
    "covers": _WORDS,
    "redacted_for": _WORD,
}

KINDS: Mapping[str, Kind] = {
    # policy
    "policy_adopted": Kind("policy", 0, _POLICY),
    "policy_amended": Kind("policy", 0, _POLICY),
    "power_exercised": Kind("policy", 1, {"power": _WORD}),
    # training
    "training_started": Kind("training", 2, _TRAINING, needs_model=True),
    "training_progress": Kind("training", 2, _TRAINING, needs_model=True),
    "training_paused": Kind("training", 2, _TRAINING, needs_model=True),
    "training_resumed": Kind("training", 2, _TRAINING, needs_model=True),
    "training_ended": Kind("training", 2, _TRAINING, needs_model=True),
    "weights_deleted": Kind("training", 2, {}, needs_model=True),
    "weights_locked": Kind("training", 2, {}, needs_model=True),
    "algorithmic_breakthrough": Kind("training", 1, {}),
    # release
    "model_announced": Kind("release", 2, _RELEASE, needs_model=True),
    "model_released": Kind("release", 2, _RELEASE, needs_model=True),
    "model_restricted": Kind("release", 2, _RELEASE, needs_model=True),
    "model_withdrawn": Kind("release", 2, _RELEASE, needs_model=True),
    # assessment
    "assessment_started": Kind("assessment", 1, _ASSESSMENT, needs_model=True),
    "assessment_completed": Kind("assessment", 1, _ASSESSMENT, needs_model=True),
    "evaluation_result": Kind(
        "assessment",
        1,
        {"elicitation": _WORDS, "evaluated_checkpoint": _TEXT, "released_checkpoint": _TEXT},
        needs_model=True,
    ),
    # reports
    "capability_report": Kind("reports", 1, _REPORT),
    "safeguards_report": Kind("reports", 1, _REPORT),
    "risk_report": Kind("reports", 1, _REPORT),
    "system_card_published": Kind("reports", 1, _REPORT),
    "transparency_report": Kind("reports", 1, _REPORT),
    "internal_report": Kind(
        "reports", 1, {**_REPORT, "fully_in_place": _NUMBER, "mostly_in_place": _NUMBER}
    ),
    "documents_destroyed": Kind("reports", 2, {"dated": _DATE}),
    # findings
    "threshold_decision": Kind(
        "findings",
        1,
        {
            "findings": Attribute("findings"),
            "levels": Attribute("levels"),
            "mitigation": _word("pre", "post", UNSTATED),
            "notably_more_capable": _BOOL,
            "significantly_more_capable": _BOOL,
        },
        needs_model=True,
    ),
    "forecast": Kind("findings", 1, {"level": _WORD, "by_date": _DATE}),
    "decision": Kind("findings", 1, {"go": _BOOL}),
    # safeguards
    "standard_activated": Kind("safeguards", 1, {}),
    "standard_approved": Kind("safeguards", 1, {}),
    "standard_lapsed": Kind("safeguards", 1, {}),
    "interim_measures_approved": Kind("safeguards", 1, {}),
    "interim_measures_found_inadequate": Kind("safeguards", 1, {}),
    "safeguard_change": Kind("safeguards", 1, {}),
    "bug_bounty": Kind("safeguards", 1, {}),
    # people told
    "board_or_trust_notice": Kind("people told", 1, {"to": _WORDS}),
    "government_notice": Kind("people told", 1, {"direction": _word("to", "from"), "to": _WORDS}),
    "feedback_received": Kind("people told", 1, {"from": _word("internal", "external")}),
    "published": Kind("people told", 1, {"to": _WORDS, "recipients": _NUMBER}),
    # outside checks
    "third_party_evaluation": Kind("outside checks", 1, {"elicitation": _WORDS}),
    "external_review": Kind("outside checks", 1, _REVIEW),
    "procedural_review": Kind("outside checks", 1, {}),
    # trouble
    "noncompliance_reported": Kind("trouble", 1, {"from": _word("internal", "external")}),
    "noncompliance_acknowledged": Kind("trouble", 1, {}),
    "incident": Kind("trouble", 1, _INCIDENT),
    "incident_reported": Kind(
        "trouble", 1, {"to": _WORDS, "stage": _word("initial", "intermediate", "final", "amended")}
    ),
    "incident_resolved": Kind("trouble", 1, {}),
    "drill_held": Kind("trouble", 1, {}),
    "violation_found": Kind("trouble", 1, {}),
    "penalty_imposed": Kind("trouble", 1, {"amount": _NUMBER}),
    # world
    "rival_passed_threshold": Kind("world", 1, {"rival": _TEXT, "equivalent_safeguards": _BOOL}),
    "rival_assessed": Kind(
        "world",
        1,
        {
            "rival": _TEXT,
            "posture": _WORDS,
            "strong_safety_argument": _BOOL,
            "highly_capable": _BOOL,
        },
    ),
    "organisation": Kind(
        "world",
        1,
        {
            "revenue": _NUMBER,
            "employees": _NUMBER,
            "signatory": _WORDS,
            "operates_in": _WORDS,
            "academic": _BOOL,
        },
    ),
    "classification_notified": Kind("world", 1, {}),
    "framework_confirmed": Kind("world", 1, {}),
    "roles": Kind("world", 1, {"holders": _WORDS}),
    # hidden
    "capability_reached": Kind("hidden", 2, {}, needs_model=True),
}
"""Every kind of fact, by name."""

HIDDEN = frozenset(name for name, kind in KINDS.items() if kind.group == "hidden")
"""Kinds that only studies of a policy imagine: a policy cannot ask for them, nor a record state
them. A model really crosses a threshold on a day that nobody sees."""
STATED = tuple(name for name in KINDS if name not in HIDDEN)
"""Kinds that a record may state and a policy ask for."""


ADOPTIONS = frozenset({"policy_adopted", "policy_amended"})
"""Kinds of fact that put a version of a policy in force."""

DEFAULTS: Mapping[tuple[str, str], str] = {
    ("model_released", "stage"): "general",
    ("model_announced", "stage"): "general",
}
"""What a fact of a kind says where it leaves an attribute out."""


def attributes_of(kind: str) -> Mapping[str, Attribute]:
    """All attributes a fact of this kind may carry, the common ones included."""
    return {**COMMON, **KINDS[kind].attributes}


MODEL_EVENTS_OF_ACTION: Mapping[Action, tuple[frozenset[str], frozenset[str]]] = {
    "train": (
        frozenset({"training_started", "training_progress", "training_resumed"}),
        frozenset({"training_paused", "training_ended", "weights_deleted"}),
    ),
    "deploy": (frozenset({"model_released"}), frozenset({"model_withdrawn", "weights_deleted"})),
    "use-inside": (
        frozenset({"model_released"}),
        frozenset({"model_withdrawn", "weights_deleted"}),
    ),
    "store": (
        frozenset({"training_started", "training_progress", "model_released", "training_ended"}),
        frozenset({"weights_deleted"}),
    ),
}
"""Kinds of fact that start and that end the running state of each action."""


def acts_of(action: Action) -> frozenset[str]:
    """Kinds of fact that begin or take up an action; mere progress is a sign that it is running."""
    if action == "store":
        return frozenset()
    return MODEL_EVENTS_OF_ACTION[action][0] - {"training_progress"}
