"""The page: its parts, what it escapes, and that it needs nothing from anywhere."""

from __future__ import annotations

import ast
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from report_page import DEMO, Element, demo, page_of, read, ruled, written

import ifthen.reports
from ifthen.dates import end_of, parse_day
from ifthen.reports import html
from ifthen.reports.markup import is_web_address

REPORTS = Path(ifthen.reports.__file__).parent


@pytest.fixture(scope="module")
def page() -> Element:
    return read(page_of(demo())).root


def chips(page: Element) -> dict[str, str]:
    (listed,) = page.all("ul", "chips")
    return {chip.own_text[0].strip(): chip.all("b")[0].text for chip in listed.all("a")}


def outline(page: Element) -> str:
    """The findings, section by section, in the words the page shows first."""
    lines = []
    for section in page.all("section", "group"):
        lines.append(f"# {section.all('h3')[0].own_text[0].strip()}")
        for entry in section.all(class_="finding"):
            status = entry.attributes["data-status"]
            shown = (entry.all("summary") or [entry])[0]
            parts = [
                part.text.strip()
                for name in ("title", "whom", "moment", "where")
                for part in shown.all("span", name)[:1]
            ]
            lines.append(f"{status}: " + " | ".join(part for part in parts if part))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("end", ["2025-10-15", "2025-12-10"])
def test_the_findings_of_the_demonstration_read_exactly_so(end: str) -> None:
    golden = DEMO / f"findings-{end}.txt"
    found = outline(read(page_of(demo(), end)).root)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_every_finding_is_on_the_page_once(page: Element) -> None:
    findings = ruled(demo()).ruling.findings
    members = [str(e.attributes["data-members"]).split() for e in page.all(class_="finding")]
    assert sum(map(len, members)) == len(findings)
    for status in {finding.status for finding in findings}:
        count = sum(finding.status == status for finding in findings)
        assert chips(page)[status] == str(count)


def test_every_link_within_the_page_leads_somewhere() -> None:
    for end in ("2025-10-15", "2025-12-10"):
        reader = read(page_of(demo(), end))
        for element in reader.root.all():
            target = element.attributes.get("href") or ""
            assert not target.startswith("#") or target[1:] in reader.ids, target


def test_headings_do_not_skip_a_level(page: Element) -> None:
    levels = [int(e.name[1]) for e in page.all() if re.fullmatch("h[1-6]", e.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_fault_unfolds_into_what_it_rests_on(page: Element) -> None:
    late = next(e for e in page.all("details", "fault") if "8 days late" in e.text)
    text = " ".join(late.text.split())
    for words in ("Report on Alpha 1.", "2025-03-20", "EX-04", "Example policy v1.0, s.2"):
        assert words in text
    assert "https://example.org/report" in {a.attributes.get("href") for a in late.all("a")}
    void = next(e for e in page.all("details", "fault") if e.attributes["data-status"] == "void")
    assert void.all("ul", "tree")[0].all("span", "answer")


def test_readings_and_words_are_told() -> None:
    page = read(page_of(demo(), "2025-10-15")).root
    assert any("counted from its completion" in table.text for table in page.all("table"))
    words = next(q for e in page.all(class_="finding") for q in e.all("li") if q.all("q"))
    said = " ".join(words.text.split())
    assert "literally any; charitably at most 2 weeks" in said
    assert words.all("span", "status")[0].own_text[0] == "breached"


def test_versions_that_are_not_encoded_are_named(page: Element) -> None:
    assert "example/rsp 2.0 (from 2025-11-03)" in page.all("p", "not-encoded")[0].text


def test_alike_undetermined_findings_become_one_entry() -> None:
    models = "\n".join(
        f"- {{id: f{n}, date: 2025-02-0{n}, kind: model_released, model: Model {n}}}"
        for n in range(1, 8)
    )
    page = read(
        written(
            "developer: Some Lab\ncomplete: [policy_adopted, model_released]\nfacts:\n"
            "- {id: p, date: 2025-01-01, kind: policy_adopted, policy: example/rsp@1.0}\n" + models,
            "2025-03-01",
        )
    ).root
    gate = [e for e in page.all(class_="finding") if e.attributes["data-clause"] == "gate"]
    assert [len(str(e.attributes["data-members"]).split()) for e in gate] == [14]
    assert "Model 1, Model 2 and 5 more" in gate[0].text
    assert "threshold cbrn was never decided for the model on this record" in gate[0].text
    assert len(page.all(class_="reason")) < 8


# --- what others wrote -------------------------------------------------------------------------

HOSTILE = """
developer: '<script>alert(1)</script> & "Co"'
complete: [policy_adopted, model_released, threshold_decision]
facts:
- {id: p, date: 2025-01-01, kind: policy_adopted, policy: example/rsp@1.0}
- id: 'x"><script>alert(2)</script>'
  date: 2025-02-01
  kind: model_released
  model: 'M"onload=alert(3) <img src=x onerror=alert(4)>'
  summary: "</script><script>alert(5)</script> \\u202e ]]> {{7*7}} $body ${style}"
  note: "<style>*{display:none}</style><!--"
  sources:
  - {title: 'click <b>me</b>', url: 'javascript:alert(6)'}
  - {title: data, url: 'data:text/html,<script>alert(7)</script>'}
  - {title: odd, url: 'http://[oops'}
  - {title: quoted, url: 'https://example.org/"onmouseover="alert(8)'}
  - {title: good, url: 'https://example.org/a?b=1&c=2'}
"""


def test_hostile_text_stays_text() -> None:
    page = written(HOSTILE, "2025-06-01")
    root = read(page).root
    assert [s.text for s in root.all("script")] == [(REPORTS / "page.js").read_text("utf-8")]
    assert [s.text for s in root.all("style")] == [(REPORTS / "style.css").read_text("utf-8")]
    assert not root.all("img")
    assert '<script>alert(1)</script> & "Co"' in root.all("h1")[0].text
    assert "$body ${style}" in root.text
    for element in root.all():
        assert not [name for name in element.attributes if name.startswith("on")], element.name


def test_only_web_addresses_become_links() -> None:
    root = read(written(HOSTILE, "2025-06-01")).root
    links = {a.attributes["href"] for a in root.all("a", "source")}
    assert links == {
        "https://example.org/a?b=1&c=2",
        'https://example.org/"onmouseover="alert(8)',
    }
    assert all(a.attributes["rel"] == "noopener noreferrer" for a in root.all("a", "source"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org", True),
        ("HTTP://example.org/x", True),
        ("javascript:alert(1)", False),
        (" java\nscript:alert(1)", False),
        ("//example.org", False),
        ("https:example.org", False),
        ("https://", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_a_web_address_is_http_with_a_host(address: str, expected: bool) -> None:
    assert is_web_address(address) is expected


def test_the_page_loads_nothing(page: Element) -> None:
    for element in page.all():
        for name in ("src", "srcset", "data", "action", "poster", "xlink:href"):
            assert name not in element.attributes, element.name
        target = element.attributes.get("href") or "#"
        if element.name == "link":
            assert target == "data:,"
        elif not target.startswith("#"):
            assert (element.name, element.attributes.get("class")) == ("a", "source")
    style = (REPORTS / "style.css").read_text("utf-8")
    assert "@import" not in style
    assert "url(" not in style
    policy = next(m for m in page.all("meta") if m.attributes.get("http-equiv"))
    assert "default-src 'none'" in str(policy.attributes["content"])


# --- size, purity, colour ----------------------------------------------------------------------


def test_the_same_replay_gives_the_same_page() -> None:
    assert page_of(demo()) == page_of(demo())


def test_a_record_without_a_single_fault_says_what_that_is_worth() -> None:
    page = read(
        written(
            "developer: Quiet Lab\ncomplete: [policy_adopted]\nfacts:\n"
            "- {id: p, date: 2025-01-01, kind: policy_adopted, policy: example/rsp@1.0}\n"
            "- {id: q, date: 2025-01-02, kind: model_announced, model: Q}\n",
            "2025-06-01",
        )
    ).root
    assert "No fault is shown" in page.all("p", "verdict")[0].text
    assert "That is no clean bill" in page.all("p", "empty")[0].text


def test_a_record_without_an_encoded_policy_still_makes_a_page() -> None:
    page = read(
        written(
            "developer: Other Lab\nfacts:\n"
            "- {id: p, date: 2025-01-01, kind: policy_adopted, policy: other/rsp@9}\n",
            "2025-01-01",
        )
    ).root
    assert "no encoded policy" in page.all("p", "dates")[0].text


def test_thousands_of_findings_do_not_swell_the_page() -> None:
    result = ruled(demo())
    some = [f for f in result.ruling.findings if f.status in ("met", "undetermined", "open")]
    many = tuple(
        replace(
            finding,
            subject=replace(finding.subject, model=f"Model {number}"),
            outcome=replace(finding.outcome, key=f"{finding.outcome.key}/{number}"),
        )
        for number in range(100)
        for finding in some
    )
    ruling = replace(result.ruling, findings=many)
    page = html.write_page(replace(result, ruling=ruling, changes=()), demo(), [])
    assert len(many) >= 1_400
    assert len(page.encode()) < 1_500_000
    assert len(read(page).root.all("li", "finding")) >= 800


def test_reports_need_no_terminal_library_for_the_page() -> None:
    for name in ("html", "timeline", "lanes", "sections", "entries", "explain", "digest", "markup"):
        tree = ast.parse((REPORTS / f"{name}.py").read_text("utf-8"))
        imported = {
            alias.name if isinstance(node, ast.Import) else str(node.module)
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert not [found for found in imported if found.split(".")[0] in ("click", "rich")]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_on_every_ground(scheme: str) -> None:
    style = (REPORTS / "style.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        colours.update(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))
    for text in ("ink", "soft", "link", "fault", "kept", "wait", "aim"):
        for ground in ("paper", "raised", "wash", "fault-wash"):
            if ground == "fault-wash" and text not in ("ink", "fault"):
                continue
            pair = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
            assert (pair[0] + 0.05) / (pair[1] + 0.05) >= 4.5, (text, ground)


def test_the_axis_ends_a_little_after_the_ruling() -> None:
    from ifthen.reports.digest import Facts, digest
    from ifthen.reports.lanes import chart

    result = ruled(demo(), "2025-10-15")
    facts = Facts(demo(), result.ruling)
    drawn = chart(result, facts, digest(result.ruling, facts).ids)
    assert drawn.now == end_of(parse_day("2025-10-15"))
    assert drawn.now < drawn.end
    assert [lane.name for lane in drawn.lanes] == ["Organisation", "Alpha 1", "Beta", "Gamma"]
