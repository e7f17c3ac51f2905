"""Ledgers: read with places, never guessing what is not given; Epoch's table in both its forms."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from ifthen.dates import parse_day
from ifthen.evidence.compute.epoch import read_epoch, revised
from ifthen.evidence.compute.ledger_file import load_ledger, parse_ledger
from ifthen.evidence.compute.uncertain import Uncertain
from ifthen.policy.source import InputError, Source

SHARED = Path(__file__).parents[4] / "shared" / "data"
GOOD = """\
ledger: Example Lab
runs:
  - model: example-1
    date: 2025-01-10
    flop: 3.0e25
    algorithms: {value: 1.0, times: 1.2}
    post_training: {low: 1.5, high: 2.5}
    source: cluster accounting
    assessed: true
  - model: example-2
    date: 2025-06-01
    flop: {value: 4e25, times: 1.05}
    algorithms: {value: 1.3, times: 1.2}
    post_training: {low: 1.5, high: 2.5}
    flop_per_day: {value: 6e23, times: 1.1}
    ends: 2025-12-01
    source: cluster accounting
"""


def parse(text: str):
    return parse_ledger(Source("ledger.yaml", text))


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse(text)
    return str(caught.value)


def test_a_ledger_is_read() -> None:
    ledger = parse(GOOD)
    first, second = ledger.runs
    assert (first.model, first.assessed, first.flop) == ("example-1", True, Uncertain(3e25))
    assert second.ends == parse_day("2025-12-01")
    assert second.flop.interval(0.9).low == pytest.approx(4e25 / 1.05)
    assert second.flop.interval(0.9).high == pytest.approx(4e25 * 1.05)
    assert first.post_training is not None
    assert first.post_training.interval(0.9).low == pytest.approx(1.5)
    assert first.post_training.interval(0.9).high == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("flop: 3.0e25", "flops: 3.0e25", "ledger.yaml:5:5: error: unknown key 'flops'"),
        ("flop: 3.0e25", "flop: lots", "ledger.yaml:5:11: error: 'lots' is not a number"),
        ("flop: 3.0e25", "flop: 0", "'flop' is above zero"),
        ("{value: 1.0, times: 1.2}", "1.4", "'algorithms' is an estimate and has no range"),
        ("{value: 1.0, times: 1.2}", "{value: 1.0}", "'value' makes sense only beside 'times'"),
        ("{value: 1.0, times: 1.2}", "{value: 1.0, times: 0.8}", "'times' is 1 or more"),
        ("{low: 1.5, high: 2.5}", "{low: 2.5, high: 1.5}", "the range runs downwards"),
        ("date: 2025-01-10", "date: 2025-02-30", "that month has 28 days"),
        ("    source: cluster accounting\n    assessed", "    assessed", "lacks 'source'"),
        ("ends: 2025-12-01", "ends: 2025-05-01", "the run ends before its snapshot"),
        ("assessed: true", "assessed: yes", "expected true or false"),
        ("assessed: true", "loss: 2.0", "says nothing without a reference family"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, said: str) -> None:
    assert old in GOOD
    message = refusal(GOOD.replace(old, new, 1))
    assert said in message
    assert "ledger.yaml:" in message
    assert "^" in message


def test_every_problem_is_told_at_once() -> None:
    text = GOOD.replace("flop: 3.0e25", "flop: -1").replace("times: 1.05", "times: 0.5")
    assert refusal(text).count("error:") == 2


def test_several_files_make_one_ledger_in_order_of_date(tmp_path: Path) -> None:
    later, earlier = tmp_path / "b.yaml", tmp_path / "a.yaml"
    later.write_text(GOOD)
    earlier.write_text(GOOD.replace("2025-0", "2024-0").replace("example-", "old-"))
    ledger = load_ledger(later, earlier)
    assert [run.model for run in ledger.runs] == ["old-1", "old-2", "example-1", "example-2"]
    assert [found.location for found in ledger.inputs] == [str(later), str(earlier)]


HEADS = (
    "Model,Domain,Organization,Publication date,Parameters,Training compute (FLOP),"
    "Training dataset size (datapoints),Confidence",
    "Model,Organization,Publication date,Training dataset size (gradients),Batch size,"
    "Training compute (FLOP),Confidence,Link",
)
ROWS = (
    'one,"Language,Vision",Lab,2024-05-01,,3e25,,Confident',
    "one,Lab,2024-05-01,,,3e25,Confident,",
)


@pytest.mark.parametrize("form", [0, 1])
def test_either_form_of_epochs_table_is_read_by_the_names_of_its_columns(form: int) -> None:
    text = f"{HEADS[form]}\n{ROWS[form]}\n"
    (run,) = read_epoch(Source("epoch.csv", text)).runs
    assert (run.model, run.day) == ("one", parse_day("2024-05-01"))
    assert run.flop.interval(0.9).high == pytest.approx(9e25)
    assert run.algorithms is None


def test_a_grade_is_a_factor_and_no_grade_bounds_nothing() -> None:
    def run(grade: str):
        text = f"{HEADS[1]}\none,Lab,2024-05-01,,,3e25,{grade},\n"
        return read_epoch(Source("epoch.csv", text)).runs[0].flop

    assert run("Likely").interval(0.9).high == pytest.approx(3e26)
    assert run("Speculative").interval(0.9).low == pytest.approx(1e24)
    for grade in ("Unknown", ""):
        assert math.isinf(run(grade).spread)
        assert run(grade).interval(0.9).low == 0
        assert math.isinf(run(grade).interval(0.9).high)


def test_a_wrong_table_is_refused_with_the_place() -> None:
    with pytest.raises(InputError, match="there is no column 'Confidence'"):
        read_epoch(Source("epoch.csv", HEADS[0].removesuffix(",Confidence") + "\n"))
    text = f"{HEADS[1]}\none,Lab,2024-05-01,,,plenty,Likely,\n"
    with pytest.raises(InputError, match=r"epoch.csv:2:22: error: 'plenty' under"):
        read_epoch(Source("epoch.csv", text))


def test_revisions_between_two_versions_are_listed() -> None:
    def runs(*rows: str):
        return read_epoch(Source("epoch.csv", "\n".join((HEADS[1], *rows, "")))).runs

    before = runs("a,L,2024-01-01,,,4.64e26,Likely,", "b,L,2024-01-01,,,1e25,Likely,")
    after = runs("a,L,2024-01-01,,,3.5e26,Likely,", "c,L,2024-01-01,,,1e25,Likely,")
    assert [(r.model, r.before, r.after) for r in revised(before, after)] == [
        ("a", 4.64e26, 3.5e26),
        ("b", 1e25, None),
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="the real data (../shared/data) are not here")
def test_epochs_real_table_is_read() -> None:
    ledger = load_ledger(SHARED / "epoch" / "epoch_notable_ai_models_2025-02-24.csv")
    assert len(ledger.runs) == 451
    assert sum(run.flop.median >= 1e25 for run in ledger.runs) == 17


@pytest.mark.skipif(not SHARED.exists(), reason="the real data (../shared/data) are not here")
def test_outsiders_estimates_are_read() -> None:
    folder = SHARED / "public-record"
    ledger = load_ledger(folder / "training-compute-anthropic.yaml")
    assert [run.model for run in ledger.runs] == ["Claude 2", "Claude 3 Opus", "Claude 3.5 Sonnet"]
    openai = load_ledger(folder / "training-compute-openai.yaml")
    grades = {run.model: run.flop.spread for run in openai.runs}
    assert math.isinf(grades["GPT-4 Turbo"])
    assert grades["GPT-4"] == pytest.approx(math.log(30) / 1.6449, rel=1e-4)


def test_two_snapshots_of_a_model_on_one_day_are_refused() -> None:
    with pytest.raises(InputError, match="two snapshots of 'example-2' on 2025-01-10"):
        parse(GOOD.replace("2025-06-01", "2025-01-10").replace("example-1", "example-2"))


@pytest.mark.parametrize("weights", ["{a: 0.5, b: 0.3}", "{a: 1.5, b: -0.5}", "{a: 1.0, b: 0}"])
def test_weights_that_do_not_sum_to_one_are_refused(weights: str) -> None:
    sizes = "".join(
        f"    - {{flop: 1e{n}, scores: {{a: 0.{n - 20}, b: 0.5}}}}\n" for n in (21, 23, 25)
    )
    text = f"{GOOD}reference:\n  measure: score\n  source: x\n  weights: WEIGHTS\n  runs:\n{sizes}"
    assert parse(text.replace("WEIGHTS", "{a: 0.5, b: 0.5}")).reference is not None
    said = refusal(text.replace("WEIGHTS", weights))
    assert "weights are above 0 and sum to 1" in said
