"""Findings as facts: what a record holds of them, what it refuses, and that each is there once."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifthen.evidence.filing.append import append
from ifthen.evidence.filing.facts import (
    amendment,
    checked,
    evaluation_result,
    fact_of,
    identity,
    proposal,
    training_progress,
)
from ifthen.evidence.filing.functions import FUNCTIONS, run
from ifthen.evidence.filing.work import Outcome, Work, work_of
from ifthen.evidence.inputs import Input
from ifthen.policy.source import InputError, Source
from ifthen.record.load import load_record, parse_record

HEAD = "record: Example Lab\nfacts:\n"
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1)
PLAIN = st.recursive(
    NUMBERS | WORDS | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def made(**changes: object) -> Work:
    fields: dict[str, object] = {
        "function": "mean",
        "parameters": {"scorers": ["match"]},
        "inputs": (Input("a.eval", "sha256:aa"), Input("b.eval", "sha256:bb")),
        "versions": {"ifthen": "0.1.0"},
        "outcome": Outcome(({"measure": "match", "value": 0.25},), "A quarter.", "below"),
    }
    return Work(**(fields | changes))  # type: ignore[arg-type]


def test_a_finding_is_an_evaluation_result_and_never_a_decision() -> None:
    fields = evaluation_result(made(), date="2025-03-01", model="example-1", threshold="cbrn-3")
    fact = fact_of(fields)
    assert fact.kind == "evaluation_result"
    assert "findings" not in fields
    assert fact.attributes["threshold"] == ("cbrn-3",)
    assert fields["sources"] == [
        {"title": "sha256:aa", "url": "a.eval"},
        {"title": "sha256:bb", "url": "b.eval"},
    ]


@given(
    parameters=st.dictionaries(WORDS, PLAIN, max_size=4),
    measures=st.lists(st.dictionaries(WORDS, NUMBERS, max_size=3), max_size=3),
    finding=st.none() | st.sampled_from(["below", "alert", "cannot_rule_out", "crossed"]),
)
def test_what_is_filed_says_again_how_it_was_made(
    parameters: dict[str, object], measures: list[dict[str, object]], finding: str | None
) -> None:
    named = tuple({**each, "measure": f"m{at}"} for at, each in enumerate(measures))
    work = made(parameters=parameters, outcome=Outcome(named, "Said.", finding))
    fact = fact_of(evaluation_result(work, date="2025-03-01", model="m"))
    again = work_of(fact.attributes["values"], "Said.")
    assert again is not None
    assert again.parameters == parameters
    assert again.inputs == work.inputs
    assert again.outcome == work.outcome


def test_what_has_no_bound_or_no_value_can_be_filed() -> None:
    nan, inf = float("nan"), float("inf")
    measure = {"measure": "time_horizon_50", "value": nan, "low": -inf, "high": inf, "n": None}
    fact = fact_of(
        evaluation_result(made(outcome=Outcome((measure,), "")), date="2025-03-01", model="m")
    )
    again = work_of(fact.attributes["values"])
    assert again is not None
    assert again.outcome.measures == ({"measure": "time_horizon_50", "low": "-inf", "high": "inf"},)


def test_compute_is_filed_as_progress_of_training() -> None:
    ratio = Outcome(({"measure": "effective_compute_ratio", "value": 4.2},), "It grew.", "crossed")
    fields = training_progress(
        made(outcome=ratio), date="2025-03-01", model="m", effective_compute=3.1e26
    )
    fact = fact_of(fields)
    assert fact.kind == "training_progress"
    assert fact.attributes["effective_compute"] == Fraction("3.1e26")


def test_an_amendment_changes_what_is_known_and_not_what_was() -> None:
    from ifthen import moment
    from ifthen.record.history import history_of

    first = evaluation_result(made(), date="2025-03-01", model="m", threshold="t")
    outcome = Outcome(({"measure": "match", "value": 0.75},), "More.", "crossed")
    later = amendment(made(outcome=outcome), fact_of(first), date="2025-04-01")
    lines = ['{"record": "Example Lab"}', json.dumps(first), json.dumps(later)]
    record = parse_record(Source("r.jsonl", "\n".join(lines)))
    findings = []
    for day in ("2025-03-15", "2025-04-15"):
        [fact] = history_of(record).visible(moment("2025-05-01"), moment(day))
        found = work_of(fact.attributes["values"])
        assert found is not None
        findings.append((found.outcome.finding, found.outcome.measures[0]["value"]))
        assert fact.attributes["threshold"] == ("t",)
    assert findings == [("below", 0.25), ("crossed", 0.75)]


def test_a_proposal_is_refused_until_people_fill_it_in() -> None:
    fields = evaluation_result(made(), date="2025-03-01", model="example: 1")
    text = proposal(fields, "cbrn-3", "below")
    indented = "".join(f"  {line}\n" for line in text.splitlines())
    with pytest.raises(InputError) as caught:
        parse_record(Source("r.yaml", HEAD + indented))
    said = str(caught.value)
    assert all(f"'{name}'" in said for name in ("id", "date", "by"))
    filled = indented.replace("id:", "id: d-1").replace("date:", "date: 2025-03-02")
    filled = filled.replace("by:", "by: [ceo, rso]")
    [fact] = parse_record(Source("r.yaml", HEAD + filled)).facts
    assert (fact.kind, fact.models) == ("threshold_decision", ("example: 1",))
    assert fact.attributes["findings"] == {"cbrn-3": "below"}
    assert fact.attributes["about"] == (fields["id"],)


def test_the_same_work_has_the_same_id_and_other_work_another() -> None:
    other = made(parameters={"scorers": ["match"], "seed": 1})
    assert identity(made(), "m") == identity(made(), "m")
    assert len({identity(made(), "m"), identity(made(), "n"), identity(other, "m")}) == 3


def test_facts_are_appended_once_and_the_file_may_begin_without_a_head(tmp_path: Path) -> None:
    path = tmp_path / "findings.jsonl"
    fact = evaluation_result(made(), date="2025-03-01", model="m")
    other = evaluation_result(made(function="decide"), date="2025-03-01", model="m")
    assert append(path, [fact]) == (fact["id"],)
    before = path.read_bytes()
    assert append(path, [fact, other]) == (other["id"],)
    assert append(path, [fact, other]) == ()
    assert path.read_bytes().startswith(before)
    head = tmp_path / "record.yaml"
    head.write_text(HEAD + "  - {id: a, date: 2025-01-01, kind: organisation}\n")
    assert [each.id for each in load_record(head, path).facts] == ["a", fact["id"], other["id"]]


def test_a_last_line_without_an_end_is_ended_first(tmp_path: Path) -> None:
    path = tmp_path / "findings.jsonl"
    path.write_text('{"record": "Example Lab"}')
    append(path, [evaluation_result(made(), date="2025-03-01", model="m")])
    assert len(load_record(path).facts) == 1


@pytest.mark.parametrize(
    ("name", "before", "said"),
    [
        ("a.yaml", None, "appended only to a JSONL record"),
        ("a.jsonl", "{broken\n", "a.jsonl:1: error: this line is no fact"),
        ("a.jsonl", '{"record": "L"}\n{"id": 1}\n', "a.jsonl:2: error: this line is no fact"),
        ("no/folder/a.jsonl", None, "cannot be written: no such file or directory"),
    ],
)
def test_what_cannot_be_appended_to_is_left_alone(
    tmp_path: Path, name: str, before: str | None, said: str
) -> None:
    path = tmp_path / name
    if before is not None:
        path.write_text(before)
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        append(path, [evaluation_result(made(), date="2025-03-01", model="m")])
    assert (path.read_text() if path.exists() else None) == before


def test_a_fact_that_no_record_accepts_is_not_appended(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = evaluation_result(made(), date="2025-03-01", model="m")
    with pytest.raises(InputError, match="'date' cannot be read"):
        append(path, [good, good | {"id": "x", "date": "2025-02-30"}])
    assert not path.exists()
    with pytest.raises(InputError, match="must name a model"):
        checked({"id": "x", "date": "2025-03-01", "kind": "evaluation_result"})


def test_several_programs_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "findings.jsonl"
    code = (
        "import sys\n"
        "from ifthen.evidence.filing.append import append\n"
        "fact = {'date': '2025-03-01', 'kind': 'organisation'}\n"
        "for number in range(20):\n"
        "    ids = [f'{sys.argv[2]}-{number}', f'both-{number}']\n"
        "    append(sys.argv[1], [{'id': each} | fact for each in ids])\n"
    )
    programs = [
        subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("a", "b")
    ]
    assert [program.wait() for program in programs] == [0, 0]
    ids = [json.loads(line)["id"] for line in path.read_text().splitlines()]
    assert len(ids) == len(set(ids)) == 60


def test_what_is_there_is_read_only_when_no_other_program_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program that had the file first files the same fact meanwhile."""
    import fcntl

    path = tmp_path / "findings.jsonl"
    fact = evaluation_result(made(), date="2025-03-01", model="m")
    other = evaluation_result(made(function="decide"), date="2025-03-01", model="m")
    asked = []

    def wait(file: object, operation: int) -> None:
        asked.append(operation)
        path.write_text(json.dumps(fact) + "\n")

    monkeypatch.setattr(fcntl, "flock", wait)
    assert append(path, [fact, other]) == (other["id"],)
    assert asked == [fcntl.LOCK_EX]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_table_is_there(name: str) -> None:
    with pytest.raises((ValueError, InputError)):
        run(name, [], {})


def test_a_function_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"no function 'decid' \(did you mean 'decide'"):
        run("decid", [], {})
