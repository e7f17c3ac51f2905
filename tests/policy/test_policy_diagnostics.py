"""What the loader says about broken documents, word for word."""

from pathlib import Path

import pytest

from ifthen.policy.load import load_policy, parse_policy
from ifthen.policy.source import InputError, Source
from ifthen.policy.yaml import MAX_LINE, compose

BAD = Path(__file__).parent / "bad"
CASES = sorted(path.stem for path in BAD.glob("*.yaml"))


@pytest.mark.parametrize("name", CASES)
def test_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(InputError) as caught:
        load_policy(f"{name}.yaml")
    assert str(caught.value) + "\n" == Path(f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_diagnostics_are_sorted_and_placed_in_the_file(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(InputError) as caught:
        load_policy(f"{name}.yaml")
    places = [(d.span.line, d.span.column) for d in caught.value.diagnostics]
    assert places == sorted(places)
    for diagnostic in caught.value.diagnostics:
        text = diagnostic.source.line(diagnostic.span.line)
        assert 1 <= diagnostic.span.column <= len(text) + 1


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        load_policy(tmp_path / "none.yaml")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is a folder"):
        load_policy(str(tmp_path))
    with pytest.raises(InputError, match="this is a folder"):
        load_policy(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "title: " + "x" * 10_000_000,
        "x" * 10_000_000,
        "define: {a: " + "(" * 10_000_000 + "}",
        'title: "' + "a" * 10_000_000,
    ],
)
def test_an_overlong_line_is_one_clear_error(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_policy(Source("long.yaml", text))
    (diagnostic,) = caught.value.diagnostics
    assert f"at most {MAX_LINE} are read" in diagnostic.message
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("length", [100_000, MAX_LINE - 100])
@pytest.mark.parametrize(
    "form",
    ["policy: {}", "{}: 1", "define: {{a: {}}}", "clauses: [{{kind: {}}}]", "rows: [{}..{}]"],
)
def test_long_values_give_short_messages(form: str, length: int) -> None:
    text = form.format(*["x" * (length // form.count("{}"))] * 2)
    with pytest.raises(InputError) as caught:
        parse_policy(Source("long.yaml", text))
    assert len(str(caught.value)) < 4_000


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_unusual_line_breaks_do_not_move_places(character: str) -> None:
    source = Source("breaks.yaml", f"title: a{character}b\ntitle: c\n")
    with pytest.raises(InputError) as caught:
        compose(source)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.span.line == 2


def test_only_a_variable_of_the_right_sort_is_offered():
    text = """policy: lab/p@1
title: T
effective: 2024-01-01
source: s
scale: [low, high]
categories:
  cyber: {title: Cyber, levels: {high: {}}}
thresholds:
  big: {title: Big}
clauses:
- id: c
  kind: maintain
  title: t
  source: s
  for_each: model
  while: "some t in thresholds: level(cyber, afterwards) >= high"
  keep: "every t in thresholds: status(tt) = below"
"""
    with pytest.raises(InputError) as caught:
        parse_policy(Source("p.yaml", text))
    hints = {one.message: one.hint for one in caught.value.diagnostics}
    assert hints["unknown mitigation 'afterwards'"] == "known: post, pre"
    assert "t" in hints["unknown threshold 'tt'"]
