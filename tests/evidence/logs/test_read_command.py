"""``ifthen evidence read``: text, JSON, tables, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ifthen.cli.app import app

HERE = Path(__file__).parent
DATA = HERE / "data"
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Read logs named as in ``data/``; an exception that is no exit fails the test."""
    monkeypatch.chdir(DATA)

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(app, ["evidence", "read", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


TEXTS = {
    "several": ["errored.eval", "retry.eval", "crashed.eval", "error.eval"],
    "withdrawn": ["zstd-2.eval", "invalidated.eval"],
    "mapping": ["two-scores.eval", "--scorer", "graded.speed"],
    "nan": ["nan.eval", "cancelled.json"],
}


@pytest.mark.parametrize("name", TEXTS)
def test_text(run: Run, name: str) -> None:
    result = run(*TEXTS[name])
    assert result.exit_code == 0
    golden = HERE / "golden" / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(result.stdout)
    assert result.stdout == golden.read_text()


def test_json(run: Run) -> None:
    found = json.loads(run("invalidated.eval", "retry.eval", "--json").stdout)
    assert [log["invalidated"] for log in found["logs"]] == [True, False]
    assert [log["counts"]["invalidated"] for log in found["logs"]] == [2, 0]
    [evaluation] = found["evaluations"]
    assert evaluation["task"] == "small"
    assert evaluation["logs"] == [log["digest"] for log in found["logs"]]
    assert evaluation["counts"] == {"scored": 8, "errored": 0, "invalidated": 0, "unscored": 0}
    assert (evaluation["low"], evaluation["high"]) == (0.625, 0.625)
    assert found["written"] is None


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_the_table_that_is_written_says_the_same(run: Run, tmp_path: Path, form: str) -> None:
    out = str(tmp_path / f"attempts.{form}")
    logs = ["errored.eval", "invalidated.eval", "nan.eval", "error.eval"]
    first = run(*logs, "--out", out, "--json")
    assert json.loads(first.stdout)["written"] == out
    again = run(out, "--json")

    def means(result: Result) -> list[dict[str, object]]:
        found = json.loads(result.stdout)["evaluations"]
        return [{k: v for k, v in each.items() if k not in ("logs", "conflicts")} for each in found]

    assert means(again) == means(first)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["two-scores.eval"], "two-scores.eval: error: there are 3 scores"),
        (["retry.eval", "--scorer", "mach"], "there is no score 'mach'"),
        (["retry.eval", "--out", "a.xlsx"], "--out: error: 'a.xlsx' names no kind of table"),
        (["retry.eval", "--out", "no/a.csv"], "cannot be written: "),
        (["nowhere.eval", "neither.json"], "neither.json: error: there is no such file"),
        (["../golden"], "there is no log in this folder"),
    ],
)
def test_bad_input(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_reading_needs_no_inspect_and_help_needs_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from ifthen.cli.app import app\n"
        "assert CliRunner().invoke(app, ['evidence', '--help']).exit_code == 0\n"
        "print(sorted({'numpy', 'scipy', 'pyarrow', 'fsspec'} & set(sys.modules)))\n"
        f"result = CliRunner().invoke(app, ['evidence', 'read', {str(DATA / 'retry.eval')!r}])\n"
        "print(result.exit_code, sorted({'inspect_ai', 'pandas', 'pydantic'} & set(sys.modules)))"
    )
    assert python(code) == "[]\n0 []\n"


def test_a_library_that_is_missing_is_named() -> None:
    code = (
        "import sys\n"
        "sys.modules['numpy'] = None\n"
        "from ifthen.cli.app import app\n"
        f"app(['evidence', 'read', {str(DATA / 'retry.eval')!r}])"
    )
    said = python(code)
    assert "this needs the library 'numpy', which is not installed" in said
    assert "pip install 'ifthen[evals]'" in said
    assert "Traceback" not in said
