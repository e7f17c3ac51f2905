"""Inspect logs as rows: every form, what is missing from them, and bad ones refused by name.

The logs in ``data/`` are small runs of Inspect, made by ``make.py``: four questions, twice each.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec
import pytest
from backports.zstd import zipfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ifthen.evidence.attempts import mean, resolve
from ifthen.evidence.load import Choices, load
from ifthen.evidence.logs.form import without_constants
from ifthen.evidence.rows import Counts, Rows
from ifthen.policy.source import InputError

DATA = Path(__file__).parent / "data"
SCORED = ["q1", "q2", "q3", "q4", "q1", "q2", "q3", "q4"]
PLAIN = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0]
"""Of the run that most of the logs tell of, first epoch first."""
in_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def read(name: str, **choices: str) -> Rows:
    return load([str(DATA / name)], Choices(**choices))


def cells(rows: Rows) -> list[tuple[str, int, str, float | None]]:
    names = ("scored", "errored", "invalidated", "unscored")
    return [
        (question, epoch, names[status], None if math.isnan(score) else score)
        for question, epoch, status, score in zip(
            rows.question.tolist(),
            rows.epoch.tolist(),
            rows.status.tolist(),
            rows.score.tolist(),
            strict=True,
        )
    ]


def states(rows: Rows) -> dict[tuple[str, int], str]:
    return {(question, epoch): status for question, epoch, status, _ in cells(rows)}


def refusal(path: Path, **choices: str) -> str:
    with pytest.raises(InputError) as caught:
        load([str(path)], Choices(**choices))
    return str(caught.value)


Change = Callable[[str, Any], Any]


def rewritten(
    target: Path,
    change: Change,
    source: str = "zstd-2.eval",
    dump: Callable[[Any], str] = json.dumps,
) -> Path:
    """A log with its members changed; one that becomes None is left out."""
    with zipfile.ZipFile(DATA / source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            changed = change(name, json.loads(old.read(name)))
            if changed is not None:
                new.writestr(name, changed if isinstance(changed, str) else dump(changed))
    return target


@pytest.mark.parametrize(("name", "version"), [("zstd-2.eval", 2), ("deflate-3.eval", 3)])
def test_both_versions_and_both_compressions_read_alike(name: str, version: int) -> None:
    rows = read(name)
    epochs = [1] * 4 + [2] * 4
    assert cells(rows) == [
        (question, epoch, "scored", score)
        for question, epoch, score in zip(SCORED, epochs, PLAIN, strict=True)
    ]
    [log] = rows.logs
    assert (log.version, log.form, log.status) == (version, "eval", "success")
    assert (log.task, log.task_version, log.model) == ("small", "1-a", "mockllm/model")
    assert log.scorer == "match"
    assert log.counts == Counts(scored=8)


def test_provenance_is_that_of_the_bytes() -> None:
    import hashlib

    path = DATA / "zstd-2.eval"
    [log] = read("zstd-2.eval").logs
    assert log.digest == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert log.location == str(path)
    assert log.created == "2025-03-01T10:00:00Z"


def test_times_of_other_zones_are_told_in_utc() -> None:
    assert read("errored.eval").logs[0].created == "2025-03-02T09:00:00Z"


@pytest.mark.parametrize("name", ["invalidated.eval", "invalidated.json"])
def test_withdrawn_samples_are_found_and_left_out(name: str) -> None:
    rows = read(name)
    assert rows.logs[0].invalidated
    assert {key for key, state in states(rows).items() if state == "invalidated"} == {
        ("q1", 1),
        ("q1", 2),
    }
    resolved = resolve(rows)
    assert resolved.invalidated == 2
    found = mean(resolved.rows)
    assert (found.questions, found.attempts) == (3, 6)
    assert found.mean == pytest.approx((1 + 0.5 + 0.5) / 3)


def test_a_sample_that_errored_stays_in_the_denominator() -> None:
    rows = read("errored.eval")
    assert states(rows)["q3", 1] == "errored"
    found = mean(resolve(rows).rows)
    assert found.mean == 0.75
    assert (found.low, found.high) == (0.625, 0.75)


def test_attempts_that_never_ran_stay_in_the_denominator() -> None:
    rows = read("error.eval")
    assert rows.logs[0].status == "error"
    assert rows.logs[0].counts == Counts(scored=2, errored=2, unscored=4)
    found = mean(resolve(rows).rows)
    assert (found.mean, found.low, found.high) == (1.0, 0.25, 1.0)


def test_a_cancelled_json_log_with_nan() -> None:
    rows = read("cancelled.json")
    assert rows.logs[0].status == "cancelled"
    assert [state for *_, state, _ in cells(rows)] == ["scored"] * 5 + ["unscored"] * 3


def test_a_crashed_run_is_read_from_its_journal_and_its_samples() -> None:
    rows = read("crashed.eval")
    assert rows.logs[0].status == "started"
    found = states(rows)
    assert found["q3", 1] == "errored"
    assert found["q3", 2] == "scored", "it has a sample and no summary"
    assert found["q4", 2] == "unscored", "it was planned and is nowhere"
    assert rows.logs[0].counts == Counts(scored=6, errored=1, unscored=1)


def test_the_journal_is_read_whole_and_in_order(tmp_path: Path) -> None:
    """Without any sample; of two entries of one the later block counts, 11 after 9."""
    target = tmp_path / "a.eval"
    with zipfile.ZipFile(DATA / "zstd-2.eval") as old, zipfile.ZipFile(target, "w") as new:
        new.writestr("_journal/start.json", old.read("_journal/start.json"))
        summaries = json.loads(old.read("summaries.json"))
        for place, summary in enumerate(summaries):
            new.writestr(f"_journal/summaries/{place + 3}.json", json.dumps([summary]))
        again = json.loads(json.dumps(summaries[0]))
        again["scores"]["match"]["value"] = "P"
        new.writestr("_journal/summaries/11.json", json.dumps([again]))
        new.writestr("_journal/summaries/2.json", json.dumps([again | {"scores": {}}]))
    rows = load([str(target)])
    found = {(question, epoch): score for question, epoch, _, score in cells(rows)}
    assert found["q1", 1] == 0.5
    assert [found[question, epoch] for question, epoch in list(found)[1:]] == PLAIN[1:]


def test_nan_is_no_score() -> None:
    assert states(read("nan.eval"))["q2", 2] == "unscored"


def test_one_of_several_scores_must_be_named() -> None:
    said = refusal(DATA / "two-scores.eval")
    assert "there are 3 scores" in said
    assert "match, graded.speed, graded.style" in said
    rows = read("two-scores.eval", scorer="graded.speed")
    assert [score for *_, score in cells(rows)] == [0.25] * 4 + [0.5] * 4
    assert "there is no score 'graded'" in refusal(DATA / "two-scores.eval", scorer="graded")


def test_a_run_that_scored_nothing_belongs_with_the_run_that_did(tmp_path: Path) -> None:
    def unscored(name: str, data: Any) -> Any:
        if name == "summaries.json":
            return [summary | {"scores": {}, "error": "no"} for summary in data]
        return data

    failed = rewritten(tmp_path / "a.eval", unscored, "errored.eval")
    rows = load([str(failed), str(DATA / "retry.eval")])
    assert [log.scorer for log in rows.logs] == ["match", "match"]
    assert resolve(rows).counts == Counts(scored=8)
    alone = load([str(failed)])
    assert alone.logs[0].scorer is None
    assert resolve(alone).counts == Counts(errored=8)


def test_clusters_come_from_the_metadata() -> None:
    rows = read("zstd-2.eval", cluster="topic", family="topic")
    assert rows.cluster is not None
    assert rows.cluster.tolist() == ["t0", "t0", "t1", "t1"] * 2
    assert "has no 'subject' in its metadata" in refusal(DATA / "zstd-2.eval", cluster="subject")


def test_samples_are_opened_only_where_some_were_withdrawn(tmp_path: Path) -> None:
    def broken(name: str, data: Any) -> Any:
        return "{broken" if name.startswith("samples/") else data

    assert cells(load([str(rewritten(tmp_path / "a.eval", broken))])) == cells(read("zstd-2.eval"))
    said = refusal(rewritten(tmp_path / "b.eval", broken, "invalidated.eval"))
    assert "samples/q1_epoch_1.json is not JSON" in said


def test_a_log_that_says_samples_were_withdrawn_and_not_which_is_refused(tmp_path: Path) -> None:
    def forgotten(name: str, data: Any) -> Any:
        return data if not name.startswith("samples/") else data | {"invalidation": None}

    path = rewritten(tmp_path / "a.eval", forgotten, "invalidated.eval")
    assert "no sample in it says that it was" in refusal(path)


def test_samples_kept_in_pieces(tmp_path: Path) -> None:
    target = tmp_path / "pieces.eval"
    with zipfile.ZipFile(DATA / "invalidated.eval") as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            shell = name.replace(".json", "/sample.json") if name.startswith("samples/") else name
            new.writestr(shell, old.read(name))
    assert cells(load([str(target)])) == cells(read("invalidated.eval"))


def test_of_two_entries_of_one_sample_the_last_counts(tmp_path: Path) -> None:
    def again(name: str, data: Any) -> Any:
        if name != "summaries.json":
            return data
        later = json.loads(json.dumps(data[0]))
        later["scores"]["match"]["value"] = "I"
        return [*data, later]

    rows = load([str(rewritten(tmp_path / "a.eval", again))])
    assert len(rows) == 8
    assert rows.score[0] == 0


def test_a_log_that_names_no_samples_counts_what_was_planned(tmp_path: Path) -> None:
    def unnamed(name: str, data: Any) -> Any:
        if name.endswith(("start.json", "header.json")):
            data["eval"]["dataset"].pop("sample_ids")
        if name == "summaries.json":
            return data[:6]
        return data

    rows = load([str(rewritten(tmp_path / "a.eval", unnamed))])
    assert rows.logs[0].counts == Counts(scored=6, unscored=2)
    found = mean(resolve(rows).rows)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= (sum(PLAIN[:6])) / 8 <= (sum(PLAIN[:6]) + 2) / 8 <= found.high


@pytest.mark.parametrize(
    ("value", "score"),
    [("C", 1), ("P", 0.5), ("I", 0), ("N", 0), (True, 1), (0.3, 0.3), ("yes", 1), ("0.25", 0.25)],
)
def test_what_is_read_as_a_score(tmp_path: Path, value: object, score: float) -> None:
    def scored(name: str, data: Any) -> Any:
        if name == "summaries.json":
            data[0]["scores"]["match"]["value"] = value
        return data

    assert load([str(rewritten(tmp_path / "a.eval", scored))]).score[0] == score


@pytest.mark.parametrize("value", ["maybe", [1, 2], math.inf, "nan"])
def test_scores_that_are_not_numbers_are_refused_by_name(tmp_path: Path, value: object) -> None:
    def scored(name: str, data: Any) -> Any:
        if name == "summaries.json":
            data[0]["scores"]["match"]["value"] = value
        return data

    said = refusal(rewritten(tmp_path / "a.eval", scored))
    assert "sample 'q1', epoch 1: the score 'match' is" in said
    assert "not a number" in said


@pytest.mark.parametrize("version", [1, 4])
def test_other_versions_are_refused(tmp_path: Path, version: int) -> None:
    def other(name: str, data: Any) -> Any:
        if name == "header.json":
            return data | {"version": version, "eval": {} if version == 4 else data["eval"]}
        return data

    said = refusal(rewritten(tmp_path / "a.eval", other))
    assert f"version {version} of Inspect's format" in said


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.eval").write_bytes(b"not a zip")
    assert "not a whole .eval log" in refusal(tmp_path / "a.eval")
    with zipfile.ZipFile(tmp_path / "b.eval", "w") as archive:
        archive.writestr("other.txt", "x")
    assert "this is no log of Inspect" in refusal(tmp_path / "b.eval")
    (tmp_path / "c.json").write_text("")
    assert "ends too early" in refusal(tmp_path / "c.json")
    (tmp_path / "d.json").write_text((DATA / "cancelled.json").read_text()[:2000])
    assert "ends too early" in refusal(tmp_path / "d.json")
    (tmp_path / "e.txt").write_text("x")
    assert "no log and no table" in refusal(tmp_path / "e.txt")
    assert "there is no such file" in refusal(tmp_path / "f.eval")
    (tmp_path / "empty").mkdir()
    assert "there is no log in this folder" in refusal(tmp_path / "empty")


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    for name in ("a.eval", "b.eval"):
        (tmp_path / name).write_bytes(b"not a zip")
    with pytest.raises(InputError) as caught:
        load([str(tmp_path)])
    assert len(caught.value.diagnostics) == 2


@in_folder
@given(cut=st.floats(0, 1, exclude_max=True), name=st.sampled_from(["zstd-2.eval", "nan.eval"]))
def test_a_log_that_was_cut_off_is_refused(tmp_path: Path, cut: float, name: str) -> None:
    whole = (DATA / name).read_bytes()
    (tmp_path / "cut.eval").write_bytes(whole[: int(cut * len(whole))])
    assert "not a whole .eval log" in refusal(tmp_path / "cut.eval")


@in_folder
@given(
    place=st.floats(0, 1, exclude_max=True),
    flip=st.integers(1, 255),
    name=st.sampled_from(["zstd-2.eval", "deflate-3.eval", "invalidated.json"]),
)
def test_damage_is_refused_or_harmless(tmp_path: Path, place: float, flip: int, name: str) -> None:
    """A changed byte never ends in anything but rows or a refusal."""
    data = bytearray((DATA / name).read_bytes())
    data[int(place * len(data))] ^= flip
    path = tmp_path / f"damaged.{name.rsplit('.')[-1]}"
    path.write_bytes(data)
    with suppress(InputError):
        assert len(load([str(path)])) >= 8


def test_folders_are_read_whole_and_other_json_is_passed_over(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.eval").write_bytes((DATA / "zstd-2.eval").read_bytes())
    dated = inner / "2025-01-01T00-00-00_small.json"
    dated.write_bytes((DATA / "cancelled.json").read_bytes())
    (tmp_path / "logs.json").write_text("{}")
    assert [log.form for log in load([str(tmp_path)]).logs] == ["json", "eval"]


def test_any_file_system_of_fsspec() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/evidence/a.eval", (DATA / "invalidated.eval").read_bytes())
    memory.pipe("/evidence/2025-01-01T00_a.json", (DATA / "invalidated.json").read_bytes())
    rows = load(["memory://evidence"])
    assert [log.form for log in rows.logs] == ["json", "eval"]
    assert rows.logs[1].digest == read("invalidated.eval").logs[0].digest
    assert cells(rows)[8:] == cells(read("invalidated.eval"))
    with pytest.raises(InputError, match="there is no such file"):
        load(["memory://evidence/b.eval"])
    with pytest.raises(InputError, match="cannot be read"):
        load(["nowhere://a.eval"])


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text()
    | st.sampled_from(["NaN", '"NaN"', "[NaN, Infinity]", "\\", 'a\\"NaN']),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_json, st.booleans())
def test_only_constants_are_replaced(value: object, ascii: bool) -> None:
    def expected(item: object) -> object:
        if isinstance(item, float) and not math.isfinite(item):
            return None if math.isnan(item) else "Infinity" if item > 0 else "-Infinity"
        if isinstance(item, list):
            return [expected(each) for each in item]
        if isinstance(item, dict):
            return {name: expected(each) for name, each in item.items()}
        return item

    try:
        data = json.dumps(value, ensure_ascii=ascii).encode()
    except UnicodeEncodeError:
        return
    plain = without_constants(data)
    assert json.loads(data if plain is None else plain) == expected(value)
    assert (plain is None) == (expected(value) == value)
