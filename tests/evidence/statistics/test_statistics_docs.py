"""``docs/evidence.md`` says what the commands and the rules do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from ifthen.cli.app import app
from ifthen.evidence.elicitation import ITEMS
from ifthen.evidence.finding import EXIT_CODES
from ifthen.evidence.rule_file import parse_rule
from ifthen.evidence.statistics.bounds import CLT_LEAST
from ifthen.policy.source import Source
from ifthen.vocabulary import FINDINGS

PAGE = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"\n{title}\n")[2].partition("\n## ")[0]


def test_the_rule_file_shown_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", section("### A rule file"), re.S)
    rule = parse_rule(Source("rule.yaml", text))
    assert rule.threshold == "asl-3-autonomy"
    assert rule.margin.covers == {"best-of-n"}


def test_the_items_of_elicitation_are_explained() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \|$", section("### Elicitation"), re.M)
    assert dict(rows) == dict(ITEMS)


def test_findings_and_exit_codes_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (\d) \|$", section("## Deciding"), re.M)
    assert {finding: int(code) for finding, code in rows} == EXIT_CODES
    assert set(EXIT_CODES) == set(FINDINGS)
    assert f"fewer\nthan {CLT_LEAST} tasks" in PAGE


def test_the_line_shown_is_what_is_printed() -> None:
    found = section("## Whether an alert line is sound")
    (command,) = re.findall(r"```\n(ifthen .*?)\n```", found, re.S)
    (shown,) = re.findall(r"```text\n(.*?)```", found, re.S)
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.stdout == shown
    assert result.exit_code == 1
