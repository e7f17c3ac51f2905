"""Loading: both forms of a record, and every message for a bad one."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest

import ifthen
from ifthen.dates import end_of, parse_day, start_of
from ifthen.policy.source import InputError, Source
from ifthen.policy.yaml import Sequence, compose, read_source
from ifthen.record.load import MOST_REPORTED, load_record, parse_facts, parse_record
from ifthen.record.model import Record
from ifthen.vocabulary import KINDS

HERE = Path(__file__).parent
PUBLIC = HERE.parents[2] / "shared" / "data" / "public-record"
BAD = sorted(path for path in (HERE / "bad").iterdir() if path.suffix != ".txt")


def parse(text: str, name: str = "record.yaml") -> Record:
    return parse_record(Source(name, text))


def refusal(text: str, name: str = "record.yaml") -> str:
    with pytest.raises(InputError) as caught:
        parse(text, name)
    return str(caught.value)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_records_are_refused_with_exactly_this_message(path: Path) -> None:
    message = refusal(read_source(path).text, path.name) + "\n"
    golden = path.with_name(path.name + ".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(message, encoding="utf-8")
    assert message == golden.read_text(encoding="utf-8")


def test_both_forms_give_the_same_record() -> None:
    from_yaml = load_record(HERE / "good" / "yaml-form.yaml")
    assert from_yaml == load_record(HERE / "good" / "jsonl-form.jsonl")
    assert (from_yaml.name, from_yaml.public) == ("Example Lab", False)
    assert from_yaml.complete == {"model_released"}
    assert from_yaml.models == ("example-1", "example-2")
    assert from_yaml.policies == ("rules.yaml",)


def test_every_field_is_read_by_its_type() -> None:
    facts = load_record(HERE / "good" / "yaml-form.yaml").facts
    first, second, third, fourth, fifth, sixth, seventh = facts
    assert first.attributes == {
        "assessment": "comprehensive",
        "effective_compute": Fraction(31 * 10**25),
        "values": (
            {
                "measure": "pass_rate",
                "value": Fraction(2, 5),
                "unit": "5",
                "n": Fraction(5),
                "ci95": (Fraction(1, 10), Fraction(7, 10)),
                "versus": "n/a",
                "crossed": True,
                "label": "on",
            },
        ),
        "by": ("rso",),
        "summary": "on: no, yes",
        "note": "",
        "evaluator": "17",
        "basis": "primary",
    }
    assert first.sources == (
        {"title": "A card", "url": "https://example.org/card"},
        {"title": "memory"},
    )
    assert (first.key, first.confidence, first.known) == (
        "first",
        "seed",
        end_of(parse_day("2025-01-10")),
    )
    assert not first.known_stated
    assert second.precision == "second"
    assert second.earliest == second.latest == start_of(parse_day("2025-02-01")) + 27_000
    assert second.known == end_of(parse_day("2025-02-03"))
    assert second.known_stated
    assert second.models == ("example-1", "example-2")
    assert (third.earliest, third.latest) == (
        start_of(parse_day("2025-04-01")),
        end_of(parse_day("2025-06-30")),
    )
    assert third.coarse
    assert third.attributes["what"] == "2025-01-01"
    assert third.known == end_of(parse_day("2025-05-15"))
    assert fourth.precision == "interval"
    assert fourth.earliest == start_of(parse_day("2025-05-01")) + 21_600
    assert fourth.attributes["discovered"] == (
        start_of(parse_day("2025-05-16")),
        end_of(parse_day("2025-05-16")),
    )
    assert fifth.planned
    assert sixth.amends == "first"
    assert seventh.attributes["findings"] == {"cbrn-3": "below"}
    assert seventh.attributes["notably_more_capable"] is True
    assert [fact.order for fact in facts] == list(range(7))


def test_absence_defaults_to_all_kinds_of_a_complete_record_and_none_of_a_public_one() -> None:
    assert parse("record: A").complete == frozenset(KINDS)
    assert parse("record: A\ncomplete: []").complete == frozenset()
    assert parse("developer: A\nfacts:").complete == frozenset()
    assert parse("developer: A\ncomplete: decision").complete == {"decision"}


def test_several_files_make_one_record(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("record: A\nfacts: [{id: a, date: 2025-01-01, kind: roles}]")
    (tmp_path / "b.yaml").write_text("facts: [{id: b, date: 2025-01-01, kind: roles, amends: a}]")
    (tmp_path / "c.jsonl").write_text('{"id": "c", "date": "2025-01-01", "kind": "roles"}\n')
    (tmp_path / "d.jsonl").write_text('{"record": "A"}\n')
    record = load_record(*(str(tmp_path / name) for name in ("a.yaml", "b.yaml", "c.jsonl")))
    assert [(fact.id, fact.order) for fact in record.facts] == [("a", 0), ("b", 1), ("c", 2)]
    assert load_record(tmp_path / "a.yaml", tmp_path / "d.jsonl").name == "A"


def test_heads_of_several_files_must_agree_and_errors_name_their_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("record: A\nmodels: [m]\nfacts: [{id: a}]")
    (tmp_path / "b.yaml").write_text(
        "developer: A\nfacts: [{id: a, date: 2025-01-01, kind: roles}]"
    )
    (tmp_path / "c.yaml").write_text("record: A\nmodels: [n]\ncomplete: [roles]")
    (tmp_path / "d.yaml").write_text("complete: [roles]")
    with pytest.raises(InputError) as caught:
        load_record(*(tmp_path / f"{name}.yaml" for name in "abcd"))
    found = [(Path(d.source.name).name, d.span.line, d.message) for d in caught.value.diagnostics]
    assert found == [
        ("a.yaml", 3, "the fact has no 'kind'"),
        ("a.yaml", 3, "the fact has no 'date'"),
        ("b.yaml", 1, "this head disagrees with that of the first file, 'record: A'"),
        ("c.yaml", 2, "'models' differs from that of the first file"),
        ("c.yaml", 3, "'complete' differs from that of the first file"),
        ("d.yaml", 1, "this file has a head that does not say whose it is"),
    ]


def test_unreadable_files_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"record": "Caf\xe9"}')
    with pytest.raises(InputError) as caught:
        load_record(tmp_path / "missing.yaml", tmp_path, tmp_path / "latin.jsonl")
    messages = [found.message for found in caught.value.diagnostics]
    assert messages == [
        "there is no such file",
        "this is a folder, not a file",
        "this is not UTF-8 text: byte 0xe9",
    ]
    with pytest.raises(ValueError, match="at least one path"):
        load_record()


@pytest.mark.parametrize("name", ["record.yaml", "record.jsonl"])
def test_a_line_of_ten_megabytes_is_a_short_message(name: str) -> None:
    long = "x" * 10_000_000
    text = f'{{"record": "A"}}\n{{"id": "a", "date": "2025-01-01", "kind": "{long}"}}\n'
    assert len(refusal(text, name)) < 1000
    text = f'{{"record": "A"}}\n{{"id": "a", "date": "2025-01-01", "kind": "roles", "{long}": 1}}\n'
    assert len(refusal(text, name)) < 1000


def test_a_line_of_jsonl_that_is_too_long_is_refused_with_its_place() -> None:
    long = "x" * 10_000_000
    text = f'{{"record":"A"}}\n{{"id":"a","date":"2025-01-01","kind":"roles","note":"{long}"}}'
    message = refusal(text, "record.jsonl")
    assert message.startswith("record.jsonl:2:1: error: line 2 has 10000055 characters")


def test_deep_nesting_and_huge_numbers_are_refused() -> None:
    deep = "[" * 100_000
    head = '{"record":"A"}\n{"id":"a","date":"2025-01-01","kind":"roles","values":'
    assert "nested too deeply" in refusal(head + deep, "r.jsonl")
    for depth in (100, 500, 900, 990):
        value = '[{"measure":"m","value":' + "[" * depth + "]" * depth + "}]}"
        assert "nested" in refusal(head + value, "r.jsonl")
        twice = '[{"measure":"m","measure":"m","value":' + "[" * depth + "]" * depth + "}]}"
        assert "r.jsonl:2:" in refusal(head + twice, "r.jsonl")
    assert "r.jsonl:2:" in refusal(head + "9" * 5000 + "}", "r.jsonl")
    many = '"effective_compute":1e400000000}'
    text = '{"record":"A"}\n{"id":"a","date":"2025-01-01","kind":"roles",' + many
    assert "'effective_compute' must be a number" in refusal(text, "r.jsonl")


def test_a_lone_surrogate_is_refused() -> None:
    assert "r.jsonl:2:" in refusal('{"record":"A"}\n{"id":"\\ud800"}', "r.jsonl")


def test_only_the_first_errors_are_shown_and_the_rest_counted() -> None:
    facts = "\n".join('{"id": "a"}' for _ in range(2 * MOST_REPORTED))
    with pytest.raises(InputError) as caught:
        parse('{"record": "A"}\n' + facts, "r.jsonl")
    found = caught.value.diagnostics
    assert len(found) == MOST_REPORTED + 1
    assert found[-1].message == f"… and {3 * MOST_REPORTED} more"


def test_a_bad_fact_does_not_make_its_correction_wrong_too() -> None:
    facts = "[{id: a, date: x, kind: roles}, {id: b, date: 2025-01-01, kind: roles, amends: a}]"
    assert refusal(f"record: A\nfacts: {facts}").count("error:") == 1


def test_numbers_are_exact() -> None:
    line = '{{"id":"a","date":"2025-01-01","kind":"roles","effective_compute":{}}}'
    for written, value in {
        "0.1": Fraction(1, 10),
        "1e26": Fraction(10**26),
        "-2.50E-1": Fraction(-1, 4),
        "123456789012345678901234567890": Fraction(123456789012345678901234567890),
        '"1/3"': Fraction(1, 3),
        '"3.1e26"': Fraction(31 * 10**25),
    }.items():
        fact = parse('{"record":"A"}\n' + line.format(written), "r.jsonl").facts[0]
        assert fact.attributes["effective_compute"] == value


def test_a_planned_fact_may_be_known_before_its_date() -> None:
    fact = "facts: [{id: a, date: 2026-01-01, known: 2025-01-01, kind: roles, planned: true}]"
    assert parse(f"record: A\n{fact}").facts[0].planned


def test_what_replaces_a_plan_may_be_known_before_the_planned_day() -> None:
    record = parse(
        "record: A\nfacts:\n"
        "- {id: a, date: 2026-03-01, kind: model_released, model: m, planned: true}\n"
        "- {id: b, date: 2026-02-01, kind: model_released, model: m, supersedes: a}\n"
    )
    assert len(record.facts) == 2


def test_facts_inside_another_document_are_numbered() -> None:
    text = "- {date: 2025-01-01, kind: roles}\n- {id: x, date: 2025-01-02, kind: roles}"
    source = Source("cases.yaml", text)
    node = compose(source)
    assert isinstance(node, Sequence)
    assert [fact.id for fact in parse_facts(source, node.items)] == ["f1", "x"]
    bad = Source("cases.yaml", "- {date: 2025-01-01, kind: rols}")
    node = compose(bad)
    assert isinstance(node, Sequence)
    with pytest.raises(InputError, match=r"cases.yaml:1:28: error: unknown kind of fact: 'rols'"):
        parse_facts(bad, node.items)


@pytest.mark.parametrize(("name", "count"), [("anthropic.yaml", 125), ("openai.yaml", 75)])
def test_the_public_records_load(name: str, count: int) -> None:
    path = PUBLIC / name
    if not path.exists():
        pytest.skip(f"the public records are not at {PUBLIC}")
    record = load_record(path)
    assert record.public
    assert len(record.facts) == count


def test_the_shipped_example_loads() -> None:
    record = load_record(Path(ifthen.__file__).parent / "examples" / "anthropic.yaml")
    assert record.public
    policies = [f.attributes["policy"] for f in record.facts if f.kind.startswith("policy_")]
    for version in ("1.0", "2.0", "2.1", "2.2", "3.0", "3.4"):
        assert f"anthropic/rsp@{version}" in policies
