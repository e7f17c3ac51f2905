"""``ifthen review diff``, through the command line."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from ifthen import load_policy, policy_ids
from ifthen.cli.app import app
from ifthen.review.diff.announce import packaged_log
from ifthen.review.diff.diff import OUTCOMES

RSP1, RSP2, RSP21, RSP22 = (f"anthropic/rsp@{version}" for version in ("1.0", "2.0", "2.1", "2.2"))
OFFENCES = {"breached", "late", "missed", "violated", "void", "abused"}
LOGS = sorted((Path(str(files("ifthen.review.diff"))) / "logs").glob("*.yaml"))


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@cache
def diff(old: str, new: str, *more: str) -> dict[str, Any]:
    return fresh(old, new, *more)


def fresh(old: str, new: str, *more: str) -> dict[str, Any]:
    result = run("review", "diff", old, new, "--json", *more)
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture(scope="module")
def first() -> dict[str, Any]:
    """RSP v1.0 to v2.0."""
    return diff(RSP1, RSP2)


@pytest.fixture(scope="module")
def second() -> dict[str, Any]:
    """RSP v2.0 to v2.1."""
    return diff(RSP2, RSP21)


def entry(found: dict[str, Any], name: str) -> dict[str, Any]:
    part, _, id = name.partition(" ")
    (one,) = (e for e in found["entries"] if e["part"] == part and id in (e["old"], e["new"]))
    return dict(one)


def told(one: dict[str, Any]) -> str | None:
    return one["announcement"] and str(one["announcement"]["told"])


# --- what the facts say of real pairs ---------------------------------------------------------

THIRTEEN = {
    "mid-training evaluation at 4x": ["clause growth-cadence"],
    "logs kept for 30 days": [
        "criterion asl-3-deployment/log-retention",
        "clause misuse-detection",
    ],
    "half the time to harm": ["clause vulnerability-patched", "clause vulnerability-in-time"],
    "disclosure with other labs": [
        "criterion asl-3-deployment/lab-disclosure",
        "clause lab-disclosure",
    ],
    "finances for a pause": ["clause pause-survivable"],
    "distribution partners bound": ["clause partner-contracts"],
    "forecasts before each run": ["clause forecast"],
    "under-elicited models": ["clause halt-new-customers", "clause extra-safeguards"],
    "CISO in the lock-down": ["clause lock-weights", "clause deletion-decision"],
    "quarterly report": ["clause quarterly-report"],
    "define the next level": ["clause define-next-level"],
    "list after RAND's report": ["clause security-list"],
}


@pytest.mark.parametrize("item", THIRTEEN)
def test_the_unannounced_items_of_the_second_version(first: dict[str, Any], item: str) -> None:
    """Section 3 of the facts; the thirteenth, half of a standard, has a test of its own."""
    for name in THIRTEEN[item]:
        one = entry(first, name)
        assert (one["outcome"], told(one)) == ("removed", "silent"), name


def test_escape_left_containment_unannounced(first: dict[str, Any]) -> None:
    one = entry(first, "standard asl-3-security")
    (change,) = one["changes"]
    assert "autonomous-escape" in change["lost"]
    assert told(one) == "partly"
    assert one["announcement"]["untold"] == ["autonomous-escape"]


def test_what_the_second_version_announced(first: dict[str, Any]) -> None:
    for name in ("clause time-cadence", "clause safety-buffer", "threshold ai-rd-researcher"):
        assert told(entry(first, name)) == "announced", name
    checkpoint = entry(first, "threshold autonomy-checkpoint")
    assert (checkpoint["old"], checkpoint["matched"]) == ("autonomy", "continues")
    assert (checkpoint["outcome"], told(checkpoint)) == ("weakened", "announced")


def test_the_last_small_version_has_one_change_announced() -> None:
    """CRIT-17: v2.1 to v2.2; the clause that lists the attackers only follows the standard."""
    found = diff(RSP21, RSP22)
    changed = [e for e in found["entries"] if e["outcome"] != "retained" and not e["follows"]]
    (one,) = changed
    assert (one["part"], one["new"]) == ("standard", "asl-3-security")
    assert (one["outcome"], one["method"], told(one)) == ("weakened", "structural", "announced")
    assert one["changes"][0]["lost"] == ["sophisticated-insiders"]
    assert entry(found, "clause asl-3-security-attackers")["follows"] == "standard asl-3-security"
    assert found["counts"]["weakened"] == 1
    assert found["announcements"] == {
        "announced": 1,
        "partly": 0,
        "silent": 0,
        "undetermined": 0,
    }


def test_a_case_about_misalignment_became_a_commitment(second: dict[str, Any]) -> None:
    """It names one limb in place of two, but whoever passes the second passes the first."""
    one = entry(second, "clause misalignment-case")
    assert (one["outcome"], one["mixed"]) == ("strengthened", False)
    ways = {change["dimension"]: change["direction"] for change in one["changes"]}
    assert (ways["force"], ways["trigger"]) == ("stronger", None)
    assert (one["ways"]["weaker"]["answer"], one["ways"]["weaker"]["by"]) == ("no", "bounded")
    (witness,) = one["witnesses"]
    assert (witness["offends"], witness["old"], witness["new"]) == ("new", "met", "breached")


def test_the_same_words_over_more_thresholds_are_stronger(second: dict[str, Any]) -> None:
    one = entry(second, "clause deploy-gate")
    assert (one["outcome"], one["method"]) == ("strengthened", "witness")
    (witness,) = one["witnesses"]
    assert (witness["offends"], witness["old"], witness["new"]) == ("new", "open", "violated")
    weaker = one["ways"]["weaker"]
    assert (weaker["answer"], weaker["by"], weaker["events"]) == ("no", "bounded", 3)


def test_an_interval_in_numbers_became_a_word() -> None:
    """DeepMind's second version: sixfold compute to "regularly" (GDM2-01)."""
    one = entry(diff("deepmind/fsf@1.0", "deepmind/fsf@2.0"), "clause evaluation")
    assert (one["old"], one["outcome"], one["method"]) == ("compute-cadence", "weakened", "witness")


def test_what_openai_is_known_not_to_have_announced() -> None:
    found = diff("openai/preparedness@beta", "openai/preparedness@2")
    for name in ("clause evaluation", "clause monthly-report", "clause scorecard-audits"):
        one = entry(found, name)
        assert (one["outcome"], told(one)) == ("removed", "silent"), name
    assert told(entry(found, "clause drills")) == "announced"
    # The rest of that log is not known, so what it does not cover is not called silent.
    assert told(entry(found, "clause roadmap")) == "undetermined"


# --- laws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", policy_ids())
def test_a_policy_keeps_all_of_itself(name: str) -> None:
    found = diff(name, name)
    assert {e["outcome"] for e in found["entries"]} == {"retained"}


@pytest.mark.parametrize("pair", [(RSP1, RSP2), (RSP2, RSP21), (RSP21, RSP22)])
def test_every_part_is_named_once(pair: tuple[str, str]) -> None:
    found = diff(*pair)
    for side in ("old", "new"):
        names = [(e["part"], e[side]) for e in found["entries"] if e[side] is not None]
        assert len(names) == len(set(names))
    assert sum(found["counts"].values()) <= len(found["entries"])
    assert set(found["counts"]) == set(OUTCOMES)


def test_back_again_turns_every_proved_direction_round() -> None:
    there, back = diff(RSP21, RSP22), diff(RSP22, RSP21)
    turned = {"weakened": "strengthened", "strengthened": "weakened", "retained": "retained"}
    ways = {(e["part"], e["new"]): e for e in there["entries"] if e["old"] == e["new"]}
    seen = 0
    for one in back["entries"]:
        other = ways.get((one["part"], one["old"]))
        if other is not None and other["method"] == "structural" == one["method"]:
            assert one["outcome"] == turned[other["outcome"]]
            seen += 1
    assert seen > 100


@pytest.mark.parametrize("pair", [("3.0", "3.1"), ("2.0", "3.0")])
def test_back_again_turns_every_answer_round(pair: tuple[str, str]) -> None:
    """What one version permits beyond the other is the same whichever is called new.

    Where parts have the same names in both: ``continues`` matches others in one direction alone.
    """
    pair = (f"deepmind/fsf@{pair[0]}", f"deepmind/fsf@{pair[1]}")
    there, back = diff(*pair), diff(*reversed(pair))
    ways = {(e["old"], e["new"]): e for e in there["entries"] if e["part"] == "clause"}
    seen = 0
    for one in back["entries"]:
        other = ways.get((one["new"], one["old"]))
        if one["part"] != "clause" or other is None or other["ways"] is None:
            continue
        for mine, theirs in (("weaker", "stronger"), ("stronger", "weaker")):
            answers = {one["ways"][mine]["answer"], other["ways"][theirs]["answer"]}
            assert len(answers - {"open"}) < 2, (one["old"], one["new"])
            seen += len(answers - {"open"})
    assert seen >= 4


def test_the_same_diff_is_the_same_for_ever() -> None:
    pair = "deepmind/fsf@3.0", "deepmind/fsf@3.1"
    assert diff(*pair) == fresh(*pair)


# --- witnesses replayed -----------------------------------------------------------------------


def statuses(finding: dict[str, Any], meaning: str) -> list[str]:
    """The status of a finding as the words are taken."""
    if meaning == "charitable" and finding["words"]:
        return [word["charitable_status"] for word in finding["words"]]
    return [finding["status"]]


def test_every_witness_is_ruled_as_it_says(second: dict[str, Any], tmp_path: Path) -> None:
    """Each record, as a file, ruled under either whole policy by ``ifthen rule``."""
    replayed = 0
    for one in second["entries"]:
        for witness in one["witnesses"]:
            path = tmp_path / "witness.yaml"
            path.write_text(yaml.safe_dump({"record": "witness", "facts": witness["facts"]}))
            for policy, side in ((RSP2, "old"), (RSP21, "new")):
                result = run(
                    "rule", str(path), "--policy", policy, "--at", witness["at"], "--all", "--json"
                )
                findings = json.loads(result.stdout)["findings"]
                name = f"{policy}#{one[side]}"
                own = {
                    status
                    for f in findings
                    if f["clause"] == name or f["clause"].startswith(f"{name}/")
                    for status in statuses(f, one["meaning"])
                }
                offends = OFFENCES | ({"pending"} if one["meaning"] == "due" else set())
                assert bool(own & offends) == (witness["offends"] == side), (name, own)
                if one["meaning"] != "due":
                    assert (witness[side] or None) in (own or {None})
                replayed += 1
    assert replayed >= 16


# --- change logs ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_the_logs_of_the_package_are_sound(path: Path) -> None:
    """They load, name only what exists, and are found for their pair alone."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    old, new = load_policy(raw["from"]), load_policy(raw["to"])
    log = packaged_log(old, new)
    assert log is not None
    assert (log.old, log.new, len(log.sayings)) == (old.id, new.id, len(raw["says"]))
    assert packaged_log(new, new) is None


def written(path: Path, **changes: Any) -> str:
    log = {
        "log": "Our log",
        "from": RSP21,
        "to": RSP22,
        "source": "a page",
        "says": [{"says": "insiders are out", "covers": ["standard asl-3-security"]}],
    }
    path.write_text(yaml.safe_dump({**log, **changes}), encoding="utf-8")
    return str(path)


def test_another_log_can_be_given(tmp_path: Path) -> None:
    def of(**changes: Any) -> Any:
        found = fresh(RSP21, RSP22, "--log", written(tmp_path / "log.yaml", **changes))
        assert found["log"] == "Our log"
        return told(entry(found, "standard asl-3-security"))

    assert of() == "announced"
    assert of(says=[]) == "silent"
    assert of(says=[], complete=False) == "undetermined"
    assert of(says=[], complete=False, omits=["standard asl-3-security"]) == "silent"
    assert of(omits=["standard asl-3-security"]) == "partly"
    member = "standard asl-3-security sophisticated-insiders"
    assert of(says=[{"says": "x", "covers": [member]}]) == "announced"
    assert of(says=[{"says": "x", "covers": ["ANT22-01"]}]) == "partly"
    assert of(says=[{"says": "x", "covers": ["ANT22-01", "ANT22-02"]}]) == "announced"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"to": RSP1}, "this log is about"),
        ({"says": [{"says": "x", "covers": ["clause deploy-gat"]}]}, "did you mean"),
        ({"says": [{"says": "x"}]}, "lacks 'covers'"),
        ({"says": [{"says": "x", "covers": "ANT22-01"}]}, "is a list of rows and parts"),
        ({"omits": ["ANT99-01"]}, "unknown row or part 'ANT99-01'"),
        ({"say": []}, "unknown key 'say'"),
    ],
)
def test_a_broken_log_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = written(tmp_path / "log.yaml", **changes)
    result = run("review", "diff", RSP21, RSP22, "--log", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert re.search(r"log\.yaml:\d+:\d+: error", result.stderr)


def test_without_a_log_nothing_is_said_of_announcements() -> None:
    found = diff(RSP22, RSP21)
    assert found["log"] is None
    assert {told(e) for e in found["entries"]} == {None}
    assert "nothing is said of what was announced" in run("review", "diff", RSP22, RSP21).stdout


# --- edges of the command ---------------------------------------------------------------------


def test_everything_wrong_with_either_is_shown() -> None:
    result = run("review", "diff", "anthropic/rsp@8", "none.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no such policy" in result.stderr
    assert "there is no such file" in result.stderr


def test_the_text_tells_what_is_silent() -> None:
    result = run("review", "diff", RSP1, RSP2)
    assert result.exit_code == 0
    assert "  SILENT  clause quarterly-report" in result.stdout
    assert "Removed: 49" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(str(value))
            if name in ("href", "src"):
                self.links.append(str(value))


def test_the_page_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "diff.html"
    result = run("review", "diff", RSP2, RSP21, "--html", str(path))
    assert (result.exit_code, result.stderr) == (0, f"Wrote {path}.\n")
    text = path.read_text(encoding="utf-8")
    page = _Page(text)
    assert "script" not in page.tags
    inside = {f"#{id}" for id in page.ids}
    assert all(link in inside or link == "data:," for link in page.links)
    assert len(page.ids) == len(set(page.ids))
    assert "default-src 'none'" in text
    assert "January 2025: training of model-a starts." in text
    assert "<ins>" in text
    # Comparisons such as x < y are escaped.
    assert "status(ai-rd-4) != below" in text


def test_a_hostile_title_is_only_text(tmp_path: Path) -> None:
    source = (Path(str(files("ifthen"))) / "examples/start/policy.yaml").read_text(encoding="utf-8")
    hostile = tmp_path / "policy.yaml"
    hostile.write_text(
        re.sub(r"^title: .*$", 'title: "<script>alert(1)</script>"', source, flags=re.M)
    )
    plain = tmp_path / "plain.yaml"
    plain.write_text(source)
    page = tmp_path / "diff.html"
    assert run("review", "diff", str(plain), str(hostile), "--html", str(page)).exit_code == 0
    assert "<script" not in page.read_text(encoding="utf-8")


def test_the_log_of_the_documentation_loads(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "review.md").read_text(encoding="utf-8")
    path = tmp_path / "log.yaml"
    path.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    found = fresh(RSP21, RSP22, "--log", str(path))
    assert told(entry(found, "standard asl-3-security")) == "announced"


# --- small changes of a small policy ----------------------------------------------------------

SMALL = Path(__file__).parents[1] / "lint" / "clean.yaml"


def edited(tmp_path: Path, *edits: tuple[str, str]) -> dict[str, Any]:
    """The diff of the small policy and the same with some of its text replaced."""
    before = SMALL.read_text(encoding="utf-8")
    after = before.replace("example/policy@1", "example/policy@2")
    for old, new in edits:
        assert old in after
        after = after.replace(old, new)
    path = tmp_path / "after.yaml"
    path.write_text(after, encoding="utf-8")
    return fresh(str(SMALL), str(path))


def only_change(found: dict[str, Any]) -> dict[str, Any]:
    (one,) = (e for e in found["entries"] if e["outcome"] != "retained")
    return dict(one)


POWER = re.search(r"  - id: exception\n.*?\n\n", SMALL.read_text(encoding="utf-8"), re.S)
assert POWER is not None


@pytest.mark.parametrize(
    ("edit", "outcome", "direction", "dimension"),
    [
        (("within: 1 week", "within: 2 weeks"), "weakened", "weaker", "clock"),
        (("every: 3 months", "every: 2 months"), "strengthened", "stronger", "clock"),
        (("    then: published[what=results]", "    force: aim\n    then: published[what=results]"),
         "relocated", "weaker", "force"),
        (("by: [ceo, officer]}", "by: [ceo]}"), "weakened", "weaker", "consequence"),
        (("requires: [protection]", "requires: []"), "weakened", "weaker", "consequence"),
        (("Passes half of the tasks.", "Passes most of the tasks."), "changed", None, "trigger"),
        (("    owner: [team]\n", ""), "changed", None, "actor"),
        (("stage!=internal", "stage=general"), "weakened", "weaker", "trigger"),
        (("if: did(incident[imminent=true])", "if: did(incident)"),
         "weakened", "weaker", "consequence"),
    ],
)  # fmt: skip
def test_a_small_change(
    tmp_path: Path,
    edit: tuple[str, str],
    outcome: str,
    direction: str | None,
    dimension: str,
) -> None:
    found = edited(tmp_path, edit)
    (one, *rest) = (e for e in found["entries"] if e["outcome"] != "retained")
    assert (one["outcome"], one["direction"]) == (outcome, direction)
    assert dimension in {change["dimension"] for change in one["changes"]}
    # Whatever else changed rests on the threshold: the gate that asks for what it requires.
    assert [e["new"] for e in rest] in ([], ["deploy-gate"])


def test_a_power_is_a_way_out(tmp_path: Path) -> None:
    assert POWER is not None
    without = only_change(edited(tmp_path, (POWER[0], "")))
    assert (without["outcome"], without["direction"]) == ("removed", "stronger")
    path = tmp_path / "after.yaml"
    again = only_change(fresh(str(path), str(SMALL)))
    assert (again["outcome"], again["direction"]) == ("added", "weaker")


def test_a_new_name_does_not_hide_a_clause(tmp_path: Path) -> None:
    found = edited(tmp_path, ("id: results", "id: findings-published"))
    one = entry(found, "clause findings-published")
    assert (one["old"], one["matched"], one["outcome"]) == ("results", "alike", "retained")


def test_a_definition_in_other_words_is_the_same(tmp_path: Path) -> None:
    """What a name stands for counts, not the name; nor the order of what is joined."""
    found = edited(
        tmp_path,
        ("clauses:\n", "define:\n  busy: running(deploy) or running(train)\n\nclauses:\n"),
        ("while: running(train) or running(deploy)", "while: busy"),
        ('"every t in thresholds: status(t) = below or in_place(required(t))"',
         "in_place(protection) or not (status(limit) != below)"),
    )  # fmt: skip
    assert {e["outcome"] for e in found["entries"]} == {"retained"}
