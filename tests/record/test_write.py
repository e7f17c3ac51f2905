"""Writing: what is written loads to an equal record."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ifthen
from ifthen.policy.source import Source
from ifthen.record.load import load_record, parse_record
from ifthen.record.model import Record
from ifthen.record.write import to_jsonl, to_yaml

HERE = Path(__file__).parent
PUBLIC = HERE.parents[2] / "shared" / "data" / "public-record"
EXAMPLE = Path(ifthen.__file__).parent / "examples" / "anthropic.yaml"


def check(record: Record) -> None:
    assert parse_record(Source("r.yaml", to_yaml(record))) == record
    assert parse_record(Source("r.jsonl", to_jsonl(record))) == record


@pytest.mark.parametrize(
    "path",
    [
        HERE / "good" / "yaml-form.yaml",
        EXAMPLE,
        PUBLIC / "anthropic.yaml",
        PUBLIC / "openai.yaml",
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_round_trip(path: Path) -> None:
    if not path.exists():
        pytest.skip(f"{path} is not here")
    check(load_record(path))


BASE = load_record(HERE / "good" / "yaml-form.yaml")
TEXT = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1
).filter(lambda text: not text.isspace())
TRICKY = TEXT | st.sampled_from(
    ["1e5", "yes", "true", "~", "null", "- a", "a: b", "a #b", "2025-01-01", "'", '"', " a ", "0x1"]
)
FINITE = st.builds(
    lambda digits, power: Fraction(digits) * Fraction(10) ** power,
    st.integers(-(10**12), 10**12),
    st.integers(-30, 30),
)


@given(TRICKY, TRICKY, st.lists(st.one_of(TRICKY, FINITE, st.booleans()), max_size=3))
def test_any_text_and_number_survives(note: str, measure: str, value: list[object]) -> None:
    first = BASE.facts[0]
    changed = replace(
        first,
        attributes={
            "note": note,
            "values": ({"measure": measure, "value": tuple(value)},),
        },
    )
    check(replace(BASE, facts=(changed, *BASE.facts[1:])))


@given(st.fractions())
def test_any_exact_number_of_an_attribute_survives(number: Fraction) -> None:
    changed = replace(BASE.facts[0], attributes={"effective_compute": number})
    check(replace(BASE, facts=(changed,)))


def test_json_cannot_hold_a_measured_value_without_a_decimal_form() -> None:
    values = ({"measure": "share", "value": Fraction(1, 3)},)
    record = replace(BASE, facts=(replace(BASE.facts[0], attributes={"values": values}),))
    assert parse_record(Source("r.yaml", to_yaml(record))) == record
    with pytest.raises(ValueError, match="1/3 has no finite decimal form"):
        to_jsonl(record)


def test_numbers_are_written_short() -> None:
    def written(number: Fraction) -> str:
        fact = replace(BASE.facts[0], attributes={"effective_compute": number})
        line = to_jsonl(replace(BASE, facts=(fact,))).splitlines()[1]
        return line.partition('"effective_compute":')[2].partition(",")[0]

    assert written(Fraction(31 * 10**25)) == "3.1e26"
    assert written(Fraction(2, 5)) == "0.4"
    assert written(Fraction(-5, 4)) == "-1.25"
    assert written(Fraction(1000)) == "1000"
    assert written(Fraction(1, 10**9)) == "1e-9"
    assert written(Fraction(1, 3)) == '"1/3"'
    assert written(Fraction(0)) == "0"
