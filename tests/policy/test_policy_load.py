"""What a loaded policy holds."""

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ifthen.dates import Duration, parse_day
from ifthen.policy.clauses import family_of
from ifthen.policy.load import load_policy, parse_policy, policy_ids, policy_path
from ifthen.policy.model import (
    Apart,
    Before,
    Bound,
    By,
    Cadence,
    Call,
    Choice,
    Constant,
    Defined,
    DurationLiteral,
    Events,
    Forbid,
    Gain,
    Maintain,
    Pattern,
    Policy,
    Power,
    Procedure,
    Quantified,
    TermRef,
    Variable,
    Whenever,
    Within,
    Words,
)
from ifthen.policy.model import Test as PatternTest
from ifthen.policy.schema import schema
from ifthen.policy.source import InputError, Source
from ifthen.policy.yaml import Mapping, Node, Scalar, compose, read_source

GOOD = Path(__file__).parent / "good"
BAD = Path(__file__).parent / "bad"
HEAD = "policy: example/safety@1.0\ntitle: Example\nsource: Example\n"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(GOOD / "whole.yaml")


def clause(policy: Policy, name: str) -> Any:
    return next(c for c in policy.clauses if c.common.id == name)


def events(kind: str, *tests: PatternTest) -> Events:
    return Events((Pattern(kind, tests),))


def test_head(policy: Policy) -> None:
    assert policy.id == "example/safety@2.0"
    assert policy.family == "example/safety"
    assert policy.effective == parse_day("2024-10-15")
    assert policy.supersedes == "example/safety@1.0"
    assert policy.rows[0] == "EX2-01"
    assert policy.rows[29:] == ("EX2-30", "EXA-7a")
    assert policy.argument == "most rows explain"
    assert policy.not_checkable[0].reason == "explanation"


def test_terms(policy: Policy) -> None:
    assert policy.terms["routinely"].literal == Bound("any")
    assert policy.terms["routinely"].charitable == Bound("at_most", Duration(2, "month"))
    assert policy.terms["much-more"].charitable == Bound("at_least", Fraction(4))
    assert policy.terms["serious"].charitable == Bound("at_least", "alert")
    assert policy.terms["safe-enough"].charitable == Bound("value", True)


def test_thresholds_and_standards(policy: Policy) -> None:
    cbrn = policy.thresholds["cbrn"]
    assert cbrn.requires == ("asl-3-deployment", "asl-3-security")
    assert cbrn.above == ("autonomy-checkpoint",)
    assert cbrn.numbers == {"years": 1, "growth_per_year": Fraction(71, 2)}
    assert cbrn.continues == "example/safety@1.0#cbrn"
    assert policy.thresholds["autonomy-checkpoint"].checkpoint
    assert policy.groups == {"asl-3": ("asl-3-deployment", "asl-3-security")}
    deployment = policy.standards["asl-3-deployment"]
    assert [c.id for c in deployment.criteria] == ["red-teaming", "monitoring"]
    assert deployment.in_scope == ("criminal groups",)
    assert deployment.out_of_scope == ("states",)
    assert not policy.standards["asl-4-security"].defined


def test_cadence(policy: Policy) -> None:
    cadence = clause(policy, "time-cadence")
    assert isinstance(cadence, Cadence)
    assert cadence.every == DurationLiteral(Duration(3, "month"))
    assert cadence.growth == (">=", Fraction(4))
    assert cadence.while_ == Call("running", (Constant("train"),))
    assert cadence.common.month_end == "down"
    assert cadence.common.owner == ("rso",)
    other = clause(policy, "reading-cadence")
    assert other.every == TermRef("routinely")
    assert other.common.month_end is None
    assert isinstance(other.do, Choice)
    assert other.do.options["start"] == events("assessment_started")


def test_whenever(policy: Policy) -> None:
    whenever = clause(policy, "comprehensive")
    assert isinstance(whenever, Whenever)
    assert isinstance(whenever.when, Events)
    assert [p.kind for p in whenever.when.patterns] == [
        "assessment_completed",
        "threshold_decision",
    ]
    assert whenever.duty is not None
    assert len(whenever.duty.then) == 2
    assert whenever.duty.deadlines == (Within(TermRef("conduct")),)
    assert whenever.duty.after == events("training_started")
    assert whenever.common.continues == "example/safety@1.0#comprehensive"
    report = clause(policy, "report-incident")
    assert report.duty.deadlines == (
        Within(DurationLiteral(Duration(72, "hour")), ("discovered", "aware")),
        Before(),
        By(parse_day("2026-01-31")),
    )
    turned = clause(policy, "turned")
    assert turned.when is None
    assert isinstance(turned.becomes, Defined)
    assert turned.duty.then == (events("published", PatternTest("what", "=", ("overall risk",))),)
    assert turned.common.remark == "no notice period is required"
    assert clause(policy, "coverage").duty is None


def test_definitions_are_resolved(policy: Policy) -> None:
    defined = clause(policy, "turned").becomes
    assert defined.expression == policy.definitions["notably-more-capable"]
    assert isinstance(defined.expression.operands[0], Defined)
    assert isinstance(policy.definitions["stale"], Choice)


def test_forbid_and_maintain(policy: Policy) -> None:
    gate = clause(policy, "deploy-gate")
    assert isinstance(gate, Forbid)
    assert isinstance(gate.unless, Quantified)
    assert gate.unless.domain == Call("thresholds")
    assert gate.grace == DurationLiteral(Duration(1, "day"))
    assert gate.unless.body.operands[1] == Call("in_place", (Call("required", (Variable("t"),)),))
    kept = clause(policy, "standards-kept")
    assert isinstance(kept, Maintain)
    member = kept.while_.operands[1]
    assert member.right == Words(("cannot_rule_out", "crossed"))


def test_aliases_resolve_to_ids(policy: Policy) -> None:
    status = clause(policy, "relative-gate").unless.operand.body.operands[0].left
    assert status == Call("status", (Constant("cbrn"), Variable("m")))
    keep = clause(policy, "standard-review").keep
    assert keep.operands[1] == Call("in_place", (Constant("asl-3-deployment"),))


def test_procedure(policy: Policy) -> None:
    procedure = clause(policy, "capability-decision")
    assert isinstance(procedure, Procedure)
    assert procedure.gates == ("deploy", "train")
    report, decide, approve, consult, tell = procedure.steps
    assert (report.follows, report.before, report.by) == (False, None, ())
    assert (decide.by, decide.by_least) == (("ceo", "rso"), 2)
    assert (approve.by, approve.by_least) == (("ceo", "rso"), 1)
    assert consult.force == "aim"
    assert tell.follows
    assert tell.before == events("model_released")
    assert len(tell.do) == 2
    assert tell.encodes == ("EX2-24",)


def test_power(policy: Policy) -> None:
    power = clause(policy, "competitor-exit")
    assert isinstance(power, Power)
    assert power.by == ("board",)
    assert power.price is not None
    assert len(power.price.then) == 2


# --- what frameworks other than the first need ---


@pytest.fixture(scope="module")
def framework() -> Policy:
    return load_policy(GOOD / "frameworks.yaml")


def test_scale_categories_and_levels(framework: Policy) -> None:
    assert framework.basis == "secondary"
    assert framework.scale == ("low", "medium", "high", "critical")
    cyber = framework.categories["cybersecurity"]
    assert cyber.tracked
    assert not framework.categories["persuasion"].tracked
    assert cyber.levels["high"].requires == ("security-3",)
    assert cyber.levels["critical"].requires == ("deployment-3",)
    assert cyber.levels["high"].encodes == ("OAI-B-02",)
    body = clause(framework, "gate").unless.body
    assert body.operands[0].operands[0].left == Call("level", (Variable("c"), Constant("post")))
    level = clause(framework, "forecasts").while_.body.operands[0].left
    assert level == Call("level", (Constant("cybersecurity"), Constant("pre"), Variable("m")))


def test_standards_include_others_and_groups(framework: Policy) -> None:
    assert framework.standards["security-3"].includes == ("security-2",)
    assert framework.standards["deployment-3"].includes == ("deployment-2",)


def test_names_stand_in_tests(framework: Policy) -> None:
    keep = clause(framework, "forecasts").keep
    (published,) = keep.body.operands[1].arguments[0].patterns
    assert published.tests == (PatternTest("about", "=", ("c",), ("c",)),)
    (report,) = clause(framework, "report").duty.then[0].patterns
    assert report.tests[0] == PatternTest("about", "=", ("this.about",), ("this.about",))


def test_several_limits(framework: Policy) -> None:
    limits = clause(framework, "report").duty.deadlines
    assert limits == (
        Within(DurationLiteral(Duration(10, "day")), ("aware",)),
        Within(DurationLiteral(Duration(72, "hour")), ("determined", "reasonable_belief")),
        Within(TermRef("timely")),
        Before(
            events("model_released", PatternTest("market", "=", ("eu",))),
            DurationLiteral(Duration(2, "week")),
        ),
        By(parse_day("2026-01-31")),
    )
    assert clause(framework, "ahead").duty.deadlines == (Before(None, TermRef("timely")),)
    working = Duration(20, "business-day", "eu")
    assert framework.terms["timely"].charitable == Bound("at_most", working)


def test_a_cadence_may_have_a_lower_bound_and_a_gain(framework: Policy) -> None:
    cadence = clause(framework, "progress")
    three, six = (DurationLiteral(Duration(n, "month")) for n in (3, 6))
    assert cadence.every == Choice("lower-bound", {"binds": Apart(three, six), "informs": six})
    unit = "months of fine-tuning progress"
    assert cadence.gain == Gain("fine_tuning_progress", ">=", Fraction(3), unit)


def test_families_follow_from_the_kind_unless_given(framework: Policy) -> None:
    families = {c.common.id: c.common.family for c in framework.clauses}
    assert families == {
        "gate": "deployment-gate",
        "forecasts": "publication",
        "progress": "cadence",
        "report": "incident",
        "ahead": "notice",
    }
    assert framework.standards["security-2"].family == "security"
    assert framework.standards["security-3"].family == "internal-use"


def test_places_point_into_the_file(policy: Policy) -> None:
    source = read_source(GOOD / "whole.yaml")
    for name in ("time-cadence", "deploy-gate"):
        span = clause(policy, name).common.span
        assert source.line(span.line)[span.column - 1 :].startswith(name)
    status = clause(policy, "relative-gate").unless.operand.body.operands[0].left
    assert source.line(status.span.line)[status.span.column - 1 :].startswith("status(cbrn-3, m)")
    assert status.span.length == len("status(cbrn-3, m)")
    quoted = clause(policy, "deploy-gate").unless.body.operands[1]
    text = source.line(quoted.span.line)[quoted.span.column - 1 :]
    assert text.startswith("in_place(required(t))")


def test_words_of_older_yaml_stay_text() -> None:
    text = HEAD + "argument: no\nroles: {on: {title: yes}, no: {title: 2024-10-15}}\nclauses: []\n"
    policy = parse_policy(Source("words.yaml", text))
    assert policy.argument == "no"
    assert {role.id: role.title for role in policy.roles.values()} == {
        "on": "yes",
        "no": "2024-10-15",
    }


def test_a_definition_of_a_duration_stands_for_it() -> None:
    text = HEAD + (
        "define:\n  interval: 6 months\nclauses:\n"
        "  - {id: a, kind: cadence, title: a, source: s, do: published, every: interval}\n"
    )
    (cadence,) = parse_policy(Source("interval.yaml", text)).clauses
    assert isinstance(cadence, Cadence)
    assert cadence.every == DurationLiteral(Duration(6, "month"))


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    text = (GOOD / "whole.yaml").read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load_policy(path) == load_policy(GOOD / "whole.yaml")


# --- policies of the package ---


def test_every_packaged_policy_loads_under_its_id() -> None:
    for name in policy_ids():
        assert load_policy(name).id == name


@pytest.mark.parametrize("name", policy_ids())
def test_every_packaged_clause_says_what_it_is_about_where_its_kind_does_not(name: str) -> None:
    document = compose(read_source(policy_path(name)))
    assert isinstance(document, Mapping)
    (clauses,) = (value.items for key, value in document.entries if key.text == "clauses")
    for node, clause in zip(clauses, load_policy(name).clauses, strict=True):
        if family_of(clause) == "governance":
            assert node.get("family") is not None, f"{name}#{clause.common.id}"


def test_packaged_ids_are_sorted_and_leave_cases_out() -> None:
    assert list(policy_ids()) == sorted(policy_ids())
    assert not any("cases" in name for name in policy_ids())


def test_unknown_id_lists_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"anthropic/rsp@2.0": GOOD, "openai/preparedness@2": GOOD}
    monkeypatch.setattr("ifthen.policy.load._packaged_policies", lambda: known)
    with pytest.raises(InputError) as caught:
        load_policy("antropic/rsp@2.0")
    assert str(caught.value) == (
        "antropic/rsp@2.0: error: there is no such policy\n"
        "  did you mean 'anthropic/rsp@2.0'? known: anthropic/rsp@2.0, openai/preparedness@2"
    )
    with pytest.raises(InputError, match="there is no such policy"):
        load_policy("whole")


def test_file_of_another_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"anthropic/rsp@2.0": GOOD / "whole.yaml"}
    monkeypatch.setattr("ifthen.policy.load._packaged_policies", lambda: known)
    with pytest.raises(InputError, match=r"holds the policy example/safety@2\.0"):
        load_policy("anthropic/rsp@2.0")


# --- the schema ---


def plain(node: Node) -> Any:
    """A node as an editor reads it: YAML 1.2, plain scalars by the core schema."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Scalar):
        if node.quoted:
            return node.text
        if node.text in ("true", "false"):
            return node.text == "true"
        if node.text in ("", "~", "null"):
            return None
        try:
            return json.loads(node.text)
        except ValueError:
            return node.text
    return [plain(item) for item in node.items]


def errors(path: Path) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema())
    return [error.message for error in validator.iter_errors(plain(compose(read_source(path))))]


def test_schema_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema() == json.loads(json.dumps(schema()))


@pytest.mark.parametrize("path", sorted(GOOD.glob("*.yaml")), ids=lambda path: path.stem)
def test_schema_accepts_good_documents(path: Path) -> None:
    assert errors(path) == []


def test_schema_accepts_packaged_policies() -> None:
    for name in policy_ids():
        assert errors(policy_path(name)) == [], name


@pytest.mark.parametrize(
    "name",
    [
        "unknown-key",
        "missing-keys",
        "wrong-forms",
        "term-without-range",
        "either-or",
        "neither",
        "field-of-another-kind",
        "steps",
        "price",
        "growth",
        "rows",
        "continues",
        "several",
        "a-list",
    ],
)
def test_schema_rejects_bad_documents(name: str) -> None:
    assert errors(BAD / f"{name}.yaml")


def test_schema_documents_every_field() -> None:
    clause_schema = schema()["$defs"]["clause-cadence"]
    assert clause_schema["properties"]["every"]["description"]
    assert clause_schema["required"] == ["id", "kind", "title", "source", "do"]


# --- speed ---


def test_three_hundred_clauses_load_quickly() -> None:
    one = (
        "  - id: gate-{n}\n    kind: forbid\n    title: a gate\n    source: s.1\n"
        "    encodes: [EX-01]\n    for_each: model\n    action: deploy\n"
        "    unless: every-one or did(model_released[stage!=internal, model=any]) and"
        " since(decision[go=true]) >= 6 months\n    grace: 2 weeks\n"
    )
    text = HEAD + "rows: [EX-01]\ndefine:\n  every-one: did(decision)\nclauses:\n"
    source = Source("many.yaml", text + "".join(one.format(n=n) for n in range(300)))
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        assert len(parse_policy(source).clauses) == 300
        best = min(best, time.perf_counter() - start)
    assert best < 0.5, "generous, so that a busy machine does not fail it"
