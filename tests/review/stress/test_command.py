"""The command ``review stress``: what it prints, its JSON and page, exit codes and bad input."""

from __future__ import annotations

import builtins
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from test_study import GOOD

from ifthen.cli.app import app

QUICK = ("--futures", "100", "--years", "1")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["review", "stress", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_one_policy_is_shown_in_full() -> None:
    result = run("anthropic/rsp@1.0", *QUICK)
    assert result.exit_code == 0
    for words in (
        "honest: keeps what was meant, and promptly",
        "literal-minded:",
        "Overshoot when found out:",
        "False alarms:",
        "time-cadence: an assessment every 91 days, from start to start or from",
        "Not simulated, though it may matter",
        "A developer who promises nothing:",
        "A model with stated assumptions, not a prediction",
    ):
        assert words in result.stdout
    assert "━" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_several_policies_stand_in_a_table() -> None:
    result = run("deepmind/fsf@3.0", "us-ca/sb53@2025", "--house", "hurried", *QUICK)
    assert result.exit_code == 0
    assert re.search(r"^  hurried +\d+ +\d+", result.stdout, re.M)
    assert "nothing to simulate: it promises no assessment" in result.stdout
    assert "honest" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_json_says_all_that_is_known() -> None:
    result = run("openai/preparedness@beta", "--json", "--seed", "3", *QUICK)
    found = json.loads(result.stdout, parse_constant=lambda word: pytest.fail(word))
    assert (found["futures"], found["years"], found["seed"]) == (100, 1.0, 3)
    assert [house["house"] for house in found["houses"]] == ["honest", "hurried", "literal-minded"]
    [policy] = found["policies"]
    assert policy["promises"]["threshold"] == "cybersecurity"
    assert {one["clause"] for one in policy["promises"]["looks"]} == {
        "evaluation",
        "checkpoints",
        "evaluation-stages",
    }
    kept = policy["houses"][0]
    assert kept["trained"]["mean"].keys() == {"low", "value", "high", "level"}
    assert kept["overshoot"].keys() == {"median", "quantile_95", "unseen", "crossings"}
    assert "verdict" not in kept
    assert set(found["versions"]) == {"ifthen", "numpy", "scipy"}


def test_a_level_is_searched_for_and_sets_the_exit_code() -> None:
    asked = ("anthropic/rsp@1.0", "--house", "honest", "--futures", "400", "--under")
    tight = run(*asked, "0.5 %", "--json", "--years", "1")
    [kept] = json.loads(tight.stdout)["policies"][0]["houses"]
    assert (tight.exit_code, kept["verdict"]) == (1, "over")
    assert [(one["change"], one["word"]) for one in kept["remedies"]] == [
        ("cadence", None),
        ("growth", None),
        ("buffer", None),
        ("word", "safety-emergency"),
    ]
    for remedy in kept["remedies"]:
        *looser, last = remedy["tried"]
        assert all(one["verdict"] != "under" for one in looser)
        assert remedy["suffices"] == (last["value"] if last["verdict"] == "under" else None)


def test_workers_need_no_backend_to_be_named() -> None:
    asked = ("anthropic/rsp@1.0", "--house", "honest", "--json", *QUICK)
    assert run(*asked, "--jobs", "2").stdout == run(*asked).stdout


def test_what_suffices_is_told_in_words() -> None:
    asked = ("anthropic/rsp@1.0", "--house", "hurried", "--futures", "100", "--years", "0.5")
    result = run(*asked, "--under", "400 days")
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    assert "Under 400 days a year in 95 % of futures: " in words
    assert "assess at least every: 365 days suffices, " in words
    assert "'safety-emergency' means at most: 180 days suffices, " in words


def test_what_cannot_be_simulated_is_not_under_a_level() -> None:
    assert run("us-ca/sb53@2025", "--under", "1 day", *QUICK).exit_code == 3
    assert run("us-ca/sb53@2025", *QUICK).exit_code == 0


def test_the_page_loads_nothing_and_says_the_same(tmp_path: Path) -> None:
    page = tmp_path / "stress.html"
    result = run("anthropic/rsp@2.0", "us-ny/raise@2026", "--html", str(page), *QUICK)
    assert result.exit_code == 0
    assert f"Wrote {page}." in result.stderr
    text = page.read_text(encoding="utf-8")
    assert "not a prediction" in text
    assert "nothing to simulate" in text
    assert "preliminary: a preliminary test every &#x27;routinely&#x27;" in text
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", text)
    assert text.count("<svg") == 1 + 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a policy"),
        (("anthropic/rsp@1.0", "--all"), "name a policy"),
        (("anthropic/rsp@9",), "anthropic/rsp@9"),
        (("anthropic/rsp@1.0", "--house", "hasty"), "there is no house 'hasty'"),
        (("anthropic/rsp@1.0", "--under", "soon"), "--under"),
        (("anthropic/rsp@1.0", "--under", "100 %"), "under 100 %"),
        (("anthropic/rsp@1.0", "--jobs", "0"), "no work without workers"),
        (("anthropic/rsp@1.0", "--jobs", "2", "--backend", "abacus"), "abacus"),
        (("anthropic/rsp@1.0", "--futures", "3"), "--futures"),
        (("anthropic/rsp@1.0", "--years", "0"), "--years"),
        (("anthropic/rsp@1.0", "--seed", "-1"), "--seed"),
        (("anthropic/rsp@1.0", "--houses", "absent.yaml"), "absent.yaml"),
        (("anthropic/rsp@1.0", "--html", "absent/page.html"), "cannot be written"),
    ],
)
def test_bad_input_ends_with_2_and_a_reason(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"--futures", "--years"} & set(arguments)
    result = run(*arguments, *(() if given else QUICK))
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert not list(tmp_path.iterdir())


def test_a_file_of_houses_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "houses.yaml"
    path.write_text(GOOD, encoding="utf-8")
    result = run("anthropic/rsp@1.0", "--houses", str(path), *QUICK)
    assert result.exit_code == 0
    assert "mine: T" in result.stdout
    path.write_text(GOOD.replace("aims: 0.5", "aims: 7"), encoding="utf-8")
    result = run("anthropic/rsp@1.0", "--houses", str(path), *QUICK)
    assert result.exit_code == 2
    assert f"{path}:2:" in result.stderr
    assert "^" in result.stderr


def test_without_numpy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == "numpy":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    result = run("anthropic/rsp@1.0", *QUICK)
    assert result.exit_code == 2
    assert "pip install 'ifthen[evals]'" in result.stderr
