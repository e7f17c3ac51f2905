"""Cross-walks name only what exists, and with the policies account for every row of the facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from ifthen import InputError, load_policy, policy_ids
from ifthen.cli.app import app
from ifthen.policy.source import Source
from ifthen.reports.coverage_text import write_coverage
from ifthen.reports.page import Page
from ifthen.review.crosswalk import (
    coverage_of,
    crosswalk_names,
    load_crosswalk,
    parse_crosswalk,
)

FACTS = Path(__file__).parents[3] / "shared" / "facts"
ROW = re.compile(
    r"^(?:\|\s*\**|###\s+)([A-Z][A-Z0-9]*-(?:[A-Z0-9]+-)*[A-Z]?)(\d+)(?:/(\d+))?(?=[\s|*]|$)",
    re.MULTILINE,
)
"""A row of a table, or a heading, with its id; ``C6/7`` is two of them."""
LEVELS = re.compile(r"ASL-\d")
"""Names of levels that open rows of a table and are no rows of the facts themselves."""


TEXT = """
crosswalk: small
title: A small list
source: A list
policies: [us-ca/sb53@2025, anthropic/rsp@2.0, anthropic/rsp@2.2]
elements:
  - element: LIST-1
    title: Thresholds
    text: There are some.
    source: p.1
    answers:
      us-ca/sb53@2025: []
      anthropic/rsp@2.0: [deploy-gate, standard asl-3-security, capability-decision/tell]
      anthropic/rsp@2.2: anthropic/rsp@2.0
  - element: LIST-2
    title: A word
    text: It is explained.
    source: p.2
    reason: explanation
    note: says what a word means
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_crosswalk(Source("small.yaml", text))
    return [one.render() for one in caught.value.diagnostics]


@pytest.mark.parametrize("name", crosswalk_names())
def test_every_element_is_answered_or_says_why_not(name: str) -> None:
    walk = load_crosswalk(name)
    covered = coverage_of(walk)
    assert [row.row for row in covered.rows if row.state == "missing"] == []
    assert covered.complete
    assert walk.id == name


@pytest.mark.parametrize("name", ["metr-common-elements", "seoul"])
def test_every_policy_of_the_package_is_asked(name: str) -> None:
    assert sorted(load_crosswalk(name).policies) == sorted(policy_ids())


def test_every_row_of_the_facts_is_accounted_for() -> None:
    if not FACTS.is_dir():
        pytest.skip(f"the facts are not at {FACTS}")
    in_facts = {
        prefix + number
        for path in FACTS.glob("*.md")
        for prefix, *numbers in ROW.findall(path.read_text(encoding="utf-8"))
        for number in numbers
        if number and not LEVELS.fullmatch(prefix + number)
    }
    in_policies = {row for name in policy_ids() for row in load_policy(name).rows}
    in_walks = {e.row for name in crosswalk_names() for e in load_crosswalk(name).elements}
    assert in_facts - in_policies - in_walks == set()
    assert (in_policies | in_walks) - in_facts == set()
    assert in_walks & in_policies == set()


def test_an_answer_names_a_part_and_what_it_is() -> None:
    walk = parse_crosswalk(Source("small.yaml", TEXT))
    first, second = walk.elements
    named = ["clause deploy-gate", "standard asl-3-security", "step capability-decision/tell"]
    assert list(map(str, first.answers["anthropic/rsp@2.0"])) == named
    assert first.answers["anthropic/rsp@2.2"] == first.answers["anthropic/rsp@2.0"]
    assert first.answers["us-ca/sb53@2025"] == ()
    states = [(row.state, row.by, row.reason) for row in coverage_of(walk).rows]
    assert states == [
        ("encoded", ("anthropic/rsp@2.0", "anthropic/rsp@2.2"), ""),
        ("not_checkable", (), "explanation"),
    ]
    assert second.answers == {}


def test_an_element_that_nothing_answers_is_missing() -> None:
    nothing = re.sub(r"rsp@2.0: \[.*\]", "rsp@2.0: []", TEXT)
    covered = coverage_of(parse_crosswalk(Source("small.yaml", nothing)))
    page = Page()
    write_coverage(page, covered, brief=True)
    assert page.text() == (
        "small\n"
        "  LIST-1     MISSING        no policy answers it\n"
        "  2 elements: 0 answered, 1 with a reason not to be, 1 missing.\n"
    )
    assert (covered.rows[0].state, covered.rows[0].why) == ("missing", "no policy answers it")
    assert not covered.complete


def test_unknown_policies_and_ids_are_refused_with_their_place() -> None:
    wrong = TEXT.replace("us-ca/sb53@2025: []", "us-ca/sb35@2025: []")
    assert problems(wrong) == [
        "small.yaml:11:5: error: no answer for us-ca/sb53@2025\n"
        "      answers:\n"
        "      ^^^^^^^\n"
        "  write [] where nothing in it answers",
        "small.yaml:12:7: error: unknown policy 'us-ca/sb35@2025'\n"
        "        us-ca/sb35@2025: []\n"
        "        ^^^^^^^^^^^^^^^\n"
        "  did you mean 'us-ca/sb53@2025'?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[deploy-gate,", "[deploy-gat,", "unknown part 'deploy-gat' of anthropic/rsp@2.0"),
        ("standard asl-3", "clause asl-3", "unknown part 'clause asl-3-security'"),
        ("LIST-2", "LIST-1", "the element LIST-1 is given twice"),
        ("    note: says what a word means\n", "", "'reason' makes sense only beside 'note'"),
        ("reason: explanation", "reason: because", "unknown reason 'because'"),
        ("rsp@2.2: anthropic/rsp@2.0", "rsp@2.2: all", "expected a list of ids"),
        (", anthropic/rsp@2.2]", "]", "anthropic/rsp@2.2 is not among the policies"),
        ("elements:", "element:", "unknown key 'element' in a cross-walk"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, said: str) -> None:
    assert old in TEXT
    assert any(said in message for message in problems(TEXT.replace(old, new, 1)))


def test_an_id_that_names_two_parts_must_say_which() -> None:
    text = TEXT.replace("us-ca/sb53@2025: []", "eu/gpai-code@2025: [safety-mitigations]")
    text = text.replace("[us-ca/sb53@2025,", "[eu/gpai-code@2025,")
    (message,) = problems(text)
    assert "'safety-mitigations' names several parts" in message
    assert "write 'clause safety-mitigations' or 'standard safety-mitigations'" in message


# --- the command -------------------------------------------------------------------------------


@pytest.fixture
def run() -> Callable[..., tuple[int, str, str]]:
    def invoke(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, result.stdout, result.stderr

    return invoke


def test_the_command_shows_elements_and_answers(run: Callable[..., tuple[int, str, str]]) -> None:
    code, shown, _ = run("policy", "crosswalk", "seoul")
    assert code == 0
    assert "SEO-4  Go on only below the threshold" in shown
    assert re.search(r"anthropic/rsp@2.0 +clauses deploy-gate, follow-up-gate", shown)
    assert max(map(len, shown.splitlines())) <= 80
    code, shown, _ = run("policy", "crosswalk", "seoul", "--json")
    walk = json.loads(shown)
    assert (code, walk["crosswalk"], len(walk["elements"])) == (0, "seoul", 9)
    answers = {e["element"]: e["answers"] for e in walk["elements"]}
    assert {"part": "clause", "id": "deploy-gate"} in answers["SEO-4"]["anthropic/rsp@2.0"]


def test_the_command_refuses_what_it_does_not_know(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, shown, said = run("policy", "crosswalk", "soul")
    assert (code, shown) == (2, "")
    assert "there is no such cross-walk" in said
    assert "did you mean 'seoul'?" in said
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace("deploy-gate", "deploy-gat"))
    code, _, said = run("policy", "crosswalk", str(path))
    assert code == 2
    assert "mine.yaml:13:" in said
