"""The scorecard of loopholes in a real browser: a phone, without scripts, filters, dark, paper."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("z3", reason="the solver is an extra: pip install 'ifthen[loopholes]'")

from browser import DESKTOP, PHONE, ask, choose, show
from loophole_studies import HOSTILE, made

from ifthen.reports.loopholes_html import write_loopholes_page

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CELLS = "[...document.querySelectorAll('td[data-state]')]"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the pages under test."""
    folder = tmp_path_factory.mktemp("loopholes")
    texts = {
        "one": write_loopholes_page([made()]),
        "hostile": write_loopholes_page([made(HOSTILE)]),
        "all": write_loopholes_page([made(), made(HOSTILE, proved=True)]),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}


@pytest.mark.parametrize("name", ["one", "hostile", "all"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_body_never_scrolls_sideways(
    chrome: Chrome, pages: dict[str, str], name: str, size: tuple[int, int]
) -> None:
    show(chrome, pages[name], size)
    chrome.execute_script("for (const d of document.querySelectorAll('details')) d.open = true;")
    assert ask(chrome, "document.documentElement.scrollWidth") <= ask(chrome, "innerWidth")
    assert ask(chrome, "innerWidth") == size[0]


@pytest.mark.parametrize("name", ["one", "hostile", "all"])
def test_nothing_is_loaded_and_nothing_complains(
    chrome: Chrome, pages: dict[str, str], name: str
) -> None:
    show(chrome, pages[name])
    assert ask(chrome, "performance.getEntriesByType('resource').length") == 0
    assert chrome.get_log("browser") == []
    assert ask(chrome, "document.documentElement.classList.contains('js')")
    assert ask(chrome, "document.querySelectorAll('script').length") == 1


def test_on_a_phone_the_policies_stay_in_sight_and_cells_say_how_they_begin(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["all"], PHONE)
    frame = "document.querySelector('.scroll')"
    assert ask(chrome, f"{frame}.scrollWidth > {frame}.clientWidth")
    chrome.execute_script(f"{frame}.scrollLeft = 300")
    left = "Math.round({}.getBoundingClientRect().left)"
    policy = left.format("document.querySelector('.all th.policy')")
    assert ask(chrome, policy) == ask(chrome, left.format(frame))
    assert ask(chrome, "document.querySelector('.all td .begins').checkVisibility()")
    show(chrome, pages["all"], DESKTOP)
    assert not ask(chrome, "document.querySelector('.all td .begins').checkVisibility()")
    assert ask(chrome, "document.querySelector('.all th.begins').checkVisibility()")


def test_on_a_phone_marks_of_a_drawing_stay_apart_and_inside(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["one"], PHONE)
    boxes: list[list[list[float]]] = ask(
        chrome,
        "[...document.querySelectorAll('details[open] > .body > figure .drawn')].map(d => {"
        "  const all = [d, ...d.querySelectorAll('circle')].map(e => e.getBoundingClientRect());"
        "  return all.map(b => [b.left, b.right, b.top, b.bottom]);"
        "})",
    )
    assert sum(len(drawing) > 2 for drawing in boxes) >= 2
    for frame, *marks in boxes:
        for number, one in enumerate(marks):
            assert frame[0] <= one[0]
            assert one[1] <= frame[1]
            for other in marks[number + 1 :]:
                beside = one[1] <= other[0] or other[1] <= one[0]
                assert beside or one[3] <= other[2] or other[3] <= one[2]


def test_a_cell_leads_to_its_section_and_unfolds_it(chrome: Chrome, pages: dict[str, str]) -> None:
    show(chrome, pages["all"], prefers_reduced_motion="reduce")
    fold = "document.getElementById('lab-safety-1-past-assessed')"
    assert not ask(chrome, f"{fold}.open")
    chrome.execute_script(
        "document.querySelector('a[href$=\"lab-safety-1-past-assessed\"]').click()"
    )
    chrome.execute_async_script("setTimeout(arguments[arguments.length - 1], 100)")
    assert ask(chrome, f"{fold}.open")
    assert ask(chrome, f"{fold}.querySelector('.drawn').checkVisibility()")
    assert 0 <= ask(chrome, f"{fold}.getBoundingClientRect().top") < DESKTOP[1]


def test_the_keyboard_reaches_the_table_and_every_cell(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["all"])
    assert ask(chrome, "document.querySelector('.scroll').tabIndex") == 0
    reached = ask(chrome, f"{CELLS}.every(c => c.querySelector('a').tabIndex === 0)")
    assert reached
    assert ask(chrome, "document.querySelector('.skip').getAttribute('href')") == "#glance"


def test_without_scripts_everything_is_there(chrome: Chrome, pages: dict[str, str]) -> None:
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(chrome, f"{pages['all']}#lab-safety-1-past-assessed")
    finally:
        chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert not ask(chrome, "document.documentElement.classList.contains('js')")
    assert not ask(chrome, "document.getElementById('filters').checkVisibility()")
    fold = "document.getElementById('lab-safety-1-past-assessed')"
    assert ask(chrome, f"{fold}.querySelector('.drawn').getBoundingClientRect().height") > 50


def visible(chrome: Chrome) -> list[Any]:
    """Developer, harm and state of every cell that is shown in full."""
    return list(
        ask(
            chrome,
            f"{CELLS}.filter(c => c.checkVisibility() && !c.classList.contains('other'))"
            ".map(c => [c.closest('table').dataset.developer, c.dataset.harm, c.dataset.state])",
        )
    )


def test_filters_leave_what_was_asked_for_and_count_it(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    count = "document.querySelector('#filters output').value"
    folds = "[...document.querySelectorAll('.tested')].filter(f => f.checkVisibility()).length"
    show(chrome, pages["all"])
    assert len(visible(chrome)) == 14
    assert ask(chrome, count) == "14 of 14 cells"
    choose(chrome, "form.elements.developer.value = 'lab'")
    assert {developer for developer, _, _ in visible(chrome)} == {"lab"}
    assert ask(chrome, folds) == 7
    choose(chrome, "form.elements.harm.value = 'untold'")
    assert visible(chrome) == [["lab", "untold", "open"], ["lab", "untold", "stretched"]]
    heads = "[...document.querySelectorAll('th[data-harm]')].filter(h => h.checkVisibility())"
    assert ask(chrome, f"{heads}.map(h => h.textContent)") == ["untold"]
    choose(chrome, "form.elements.state.value = 'open'")
    assert visible(chrome) == [["lab", "untold", "open"]]
    assert ask(chrome, count) == "1 of 14 cells"
    assert ask(chrome, folds) == 1
    choose(chrome, "form.reset()")
    assert len(visible(chrome)) == 14


def test_a_link_to_what_is_filtered_away_brings_it_back(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["all"])
    choose(chrome, "form.elements.state.value = 'open'")
    fold = "document.getElementById('lab-safety-1-stale-assessed')"
    assert not ask(chrome, f"{fold}.checkVisibility()")
    chrome.execute_script("location.hash = 'lab-safety-1-stale-assessed'")
    chrome.execute_async_script("setTimeout(arguments[arguments.length - 1], 100)")
    assert ask(chrome, f"{fold}.checkVisibility() && {fold}.open")


def test_states_differ_by_shape_in_the_dark_and_without_colour(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    paint = "e => getComputedStyle(e, '::before')"
    shapes = (
        f"(s => Object.fromEntries(s.map(e => [e.textContent, (({paint})(e).borderRadius + ' ' +"
        f" ({paint})(e).transform + ' ' + (({paint})(e).backgroundImage === 'none') + ' ' +"
        f" (({paint})(e).backgroundColor === 'rgba(0, 0, 0, 0)'))])))"
        "([...document.querySelectorAll('#legend .status')])"
    )
    colour = "getComputedStyle(document.querySelector('.v-open')).color"
    show(chrome, pages["all"])
    light = ask(chrome, colour)
    found = ask(chrome, shapes)
    assert set(found) == {"open", "stretched", "undetermined", "none", "proved", "moot"}
    assert len(set(found.values())) == 6
    show(chrome, pages["all"], prefers_color_scheme="dark")
    assert ask(chrome, colour) != light
    assert ask(chrome, shapes) == found


@pytest.mark.parametrize("name", ["one", "all"])
@pytest.mark.parametrize(("width", "height"), [(8.27, 11.69), (11.69, 16.54)])
def test_it_prints(
    chrome: Chrome, pages: dict[str, str], name: str, width: float, height: float
) -> None:
    show(chrome, pages[name])
    paper = {"landscape": True, "paperWidth": width, "paperHeight": height}
    printed = base64.b64decode(chrome.execute_cdp_cmd("Page.printToPDF", paper)["data"])
    assert printed.startswith(b"%PDF")
    assert 2 <= printed.count(b"/Type /Page\n") <= 12


def test_on_paper_the_whole_table_fits_and_filters_are_gone(
    chrome: Chrome, pages: dict[str, str]
) -> None:
    show(chrome, pages["all"], (1047, 760), media="print")
    assert ask(chrome, "document.documentElement.scrollWidth") <= 1047
    assert not ask(chrome, "document.getElementById('filters').checkVisibility()")
    last = "[...document.querySelectorAll('.all tr:first-child > :last-child')]"
    assert ask(chrome, f"Math.max(...{last}.map(e => e.getBoundingClientRect().right))") <= 1047
