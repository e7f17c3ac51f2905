"""What the commands file, and people sign, is what rulings read."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ifthen import load_policy, load_record, may, rule
from ifthen.cli.app import app

RSP = load_policy("anthropic/rsp@2.2")
RECORD = """\
record: Example Lab
policies: [anthropic/rsp@2.2]
facts:
  - {id: adopted, date: 2025-01-01, kind: policy_adopted, policy: anthropic/rsp@2.2}
  - {id: a-train, date: 2025-01-02, kind: training_started, model: a}
  - {id: a-start, date: 2025-01-10, kind: assessment_started, assessment: comprehensive, model: a}
  - {id: a-done, date: 2025-01-20, kind: assessment_completed, assessment: comprehensive, model: a}
  - {id: b-train, date: 2025-02-01, kind: training_started, model: b}
  - {id: b-tests, date: 2025-04-12, kind: assessment_completed, assessment: preliminary, model: b}
"""
LEDGER = """\
ledger: Example Lab
runs:
  - model: a
    date: 2025-01-10
    flop: 3.0e25
    algorithms: {value: 1.0, times: 1.2}
    post_training: {value: 2.0, times: 1.2}
    source: cluster accounting
    assessed: true
  - model: b
    date: 2025-04-10
    flop: FLOP
    algorithms: {value: 1.0, times: 1.2}
    post_training: {value: 16.0, times: 1.2}
    source: cluster accounting
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "record.yaml").write_text(RECORD)
    return tmp_path


def evidence(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["evidence", *arguments])
    assert result.exit_code != 2, result.output
    return result.output


@pytest.mark.parametrize(
    ("flop", "of", "status"),
    [
        ("4.0e25", "pretraining", "dormant"),
        ("1.2e26", "pretraining", "undetermined"),
        ("4.0e26", "pretraining", "pending"),
        ("4.0e25", "effective", "pending"),
        ("4.0e26", "training", "undetermined"),
    ],
)
def test_a_growth_decides_whether_a_model_is_notably_more_capable(
    folder: Path, flop: str, of: str, status: str
) -> None:
    """RSP v2.2, section 3.1: four times the effective compute; training compute alone is none."""
    (folder / "ledger.yaml").write_text(LEDGER.replace("FLOP", flop))
    evidence("compute", "ledger.yaml", "--of", of, "--file", "findings.jsonl")
    record = load_record("record.yaml", "findings.jsonl")
    [found] = [
        finding
        for finding in rule([RSP], record, "2025-05-01").findings
        if finding.clause.endswith("#comprehensive") and finding.subject.model == "b"
    ]
    assert found.status == status


def test_a_decision_that_people_sign_changes_what_may_be_done(folder: Path) -> None:
    rows = [f"t,b,q{number},{number % 2}\n" for number in range(60)]
    (folder / "t.csv").write_text("task,model,question,score\n" + "".join(rows))
    (folder / "rule.yaml").write_text("threshold: cbrn-3\nlimit: 0.9\nconfidence: 0.95\n")
    said = evidence(
        *("decide", "t.csv", "--rule", "rule.yaml", "--elicited", "all"),
        *("--file", "findings.jsonl", "--date", "2025-04-20"),
    )
    proposed = said[said.index("- id:") :]
    answers = []
    for finding in ("below", "crossed"):
        signed = proposed.replace("id:", "id: d-1", 1).replace("date:", "date: 2025-04-25")
        signed = signed.replace("by:", "by: [ceo, rso]").replace("below", finding)
        indented = "".join(f"  {line}\n" for line in signed.splitlines())
        (folder / "record.yaml").write_text(RECORD + indented)
        record = load_record("record.yaml", "findings.jsonl")
        answers.append(may([RSP], record, "deploy", "b", "2025-05-01"))
    below, crossed = answers
    assert below.as_json() != crossed.as_json()
    assert crossed.answer == "held"
    assert "asl-3" in str(crossed.as_json())
    assert "asl-3" not in str(below.as_json())
