"""Files of cases: what they take over, and what is said of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ifthen.policy.source import InputError
from ifthen.review.cases import cases_of, load_cases

CASE = """
  - row: LAB-0{row}
    finding: {finding}
    at: 2025-03-01
    given: [{{date: 2025-02-01, kind: threshold_decision, model: m, findings: {{cbrn: below}}}}]
    keeps: [{{date: 2025-02-03, kind: internal_report, what: cbrn}}]
    breaks: []
    status: {{keeps: met, breaks: breached}}
"""


def write(folder: Path, name: str, *cases: str, head: str = "") -> Path:
    path = folder / f"{name}.cases.yaml"
    path.write_text(f"policy: lab/safety@1\n{head}cases:{''.join(cases) or ' []'}")
    return path


def case(row: int, finding: str = "report") -> str:
    return CASE.format(row=row, finding=finding)


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_cases(path)
    return str(caught.value).replace(f"{path.parent}/", "")


def test_cases_are_taken_over_and_renamed(tmp_path: Path) -> None:
    write(tmp_path, "base", case(1), case(2), case(3, "cbrn-gate"))
    middle = write(tmp_path, "middle", case(2, "own"), head="extends: base.cases.yaml\n")
    head = "extends: middle.cases.yaml\nrename: {cbrn: cbrn-3, cbrn-3: cbrn-4, report: note}\n"
    cases = load_cases(write(tmp_path, "last", case(4), head=head)).cases
    assert [(c.row, c.finding, c.inherited) for c in cases] == [
        ("LAB-01", "note", True),
        ("LAB-03", "cbrn-gate", True),
        ("LAB-02", "own", True),
        ("LAB-04", "report", False),
    ]
    first, last = cases[0].trials[0].facts, cases[-1].trials[0].facts
    assert first[0].attributes["findings"] == {"cbrn-3": "below"}
    assert first[1].attributes["what"] == "cbrn-3"
    assert last[0].attributes["findings"] == {"cbrn": "below"}
    assert [fact.id for fact in first] == ["f1", "f2"]
    assert load_cases(middle).cases[0].place == f"{tmp_path}/base.cases.yaml:3"


def test_by_id_by_policy_file_or_by_its_own_name() -> None:
    by_id = cases_of("anthropic/rsp@2.0")
    own = Path(by_id[0].source.name)
    assert cases_of(own) == by_id
    assert cases_of(own.with_name("rsp-2.0.yaml")) == by_id


def test_circles_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a", head="extends: b.cases.yaml\n")
    path = write(tmp_path, "b", head="extends: a.cases.yaml\n")
    assert "extend each other" in refusal(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("row: LAB-01", "row: 17", "1.cases.yaml:3:10: error: '17' is not a row of the facts"),
        ("    finding: report\n", "", "error: the case lacks 'finding'"),
        ("2025-03-01", "2025-02-30", ":5:5: error: there is no 2025-02-30"),
        ("kind: internal_report", "kind: internal_rapport", "did you mean 'internal_report'?"),
        ("breaks: []", "breaks: none", "'breaks' must be a list"),
        ("keeps: met", "keeps: kept", "9:21: error: unknown"),
        ("{keeps: met, breaks: breached}", "{keeps: met}", "needs 'breaks' or 'without'"),
        ("breaks: []", "without: clase report", "error: unknown part of a policy 'clase'"),
        ("    keeps: [", "    without: clause x\n    keeps: [", "has both 'keeps' and 'without'"),
        ("findings: {cbrn: below}", "findings: {cbrn: under}", "under"),
        ("at: 2025", "on: 2025", "the case lacks 'at'"),
    ],
)
def test_bad_cases(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = write(tmp_path, "1", case(1).replace(old, new, 1))
    said = refusal(path)
    assert message in said
    assert said.startswith("1.cases.yaml:")


def test_bad_files(tmp_path: Path) -> None:
    path = tmp_path / "x.cases.yaml"
    path.write_text("policy: lab/safety@1\ncases: many\n")
    assert "'cases' must be a list" in refusal(path)
    path.write_text("policy: lab/safety@1\nrename: {a: b}\ncases: []\n")
    assert "'rename' makes sense only beside 'extends'" in refusal(path)
    path.write_text("policy: lab/safety@1\nextends: no.cases.yaml\ncases: []\n")
    assert "no.cases.yaml: error: there is no such file" in refusal(path)
