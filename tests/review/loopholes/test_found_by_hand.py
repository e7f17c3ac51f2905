"""What people found by hand is found again; ``benchmarks/rediscover.py`` runs what takes long."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from found_by_hand import FORGOTTEN, KNOWN, Known, sets

from ifthen.cli.app import app


def asked(*arguments: str) -> Any:
    result = CliRunner().invoke(app, ["review", "loopholes", *arguments, "--json"])
    assert result.exit_code in (0, 1, 3), result.output
    return json.loads(result.stdout)[0]


@pytest.mark.parametrize(
    "known", [one for one in KNOWN if not one.slow], ids=lambda one: one.what.replace(" ", "-")
)
def test_it_is_found_again(known: Known) -> None:
    study = asked(known.policy, "--harm", known.harm, "--start", known.start, *known.more)
    (found,) = study["harms"]
    assert known.holds(found)


def test_a_text_can_be_relaxed_shortly_before_it_bites() -> None:
    study = asked("anthropic/rsp@1.0", "--harm", "warned", "--events", "1", "--stretches", "0")
    exit_ = study["amendment"]
    assert exit_["possible"]
    assert exit_["published_days_before"] == 1


LAUNDERING = """
policy: lab/laundering@1
title: One clock, read in two ways
source: made up
rows: [ROW-1]
readings:
  whose:
    phrase: the last model that was assessed
    options: {this: of the model itself, any: of any model}
    source: s.1
clauses:
  - id: interval
    kind: cadence
    title: Assess every six months
    source: s.1
    encodes: [ROW-1]
    for_each: model
    while: running(train)
    do:
      reading: whose
      this: assessment_completed
      any: "assessment_completed[model=any]"
    every: 6 months
"""


def test_a_clock_that_any_model_sets_back_is_laundered(tmp_path: Any) -> None:
    policy, harms = tmp_path / "laundering.yaml", tmp_path / "forgotten.yaml"
    policy.write_text(LAUNDERING)
    harms.write_text(FORGOTTEN)
    more = ("--models", "2", "--events", "4", "--stretches", "1", "--start", "assessed")
    (found,) = asked(str(policy), "--harms", str(harms), *more)["harms"]
    assert found["verdict"] == "stretched"
    assert sets(found) == [{"whose"}]
    models = {
        fact["model"] for fact in found["blame"]["sets"][0]["timeline"]["facts"] if "model" in fact
    }
    assert models == {"model-a", "model-b"}
