"""The scorecard of loopholes: the same study as text, as JSON and as a page.

``UPDATE_GOLDEN=1 pytest`` writes the golden files anew.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("z3", reason="the solver is an extra: pip install 'ifthen[loopholes]'")

from click.testing import CliRunner
from loophole_studies import HARMS, HOSTILE, POLICY, harms_of, made, policy_of
from report_page import Element, read

import ifthen.reports
from ifthen import rule
from ifthen.cli.app import app
from ifthen.reports.loopholes_html import write_loopholes_page
from ifthen.reports.loopholes_text import write_scorecard, write_study
from ifthen.reports.loopholes_words import STATES, needs, sight, state, story
from ifthen.reports.page import Page
from ifthen.review.loopholes import study as studies_of
from ifthen.review.loopholes.concrete import record_of
from ifthen.review.loopholes.search import Outcome
from ifthen.review.loopholes.study import answered
from ifthen.ruling.finding import FAULTS

REPORTS = Path(ifthen.reports.__file__).parent
GOLDEN = Path(__file__).parent / "golden"
DOCS = Path(__file__).parents[2] / "docs" / "loopholes.md"


def root(*studies: Any) -> Element:
    return read(write_loopholes_page(studies)).root


def text(write: Any, what: Any, width: int = 80) -> str:
    page = Page(width)
    write(page, what)
    return page.text()


def agree(name: str, found: str) -> None:
    golden = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def spaced(element: Element) -> str:
    return " ".join(element.text.split())


# --- golden ------------------------------------------------------------------------------------


def test_the_page_of_one_policy_reads_exactly_so() -> None:
    page = write_loopholes_page([made()])
    (body,) = re.findall("<body>(.*?)<script>", page, re.S)
    agree("loopholes.html", body.replace("><", ">\n<"))


def test_the_text_of_one_policy_reads_exactly_so() -> None:
    agree("loopholes.txt", text(write_study, made()))


@pytest.mark.parametrize("width", [80, 36])
def test_the_scorecard_is_a_table_where_there_is_room(width: int) -> None:
    found = text(write_scorecard, [made(), made(HOSTILE, proved=True)], width)
    agree(f"loopholes-scorecard-{width}.txt", found)
    assert all(len(line) <= width or " " not in line.strip() for line in found.splitlines())


# --- one study in three forms ------------------------------------------------------------------


def test_every_cell_leads_to_the_section_that_says_the_same() -> None:
    studies = [made(), made(HOSTILE, proved=True)]
    page = root(*studies)
    folds = {fold.attributes["id"]: fold for fold in page.all("details", "tested")}
    cells = [cell for cell in page.all("td") if "data-state" in cell.attributes]
    every = [one for study in studies for one in study.tested]
    shown = [cell.attributes["data-state"] for cell in cells]
    assert sorted(map(str, shown)) == sorted(state(one) for one in every)
    assert len(folds) == len(cells) == len(every)
    for cell in cells:
        (link,) = cell.all("a")
        fold = folds.pop((link.attributes["href"] or "").removeprefix("#"))
        assert fold.attributes["data-state"] == cell.attributes["data-state"]
        assert fold.attributes["data-harm"] == cell.attributes["data-harm"]
        assert not fold.attributes.get("open"), "folded where there are many"
        (chip,) = link.all("span", "status")
        assert chip.text == cell.attributes["data-state"], "told by a word, not by colour"
    assert not folds


def test_every_link_leads_somewhere_on_the_page() -> None:
    reader = read(write_loopholes_page([made(), made(HOSTILE)]))
    links = [str(link.attributes["href"]) for link in reader.root.all("a")]
    assert len(links) == 1 + 2 * (1 + 7 + 2)
    assert {link.removeprefix("#") for link in links} <= reader.ids
    assert all(link.startswith("#") for link in links)


def test_the_page_shows_what_the_json_holds() -> None:
    study = made()
    told = json.loads(json.dumps(study.as_json()))
    page = root(study)
    folds = page.all("details", "tested")
    for one, fold in zip(told["harms"], folds, strict=True):
        shown = spaced(fold)
        assert one["title"] in shown
        assert one["source"] in shown
        lines = [line.text for line in fold.all("li")]
        for timeline in [each["timeline"] for each in one["blame"]["sets"]]:
            assert all(sentence in lines for sentence in timeline["says"])
            assert ("silent" in shown) is timeline["silent"]
        for name in ("literal", "charitable"):
            outcome = one[name]
            assert all(f" {clause}" in shown for clause in outcome["rests_on"])
            if outcome["span_days"] is not None and outcome["status"] == "none":
                assert f"{outcome['span_days']} days" in shown
                assert f"needs {outcome['need_days']} day" in shown
            for skipped in outcome["not_searched"]:
                assert " ".join(skipped["why"].split()) in shown
        for repair in one["repairs"]:
            assert all(edit["name"] in shown for edit in repair["edits"])
    assert all(line in spaced(page) for line in told["assumes"])
    states = [state(one) for one in study.tested]
    verdicts = ["none" if name == "moot" else name for name in states]
    assert [one["verdict"] for one in told["harms"]] == verdicts


def made_json(*, proved: bool) -> list[dict[str, Any]]:
    return list(made(proved=proved).as_json()["harms"])


def test_what_the_json_holds_is_explained() -> None:
    page = DOCS.read_text(encoding="utf-8")

    def explained(name: str) -> list[str]:
        _, found, rest = page.partition(f"<!-- fields: {name} -->\n")
        assert found, name
        listed = rest.lstrip("\n").partition("\n\n")[0].splitlines()
        firsts = [line.partition(":")[0] for line in listed]
        return [word for first in firsts for word in re.findall(r"`(\w+)`", first)]

    told = made().as_json()
    harms = told["harms"]
    outcomes = [one[name] for one in harms for name in ("literal", "charitable")]
    timelines = [o["timeline"] for o in outcomes if o["timeline"] is not None]
    samples: dict[str, list[dict[str, Any]]] = {
        "study": [told],
        "good": [{k: v for k, v in told["able"][0].items() if k not in outcomes[0]}],
        "exit": [told["amendment"]],
        "harm": harms,
        "outcome": outcomes,
        "blame": [one["blame"] for one in harms],
        "set": [each for one in harms for each in one["blame"]["sets"]],
        "timeline": timelines,
        "repair": [each for one in harms for each in one["repairs"]],
        "edit": [edit for one in harms for each in one["repairs"] for edit in each["edits"]],
        "proof": [one["proof"] for one in made_json(proved=True) if one["proof"] is not None],
    }
    for name, found in samples.items():
        assert found, name
        assert {tuple(sorted(one)) for one in found} == {tuple(sorted(explained(name)))}, name


def test_every_timeline_of_the_samples_breaks_nothing_it_does_not_stretch() -> None:
    policy = policy_of()
    for one in made().tested:
        if one.charitable.witness is None:
            continue
        terms = {n: replace(t, literal=t.charitable) for n, t in policy.terms.items()}
        record = record_of(one.charitable.witness.facts)
        end = one.charitable.witness.end
        ruling = rule([replace(policy, terms=terms)], record, (end + 1) * 86400 - 1)
        assert not [f for f in ruling.findings if f.status in FAULTS]


# --- states ------------------------------------------------------------------------------------


def test_what_is_open_literally_alone_is_never_none() -> None:
    (one,) = (t for t in made().tested if t.harm.id == "untold" and t.start == "nothing")
    assert not one.blame.sets
    assert (one.literal.status, one.charitable.status) == ("found", "none")
    assert one.verdict == "stretched"
    assert needs(one) == ("more than 2 stretches together",)
    assert sight(one) == "silent"


def test_what_is_found_when_blame_is_laid_answers_what_was_left_undetermined() -> None:
    tested = {(one.harm.id, one.start): one for one in made().tested}
    open_, past = tested["stale", "assessed"].literal, tested["past", "assessed"]
    plain = tested["untold", "assessed"].blame
    literal, charitable = answered(open_, open_, plain)
    assert (literal.status, charitable.status) == ("found", "found")
    assert charitable.witness is plain.sets[0].witness
    assert (charitable.length, charitable.why) == (2, "")
    word = tested["unwritten", "nothing"].blame
    literal, charitable = answered(open_, open_, word)
    assert (literal.status, charitable.status) == ("found", "undetermined")
    assert answered(past.literal, past.charitable, past.blame) == (past.literal, past.charitable)


def test_a_proof_counts_where_nothing_was_found_and_not_where_something_was() -> None:
    studies = made(proved=True)
    states = {one.harm.id: state(one) for one in studies.tested}
    assert states["stale"] == "proved"
    proved = next(one for one in studies.tested if one.harm.id == "stale")
    found = next(one for one in studies.tested if one.harm.id == "untold")
    assert state(replace(proved, charitable=found.charitable)) == "open"
    page = spaced(root(studies))
    assert "there is a proof" in page
    assert "there is a proof" not in spaced(root(made()))


def test_what_needs_no_clause_is_no_merit_of_the_text() -> None:
    one = next(o for o in made().tested if (o.harm.id, o.start) == ("past", "nothing"))
    assert (one.verdict, state(one)) == ("none", "moot")
    proof = SimpleNamespace(status="proved", taking="literal", clauses=())
    assert state(replace(one, proof=proof)) == "moot"
    rests = replace(one, literal=replace(one.literal, clauses=("gate",)))
    assert state(rests) == "none"


def test_the_legend_tells_the_states_that_occur_and_what_none_does_not_mean() -> None:
    (legend,) = (s for s in root(made()).all("section") if s.attributes.get("id") == "legend")
    chips = [chip.text for chip in legend.all("span", "status")]
    assert chips == [name for name in STATES if name != "proved"]
    assert "no proof" in spaced(legend)


def test_assumptions_of_one_policy_are_not_told_of_all() -> None:
    page = root(made(), made(HOSTILE))
    (shared,) = page.all("ul", "assumed")
    assert "margin of" not in shared.text
    own = [spaced(section.all("p", "lead")[0]) for section in page.all("section", "studied")]
    assert ["margin of 2x" in own[0], "margin of 4x" in own[1]] == [True, True]


def test_the_harm_stands_in_the_order_of_the_days() -> None:
    one = next(t for t in made().tested if t.harm.id == "past")
    assert one.witness is not None
    assert [line.number for line in story(one.harm, one.witness)] == [1, None]
    later = replace(one.witness.facts[-1], day=one.witness.end, part="chosen")
    longer = replace(one.witness, facts=(*one.witness.facts, later))
    assert [line.number for line in story(one.harm, longer)] == [1, None, 2]


# --- the markup --------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [False, True])
def test_headings_go_down_one_step_at_a_time_and_headers_say_what_they_head(many: bool) -> None:
    studies = [made(), made(HOSTILE)] if many else [made()]
    page = write_loopholes_page(studies)
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    headers = read(page).root.all("th")
    assert headers
    assert {th.attributes["scope"] for th in headers} <= {"col", "row", "rowgroup"}


def test_drawings_are_named_and_number_what_the_list_says() -> None:
    for figure in root(made()).all("figure"):
        (drawing,) = figure.all("svg")
        assert drawing.attributes["role"] == "img"
        assert "Timeline from 1 January 2025" in (drawing.attributes["aria-label"] or "")
        numbers = [t.text for t in drawing.all("text", "event-number")]
        sentences = [li for li in figure.all("li") if "value" in li.attributes]
        assert sorted(numbers) == [li.attributes["value"] for li in sentences]
        (told,) = [li.text for li in figure.all("li", "harm")]
        assert "2025: " in told
        hidden = drawing.all("circle", "hidden")
        assert len(hidden) == sum("(nobody sees it)" in li.text for li in sentences)
        assert bool(hidden) is ("seen by nobody" in drawing.text)
        (harm,) = drawing.all("text", "harm-name")
        assert harm.text == "the harm"


def test_hostile_text_stays_text() -> None:
    page = root(made(HOSTILE))
    assert [s.text for s in page.all("script")] == [(REPORTS / "loopholes.js").read_text("utf-8")]
    styles = [(REPORTS / name).read_text("utf-8") for name in ("style.css", "loopholes.css")]
    assert [s.text for s in page.all("style")] == ["".join(styles)]
    assert not page.all("img")
    assert "</title><script>alert(1)</script> & $body ${style}" in page.all("h1")[0].text
    assert '"><img src=x onerror=alert(2)>' in page.text
    for element in page.all():
        assert not [name for name in element.attributes if name.startswith("on")], element.name


def test_nothing_on_the_page_is_loaded_from_elsewhere() -> None:
    page = write_loopholes_page([made(), made(HOSTILE)])
    assert "default-src 'none'" in page
    for element in read(page).root.all():
        for name in ("src", "srcset", "data", "action", "poster"):
            assert name not in element.attributes
        if element.name == "link":
            assert element.attributes["href"] == "data:,"
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


# --- the command -------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    policy, harms = tmp_path / "policy.yaml", tmp_path / "harms.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    kept = HARMS.replace("365 days", "200 days")
    harms.write_text(kept, encoding="utf-8")
    return policy, harms


def test_the_command_writes_the_page_of_what_it_prints(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    policy, harms = files
    html = tmp_path / "page.html"
    asked = ["review", "loopholes", str(policy), "--harms", str(harms), "--events", "1"]
    asked += ["--stretches", "1", "--start", "assessed", "--html", str(html)]
    printed = CliRunner().invoke(app, [*asked, "--json"])
    assert printed.exit_code == 1
    (told,) = json.loads(printed.stdout)
    cells = [
        c for c in read(html.read_text("utf-8")).root.all("td") if "data-state" in c.attributes
    ]
    found = [(c.attributes["data-harm"], c.attributes["data-state"]) for c in cells]
    assert [(harm, "none" if name == "moot" else name) for harm, name in found] == [
        (one["harm"], one["verdict"]) for one in told["harms"]
    ]
    assert {one["verdict"] for one in told["harms"]} >= {"open", "stretched", "none"}


def test_a_page_that_cannot_be_written_is_bad_input(files: tuple[Path, Path]) -> None:
    policy, harms = files
    asked = ["review", "loopholes", str(policy), "--harms", str(harms), "--events", "0"]
    asked += ["--stretches", "0", "--harm", "untold"]
    for place in (policy / "page.html", policy.parent):  # a file and a folder in the way
        result = CliRunner().invoke(app, [*asked, "--html", str(place)])
        assert result.exit_code == 2
        assert "--html" in result.output
        assert "cannot be written" in result.output


def test_a_policy_that_is_named_twice_is_tested_once(files: tuple[Path, Path]) -> None:
    policy, harms = files
    asked = ["review", "loopholes", str(policy), str(policy), "--harms", str(harms)]
    asked += ["--harm", "untold", "--events", "0", "--stretches", "0", "--json"]
    printed = CliRunner().invoke(app, asked)
    assert [one["policy"] for one in json.loads(printed.stdout)] == ["lab/safety@1"]


def test_every_policy_is_read_before_any_is_searched(files: tuple[Path, Path]) -> None:
    policy, _ = files
    result = CliRunner().invoke(app, ["review", "loopholes", str(policy), "no/such@1", "nor@this"])
    assert result.exit_code == 2
    assert "no/such@1" in result.output
    assert "nor@this" in result.output


def test_the_samples_have_the_fields_of_the_search() -> None:
    """The samples are made by hand: they must not lag behind what a search fills in."""
    assert {field.name for field in fields(studies_of.Tested)} >= {
        "literal",
        "charitable",
        "blame",
        "repairs",
    }
    assert isinstance(made().able[0][1], Outcome)
    assert harms_of(policy_of()).margin == 2
