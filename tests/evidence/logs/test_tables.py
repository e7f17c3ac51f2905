"""Tables of attempts: what is written reads as the same rows; bad cells are refused in place."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ifthen.evidence.attempts import resolve
from ifthen.evidence.load import load
from ifthen.evidence.rows import Rows, Status
from ifthen.evidence.tables import COLUMNS, write_table
from ifthen.policy.source import InputError

DATA = Path(__file__).parent / "data"
FORMS = ("csv", "jsonl", "parquet")
HEAD = "task,model,question,epoch,score,status,started"


def refusal(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load([str(path)])
    return str(caught.value).replace(str(path), path.name)


def told(rows: Rows) -> list[tuple[object, ...]]:
    nothing = [None] * len(rows)
    return [
        (
            (log := rows.logs[index]).subject,
            log.status,
            log.created,
            log.run,
            question,
            epoch,
            status,
            None if math.isnan(score) else score,
            cluster,
            family,
        )
        for index, question, epoch, status, score, cluster, family in zip(
            rows.log.tolist(),
            rows.question.tolist(),
            rows.epoch.tolist(),
            rows.status.tolist(),
            rows.score.tolist(),
            nothing if rows.cluster is None else rows.cluster.tolist(),
            nothing if rows.family is None else rows.family.tolist(),
            strict=True,
        )
    ]


@pytest.mark.parametrize("form", FORMS)
def test_logs_written_as_a_table_read_as_the_same_rows(tmp_path: Path, form: str) -> None:
    names = ["errored.eval", "retry.eval", "crashed.eval", "invalidated.json", "error.eval"]
    rows = load([str(DATA / name) for name in names])
    path = tmp_path / f"attempts.{form}"
    write_table(rows, str(path), form)
    again = load([str(path)])
    assert told(again) == told(rows)
    assert [log.origin for log in again.logs] == [
        f"{log.digest} {log.location}" for log in rows.logs
    ]
    assert told(resolve(again).rows) == told(resolve(rows).rows)


_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda text: text == text.strip()
)
_row = st.fixed_dictionaries(
    {
        "question": _text,
        "epoch": st.integers(1, 9),
        "score": st.none() | st.floats(-2, 2),
        "cluster": st.none() | _text,
        "family": st.none() | _text,
    }
)
_tables = st.lists(_row, min_size=1, unique_by=lambda row: (row["question"], row["epoch"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_tables, st.sampled_from(FORMS))
def test_any_table_survives_being_written(tmp_path: Path, made: list[dict], form: str) -> None:
    import json

    source = tmp_path / "made.jsonl"
    lines = [{"task": "t", "model": "m", **row} for row in made]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    rows = load([str(source)])
    assert rows.question.tolist() == [row["question"] for row in made]
    scores = [None if math.isnan(score) else score for score in rows.score.tolist()]
    assert scores == [row["score"] for row in made]
    path = tmp_path / f"again.{form}"
    write_table(rows, str(path), form)
    assert told(load([str(path)])) == told(rows)


BAD = {
    "score": (f"{HEAD}\nt,m,q,1,maybe,,\n", "a.csv:2:9: error: the score is 'maybe'"),
    "epoch": (f"{HEAD}\nt,m,q,0,1,,\n", "a.csv:2:7: error: '0' is no epoch"),
    "half": (f"{HEAD}\nt,m,q,1.5,1,,\n", "a.csv:2:7: error: '1.5' is no epoch"),
    "status": (f"{HEAD}\nt,m,q,1,1,nope,\n", "a.csv:2:11: error: 'nope' is no status"),
    "both": (f"{HEAD}\nt,m,q,1,1,errored,\n", "the attempt is 'errored' and has a score"),
    "neither": (f"{HEAD}\nt,m,q,1,,scored,\n", "the attempt is 'scored' and has no score"),
    "empty": (f"{HEAD}\nt,,q,1,1,,\n", "a.csv:2:3: error: 'model' is empty"),
    "twice": (f"{HEAD}\nt,m,q,1,1,,\nt,m,q,1,0,,\n", "given twice, first in row 2"),
    "units": (
        f"{HEAD}\nt,m,q,1,1,,1740000000\nt,m,r,1,1,,1740000000000\n",
        "a.csv:3:12: error: 1740000000000 are milliseconds, and row 2 gives seconds",
    ),
    "no time": (f"{HEAD}\nt,m,q,1,1,,12\n", "12 is no time"),
    "no date": (f"{HEAD}\nt,m,q,1,1,,soon\n", "'soon' is no time"),
    "width": (f"{HEAD}\nt,m,q\n", "this row has 3 cells, and there are 7 columns"),
    "unknown": ("task,model,question,scores\nt,m,q,1\n", "did you mean 'score'?"),
    "missing": ("task,model\nt,m\n", "the table has no column 'question' and 'score'"),
    "column twice": ("task,model,question,score,score\n", "'score' is given twice"),
    "nothing": ("", "the table is empty"),
    "quote": (f'{HEAD}\nt,m,"q\n', "this line is not CSV"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_tables_are_refused_where_they_are_wrong(tmp_path: Path, name: str) -> None:
    text, said = BAD[name]
    assert said in refusal(tmp_path / "a.csv", text)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = refusal(tmp_path / "a.csv", f"{HEAD}\nt,m,q,0,maybe,nope,\nt,m,r,1,x,,\n")
    assert said.count("error:") == 4
    assert "t,m,q,0,maybe,nope,\n          ^^^^^" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"task": 1\n', "a.jsonl:1:1: error: this line is no JSON object"),
        ("[1]\n", "this line is no JSON object"),
        ('{"task":"t","model":"m","question":"q","score":[1]}\n', "a.jsonl:1:40: error: the score"),
        ('{"task":"t","model":"m","question":true,"score":1}\n', "'question' must be text"),
    ],
)
def test_bad_lines_of_json_are_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path / "a.jsonl", text)


def test_bytes_that_are_no_text_or_no_parquet_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"task,model,question,score\nt,m,\xff,1\n")
    with pytest.raises(InputError, match="line 2 is not UTF-8"):
        load([str(tmp_path / "a.csv")])
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="not a whole Parquet file"):
        load([str(tmp_path / "a.parquet")])


def test_a_bad_cell_of_parquet_is_named_by_row_and_column(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow.parquet import write_table as write

    table = {"task": ["t"] * 2, "model": ["m"] * 2, "question": ["a", "b"], "score": ["C", "x"]}
    write(pyarrow.table(table), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="row 2, column 'score': the score is 'x'"):
        load([str(tmp_path / "a.parquet")])


def test_seconds_milliseconds_and_words_are_one_time(tmp_path: Path) -> None:
    for name, started in (("s", "1740000000"), ("ms", "1740000000000"), ("w", "2025-02-19T21:20Z")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"{HEAD}\nt,m,q,1,1,,{started}\n")
        assert load([str(path)]).logs[0].created == "2025-02-19T21:20:00Z"


def test_letters_and_empty_scores(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("task,model,question,score\nt,m,a,C\nt,m,b,\nt,m,c,NaN\n")
    rows = load([str(path)])
    assert rows.status.tolist() == [Status.SCORED, Status.UNSCORED, Status.UNSCORED]
    assert rows.score[0] == 1


def test_many_rows_are_read_in_chunks(tmp_path: Path) -> None:
    from ifthen.evidence.cells import CHUNK

    path = tmp_path / "a.csv"
    count = 2 * CHUNK + 1
    lines = (f"t,m,q{number},{number % 2}\n" for number in range(count))
    path.write_text("task,model,question,score\n" + "".join(lines))
    rows = load([str(path)])
    assert len(rows) == count
    assert np.array_equal(rows.score, np.arange(count) % 2)
    path.write_text(path.read_text() + "t,m,q0,x\n")
    with pytest.raises(InputError, match=f"a.csv:{count + 2}:8"):
        load([str(path)])


def test_the_documented_columns_are_those_that_are_read() -> None:
    text = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")
    for name, meaning in COLUMNS.items():
        assert f"| `{name}` | {meaning} |" in text
