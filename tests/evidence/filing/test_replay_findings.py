"""Findings made again after a correction, on the command line and on real corrections."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ifthen.cli.app import app

LOGS = Path(__file__).parent.parent / "logs" / "data"
METR = Path(__file__).parents[4] / "shared" / "data" / "metr"
EPOCH = Path(__file__).parents[4] / "shared" / "data" / "epoch"
Run = Callable[..., Result]

HEAD = "task,model,question,score\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder; an exception that is no exit fails the test."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(app, ["evidence", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def table(path: Path, passed: int, tasks: int = 60) -> None:
    rows = (f"t,m,q{number},{int(number < passed)}\n" for number in range(tasks))
    path.write_text(HEAD + "".join(rows))


def decided(run: Run, *more: str) -> dict[str, object]:
    """Decide from ``scores.csv`` and file it; what was filed."""
    Path("rule.yaml").write_text("threshold: cbrn-3\nlimit: 0.5\nconfidence: 0.95\n")
    line = ["scores.csv", "--rule", "rule.yaml", "--elicited", "all", "--json"]
    result = run("decide", *line, "--file", "findings.jsonl", "--date", "2025-03-01", *more)
    filed = json.loads(result.stdout)["filed"]
    Path("record.yaml").write_text(
        "record: Example Lab\nfacts:\n"
        "  - {id: d-1, date: 2025-03-02, kind: threshold_decision, model: m, "
        f"findings: {{cbrn-3: below}}, by: [ceo, rso], about: {filed['id']}}}\n"
    )
    return dict(filed)


def replayed(run: Run, *more: str) -> tuple[int, list[dict[str, object]]]:
    files = ["record.yaml", "findings.jsonl", "--at", "2025-04-01"]
    result = run("replay", *files, "--json", *more)
    assert result.stdout, result.stderr
    return result.exit_code, json.loads(result.stdout)["findings"]


def test_nothing_changed(run: Run, tmp_path: Path) -> None:
    table(tmp_path / "scores.csv", passed=10)
    filed = decided(run)
    assert filed["new"]
    code, [found] = replayed(run)
    assert (code, found["state"], found["fact"]) == (0, "same", filed["id"])
    assert not decided(run)["new"], "the same finding is filed once"
    assert len((tmp_path / "findings.jsonl").read_text().splitlines()) == 1


def test_a_file_changed_where_it_lies(run: Run, tmp_path: Path) -> None:
    table(tmp_path / "scores.csv", passed=10)
    decided(run)
    table(tmp_path / "scores.csv", passed=11)
    code, [found] = replayed(run)
    assert (code, found["state"], found["differs"]) == (1, "moved", ["rate"])
    assert found["rests_on_it"] == ["d-1"]
    table(tmp_path / "scores.csv", passed=29)
    code, [found] = replayed(run)
    assert (code, found["state"]) == (1, "changed")
    assert found["then"]["finding"] == "below"  # type: ignore[index]
    assert found["now"]["finding"] == "cannot_rule_out"  # type: ignore[index]
    assert [each["state"] for each in found["inputs"]] == ["differs"]  # type: ignore[attr-defined]


def test_a_corrected_file_elsewhere_and_its_amendment(run: Run, tmp_path: Path) -> None:
    table(tmp_path / "scores.csv", passed=10)
    decided(run)
    table(tmp_path / "corrected.csv", passed=29)
    before = (tmp_path / "findings.jsonl").read_text()
    replace = ("--replace", "scores.csv=corrected.csv")
    code, [found] = replayed(run, *replace)
    assert (code, found["state"]) == (1, "changed")
    assert (tmp_path / "findings.jsonl").read_text() == before, "only --out writes"
    replayed(run, *replace, "--out", "findings.jsonl")
    assert (tmp_path / "findings.jsonl").read_text().startswith(before)
    code, [found] = replayed(run)
    assert (code, found["state"]) == (0, "same"), "the amendment names the corrected file"
    assert found["then"]["finding"] == "cannot_rule_out"  # type: ignore[index]
    code, [found] = replayed(run, "--known", "2025-03-15")
    assert (code, found["state"]) == (0, "same"), "what was known before rests on the old file"
    assert found["then"]["finding"] == "below"  # type: ignore[index]


def test_the_text_names_what_changes_and_what_rests_on_it(run: Run, tmp_path: Path) -> None:
    table(tmp_path / "scores.csv", passed=10)
    filed = decided(run)
    table(tmp_path / "scores.csv", passed=29)
    result = run("replay", "record.yaml", "findings.jsonl", "--at", "2025-04-01")
    assert result.exit_code == 1
    assert f"CHANGED     {filed['id']}: decide of m" in result.stdout
    assert "was below, is cannot_rule_out" in result.stdout
    assert "scores.csv is another file than then" in result.stdout
    assert "rests on it: d-1 (threshold_decision)" in result.stdout
    assert "1 findings: 0 same, 0 moved, 1 changed, 0 gone, 0 failed." in result.stdout


def test_inputs_that_are_gone_or_broken(run: Run, tmp_path: Path) -> None:
    table(tmp_path / "scores.csv", passed=10)
    decided(run)
    (tmp_path / "scores.csv").rename(tmp_path / "elsewhere.csv")
    code, [found] = replayed(run)
    assert (code, found["state"], found["problem"]) == (3, "gone", "not there: scores.csv")
    code, [found] = replayed(run, "--replace", "scores.csv=elsewhere.csv")
    assert (code, found["state"]) == (0, "same")
    (tmp_path / "scores.csv").write_text(HEAD + "t,m,q,maybe\n")
    code, [found] = replayed(run)
    assert (code, found["state"]) == (3, "failed")
    assert "the score is 'maybe'" in str(found["problem"])


def test_inputs_lie_beside_the_record(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(tmp_path / "scores.csv", passed=10)
    decided(run)
    monkeypatch.chdir(tmp_path.parent)
    files = [str(tmp_path / name) for name in ("record.yaml", "findings.jsonl")]
    assert run("replay", *files, "--at", "2025-04-01").exit_code == 0


def test_a_record_without_findings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "record.yaml").write_text(
        "record: L\nfacts:\n  - {id: a, date: 2025-01-01, kind: organisation}\n"
    )
    result = run("replay", "record.yaml")
    assert result.exit_code == 0
    assert "no finding that says how it was made" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--replace", "scores.csv"), "does not say what stands for what"),
        (("--replace", "other.csv=scores.csv"), "no finding rests on 'other.csv'"),
        (("--out", "record.yaml"), "appended only to a JSONL record"),
        (("--at", "never"), "--at"),
    ],
)
def test_bad_options_of_replay(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    table(tmp_path / "scores.csv", passed=10)
    decided(run)
    result = run("replay", "record.yaml", "findings.jsonl", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    "evidence",
    [
        {"measure": "evidence", "function": "decide"},
        {"measure": "evidence", "inputs": []},
        {"measure": "evidence", "function": "decide", "inputs": [{"location": "a"}]},
    ],
)
def test_evidence_that_cannot_be_read_is_refused(
    run: Run, tmp_path: Path, evidence: dict[str, object]
) -> None:
    fact = {"id": "x", "date": "2025-01-01", "kind": "organisation", "values": [evidence]}
    path = tmp_path / "record.jsonl"
    path.write_text('{"record": "L"}\n' + json.dumps(fact) + "\n")
    result = run("replay", "record.jsonl")
    assert result.exit_code == 2
    assert "fact x: error: " in result.stderr


def test_a_function_of_another_version_has_failed(run: Run, tmp_path: Path) -> None:
    evidence = {"measure": "evidence", "function": "older", "inputs": []}
    fact = {"id": "x", "date": "2025-01-01", "kind": "organisation", "values": [evidence]}
    path = tmp_path / "record.jsonl"
    path.write_text('{"record": "L"}\n' + json.dumps(fact) + "\n")
    result = run("replay", "record.jsonl")
    assert result.exit_code == 3
    assert "there is no function 'older'" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--file", "findings.jsonl"), "a fact needs the day on which it happened"),
        (("--date", "2025-03-01"), "nothing is filed"),
        (("--file", "findings.jsonl", "--date", "soon"), "--date"),
        (("--file", "findings.yaml", "--date", "2025-03-01"), "appended only to a JSONL record"),
    ],
)
def test_bad_options_of_filing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    table(tmp_path / "scores.csv", passed=10)
    result = run("decide", "scores.csv", "--limit", "0.5", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not list(tmp_path.glob("findings*"))


def test_decisions_from_logs_with_choices_are_made_again(run: Run, tmp_path: Path) -> None:
    for name in ("errored.eval", "retry.eval", "two-scores.eval"):
        shutil.copy(LOGS / name, tmp_path)
    filing = ("--file", "findings.jsonl", "--date", "2025-03-01", "--as", "example-1")
    line = ("--limit", "0.9", "--alert", "0.5", "--scoring", "mean")
    run("decide", "errored.eval", "retry.eval", *line, *filing)
    chosen = ("--scorer", "graded.speed", "--cluster", "topic", "--budget", "3")
    run("decide", "two-scores.eval", *line, *chosen, *filing)
    (tmp_path / "record.yaml").write_text("record: L\nfacts: []\n")
    code, found = replayed(run)
    assert code == 0
    assert [(each["state"], each["model"]) for each in found] == [("same", ["example-1"])] * 2
    shutil.copy(LOGS / "invalidated.eval", tmp_path / "retry.eval")
    code, found = replayed(run)
    assert code == 1
    assert [each["state"] for each in found] == ["moved", "same"]


@pytest.mark.skipif(not METR.is_dir(), reason="METR's runs are not beside this repository")
def test_the_relabelling_of_early_2025_reaches_a_decision(run: Run, tmp_path: Path) -> None:
    """METR relabelled 359 runs of o1-preview as o1: its horizon can no longer be ruled out."""
    old, new = (METR / f"metr_all_runs_2025-{day}.jsonl" for day in ("01-28", "02-27"))
    filing = ("--file", "findings.jsonl", "--date", "2025-01-30")
    result = run("horizon", str(old), "--agent", "o1-preview", "--bootstrap", "1000", *filing)
    assert 'findings: {"autonomy-checkpoint": below}' in result.stdout
    (tmp_path / "record.yaml").write_text("record: L\nfacts: []\n")
    code, [found] = replayed(run)
    assert (code, found["state"]) == (0, "same")
    code, [found] = replayed(run, "--replace", f"{old}={new}")
    assert (code, found["state"]) == (1, "changed")
    assert found["now"]["finding"] == "cannot_rule_out"  # type: ignore[index]


@pytest.mark.skipif(not EPOCH.is_dir(), reason="Epoch's models are not beside this repository")
def test_a_revision_of_compute_reaches_a_ratio(run: Run, tmp_path: Path) -> None:
    """Epoch revised Claude 3.5 Sonnet from 3.65e25 FLOP to 2.70e25 within a year."""
    from ifthen.evidence.compute.ledger_file import load_ledger
    from ifthen.evidence.compute.ratio import ratio
    from ifthen.evidence.filing.append import append
    from ifthen.evidence.filing.facts import training_progress
    from ifthen.evidence.filing.ratios import work_of

    old, new = EPOCH / "epoch_notable_ai_models_2025-02-24.csv", tmp_path / "revised.csv"
    with old.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        models = list(reader)
    for model in models:
        if model["Model"] == "Claude 3.5 Sonnet":
            model["Training compute (FLOP)"] = "2.7e25"
    with new.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames or ())
        writer.writeheader()
        writer.writerows(models)
    names = {"model": "Claude 3.5 Sonnet", "since": "Claude 2", "of": "training"}
    found = ratio(load_ledger(old), **names, triggers=[4.0])  # type: ignore[arg-type]
    fact = training_progress(work_of(found, 4.0), date="2025-02-24", model="Claude 3.5 Sonnet")
    append(tmp_path / "findings.jsonl", [fact])
    (tmp_path / "record.yaml").write_text("record: L\nfacts: []\n")
    code, [again] = replayed(run)
    assert (code, again["state"]) == (0, "same")
    code, [again] = replayed(run, "--replace", f"{old}={new}")
    assert code == 1
    assert again["differs"] == ["training_ratio"]


def test_a_growth_within_one_model_is_found_again_when_its_ledger_goes_on(
    run: Run, tmp_path: Path
) -> None:
    made = "algorithms: {value: 1, times: 1.1}, post_training: {value: 1, times: 1.1}, source: x"
    head = (
        "ledger: Lab\nruns:\n"
        f"  - {{model: b, date: 2025-01-10, flop: 1e25, {made}, assessed: true}}\n"
        f"  - {{model: b, date: 2025-03-01, flop: 6e25, {made}}}\n"
    )
    (tmp_path / "ledger.yaml").write_text(head)
    assert run("compute", "ledger.yaml", "--file", "findings.jsonl").exit_code == 1
    (tmp_path / "record.yaml").write_text("record: Lab\nfacts: []\n")
    assert replayed(run)[1][0]["state"] == "same"
    more = f"  - {{model: b, date: 2025-03-20, flop: 9e25, {made}, assessed: true}}\n"
    (tmp_path / "ledger.yaml").write_text(head + more)
    assert replayed(run)[1][0]["state"] == "same", "what came later was not asked about"
    (tmp_path / "ledger.yaml").write_text(head.replace("6e25", "2e25") + more)
    code, [found] = replayed(run)
    assert (code, found["state"]) == (1, "changed")
