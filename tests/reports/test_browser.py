"""The page in a real browser: a phone, the filters, dark, paper."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import DESKTOP, PHONE, ask, choose, show
from report_page import demo, page_of, ruled, written
from test_html import HOSTILE

from ifthen import compare
from ifthen.dates import end_of, parse_day
from ifthen.policy.load import load_policy, policy_ids
from ifthen.record.load import load_record
from ifthen.reports.compare_html import write_comparison_page, write_matrix_page
from ifthen.reports.html import write_page
from ifthen.review.requirements import requirements
from ifthen.ruling.replay import replay

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

EXAMPLE = Path(__file__).parents[2] / "src" / "ifthen" / "examples" / "anthropic.yaml"
SIDES = [
    load_policy(name)
    for name in (
        "anthropic/rsp@2.2",
        "openai/preparedness@2",
        "deepmind/fsf@3.1",
        "us-ca/sb53@2025",
    )
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the pages under test."""
    policies = [load_policy(name) for name in policy_ids() if name.startswith("anthropic/")]
    example = load_record(EXAMPLE)
    result = replay(policies, example, None, end_of(parse_day("2026-11-22")))
    folder = tmp_path_factory.mktemp("pages")
    texts = {
        "demo": page_of(demo(), "2025-10-15"),
        "hostile": written(HOSTILE, "2025-06-01"),
        "example": write_page(result, example, policies),
        "comparison": write_comparison_page(compare(SIDES, example, "2026-11-22")),
        "matrix": write_matrix_page(SIDES, [requirements(policy) for policy in SIDES]),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}


@pytest.mark.parametrize("name", ["demo", "example", "hostile", "comparison", "matrix"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_body_never_scrolls_sideways(
    chrome: Chrome, pages: dict[str, str], name: str, size: tuple[int, int]
) -> None:
    show(chrome, pages[name], size)
    width = "document.documentElement.scrollWidth"
    assert ask(chrome, width) <= ask(chrome, "innerWidth") == size[0]
    chrome.execute_script("for (const d of document.querySelectorAll('details')) d.open = true;")
    assert ask(chrome, width) <= size[0]


def test_on_a_phone_the_timeline_scrolls_and_its_lanes_keep_their_names(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["example"], PHONE)
    frame = "document.querySelector('.timeline')"
    assert ask(chrome, f"{frame}.scrollWidth > {frame}.clientWidth")
    chrome.execute_script(f"{frame}.scrollLeft = 500")
    left = "Math.round({}.getBoundingClientRect().left)"
    names = left.format("document.querySelector('.lane-name')")
    assert ask(chrome, names) == ask(chrome, left.format(frame))


@pytest.mark.parametrize("name", ["demo", "example", "hostile", "comparison", "matrix"])
def test_nothing_is_loaded_and_nothing_complains(
    chrome: Chrome, pages: dict[str, str], name: str
) -> None:
    show(chrome, pages[name])
    assert ask(chrome, "performance.getEntriesByType('resource').length") == 0
    assert chrome.get_log("browser") == []
    scripted = ask(chrome, "document.documentElement.classList.contains('js')")
    assert scripted is (name in ("demo", "example", "hostile"))


def test_of_the_table_at_a_glance_the_families_stay_in_sight(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["comparison"], PHONE)
    frame = "document.querySelector('.scroll')"
    assert ask(chrome, f"{frame}.scrollWidth > {frame}.clientWidth")
    chrome.execute_script(f"{frame}.scrollLeft = 300")
    left = "Math.round({}.getBoundingClientRect().left)"
    family = left.format("document.querySelector('.glance tbody th')")
    assert ask(chrome, family) == ask(chrome, left.format(frame))


def test_filters_hide_findings_and_count_what_is_left(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    shown = "[...document.querySelectorAll('.finding')].filter(f => !f.hidden).length"
    count = "document.querySelector('#filters output').value"
    show(chrome, pages["demo"])
    total = len(ruled(demo(), "2025-10-15").ruling.findings)
    every = ask(chrome, shown)
    assert every <= total
    assert ask(chrome, count) == f"{total} of {total} findings"

    choose(chrome, "form.querySelector('[value=late]').click()")
    assert ask(chrome, shown) == 2
    assert ask(chrome, count) == f"2 of {total} findings"
    assert ask(chrome, "document.querySelector('#faults .number').textContent") == "2 of 7"
    assert ask(chrome, "document.getElementById('held').hidden")

    choose(chrome, "form.elements.words.value = 'Alpha 1 30 DAYS'")
    assert ask(chrome, shown) == 1

    choose(chrome, "form.reset()")
    assert ask(chrome, shown) == every
    subject = "[...form.elements.subject.options].find(o => o.text === 'Gamma').selected = true"
    choose(chrome, subject)
    assert 0 < ask(chrome, shown) < every
    assert "Gamma" in ask(chrome, "document.querySelector('#held .finding').textContent")

    choose(chrome, "form.reset(); form.elements.clause.value = 'kind:cadence'")
    kinds = (
        "[...document.querySelectorAll('.finding')].filter(f => !f.hidden).map(f => f.dataset.kind)"
    )
    assert set(ask(chrome, kinds)) == {"cadence"}


def test_a_grouped_entry_counts_only_what_the_filter_asks_for(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["example"])
    subject = (
        "[...form.elements.subject.options].find(o => o.text === 'Claude Opus 4').selected = true"
    )
    choose(chrome, subject)
    left, _, total = ask(chrome, "document.querySelector('#filters output').value").split(" ")[:3]
    assert 0 < int(left) < int(total.replace(",", ""))


def test_details_unfold_and_links_reveal_what_they_lead_to(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["demo"])
    body = "document.querySelector('details.fault .body').checkVisibility()"
    assert not ask(chrome, body)
    chrome.execute_script("document.querySelector('details.fault > summary').click()")
    assert ask(chrome, body)
    kept = ask(chrome, "document.querySelector('#kept .finding').id")
    assert not ask(chrome, f"document.getElementById('{kept}').checkVisibility()")
    show(chrome, f"{pages['demo']}#{kept}")
    assert ask(chrome, f"document.getElementById('{kept}').open")
    assert ask(chrome, f"document.querySelector('#{kept} .body').checkVisibility()")


def test_dark_and_light_follow_the_reader(chrome: Chrome, pages: dict[str, str]) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    show(chrome, pages["demo"], prefers_color_scheme="light")
    light = ask(chrome, ground)
    show(chrome, pages["demo"], prefers_color_scheme="dark")
    assert light != ask(chrome, ground) == "rgb(22, 24, 27)"


def test_no_motion_where_the_reader_wants_none(chrome: Chrome, pages: dict[str, str]) -> None:
    show(chrome, pages["demo"], prefers_reduced_motion="reduce")
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert ask(chrome, behaviour) == "auto"


def test_on_paper_faults_are_unfolded_and_filters_are_gone(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["demo"], (1060, 750), media="print")
    assert ask(chrome, "getComputedStyle(document.getElementById('filters')).display") == "none"
    bodies = "[...document.querySelectorAll('details{} .body')].map(b => b.checkVisibility())"
    assert ask(chrome, bodies.format(".fault")) == [True] * 7
    assert not any(ask(chrome, bodies.format(":not(.fault)")))
    frame = "document.querySelector('.timeline')"
    assert ask(chrome, f"{frame}.scrollWidth <= {frame}.clientWidth + 1")


@pytest.mark.parametrize("name", ["example", "comparison", "matrix"])
@pytest.mark.parametrize(("width", "height"), [(8.27, 11.69), (11.69, 16.54)])
def test_it_prints(
    chrome: Chrome, pages: dict[str, str], name: str, width: float, height: float
) -> None:
    show(chrome, pages[name])
    paper = {"landscape": True, "paperWidth": width, "paperHeight": height}
    printed = base64.b64decode(chrome.execute_cdp_cmd("Page.printToPDF", paper)["data"])
    assert printed.startswith(b"%PDF")
    assert 2 <= printed.count(b"/Type /Page\n") <= 40
