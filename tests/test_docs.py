"""The pages of ``docs/`` and the README say what the code does.

``UPDATE_GOLDEN=1 pytest`` writes the generated tables of ``docs/record.md`` anew.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

from ifthen import InputError, Source, parse_record
from ifthen.cli.app import app
from ifthen.record.facts import FRAME
from ifthen.record.head import FIELDS
from ifthen.ruling.outcome import Status
from ifthen.vocabulary import COMMON, DEFAULTS, FAMILIES, KINDS, STATED, Attribute

ROOT = Path(__file__).parent.parent
PAGES = {path.name: path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
RECORD, RULING, COMPARE = (PAGES[f"{name}.md"] for name in ("record", "ruling", "compare"))
LEFT_OUT = "…"
BEGIN, END = "<!-- kinds: begin -->\n", "<!-- kinds: end -->"

_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[a-z ]+) -->\n\n)?^```(?P<form>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """The mark, form and text of every fenced block of a page."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [(match["mark"] or "", match["form"], match["text"]) for match in found]


def of_form(page: Path, form: str) -> list[str]:
    return [text for _, found, text in blocks(page) if found == form]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what ``ifthen init`` writes."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    return tmp_path


def run(command: str) -> Result:
    program, *arguments = shlex.split(command)
    assert program == "ifthen"
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


# --- the generated tables ----------------------------------------------------------------------


def described(kind: str, name: str, attribute: Attribute) -> str:
    """An attribute in a table: its name, its type, and its closed list."""
    type_ = {"boolean": "truth", "about": "names"}.get(attribute.type, attribute.type)
    if not attribute.options:
        return f"`{name}` {type_}"
    options = ", ".join(f"`{option}`" for option in attribute.options)
    default = DEFAULTS.get((kind, name))
    return f"`{name}` {options}" + (f" (default `{default}`)" if default else "")


def listed(kind: str, attributes: Mapping[str, Attribute]) -> str:
    return "; ".join(described(kind, name, found) for name, found in attributes.items())


def tables() -> str:
    """The generated part of ``docs/record.md``."""
    lines = [
        "Any fact may carry: " + listed("", COMMON) + ".",
        "",
        "| group | kind | model | phase | may also say |",
        "|---|---|---|---|---|",
    ]
    group = ""
    for name in STATED:
        kind = KINDS[name]
        first = kind.group if kind.group != group else ""
        group = kind.group
        model = "yes" if kind.needs_model else ""
        lines.append(
            f"| {first} | `{name}` | {model} | {kind.phase} | {listed(name, kind.attributes)} |"
        )
    return "\n".join(lines) + "\n"


def test_the_tables_of_kinds_are_those_of_the_vocabulary() -> None:
    page = RECORD.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    shown, _, after = rest.partition(END)
    if os.environ.get("UPDATE_GOLDEN"):
        RECORD.write_text(before + BEGIN + tables() + END + after, encoding="utf-8")
        shown = tables()
    assert shown == tables()


# --- the record --------------------------------------------------------------------------------


def test_records_of_the_documentation_load() -> None:
    shown = [text for mark, form, text in blocks(RECORD) if form == "yaml" and mark != "refused"]
    assert len(shown) >= 5
    for text in shown:
        whole = text if not text.startswith("-") else f"record: Lab\nfacts:\n{text}"
        assert parse_record(Source("record.yaml", whole)).facts
    (lines,) = of_form(RECORD, "json")
    assert parse_record(Source("record.jsonl", lines)).facts


def test_a_refused_record_is_refused_in_the_words_shown() -> None:
    (refused,) = (text for mark, _, text in blocks(RECORD) if mark == "refused")
    (shown,) = of_form(RECORD, "text")
    with pytest.raises(InputError) as caught:
        parse_record(Source("record.yaml", refused))
    assert shown.rstrip("\n") == caught.value.diagnostics[0].render()
    assert len(caught.value.diagnostics) == 3


# --- fields of output --------------------------------------------------------------------------


def fields(page: Path, name: str) -> list[str]:
    """The words explained in the table or list below the comment that names it."""
    text = page.read_text(encoding="utf-8")
    _, found, rest = text.partition(f"<!-- fields: {name} -->\n")
    assert found, f"{page.name} does not explain the fields of a {name}"
    lines = rest.lstrip("\n").partition("\n\n")[0].splitlines()
    table = lines[0].startswith("|")
    explained = [
        line.split("|")[1] if table else line.partition(":")[0]
        for line in (lines[2:] if table else lines)
    ]
    return [word for words in explained for word in re.findall(r"`(\w+)`", words)]


@cache
def ruled(command: str) -> Any:
    """What a command prints as JSON, kept for the next test."""
    return json.loads(run(command).stdout)


def commands(page: Path) -> Iterator[tuple[str, Any]]:
    """Every command with ``--json``, and the shortened output shown below it."""
    found = blocks(page)
    for (_, form, text), (_, below, shown) in pairwise(found):
        if form == "" and below == "json":
            yield text.strip(), json.loads(shown)


SHOWN = dict(commands(RULING))
BY_NAME = {command.split()[1]: command for command in SHOWN}


def steps(trees: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in trees:
        yield step
        yield from steps(step["children"])


def samples(name: str) -> list[dict[str, Any]]:
    """Real objects of the sort that a table describes."""
    ruling = ruled(BY_NAME["rule"])
    findings: list[dict[str, Any]] = ruling["findings"]
    match name:
        case "ruling":
            return [ruling]
        case "policy":
            return list(ruling["policies"])
        case "finding":
            return findings
        case "word":
            return [word for finding in findings for word in finding["words"]]
        case "reading":
            whole = ruled("ifthen rule example:anthropic --at 2024-11-01 --json")
            return [reading for finding in whole["findings"] for reading in finding["readings"]]
        case "may":
            return [ruled(BY_NAME["may"])]
        case "step":
            explained = ruled(BY_NAME["why"])["findings"]
            return [step for finding in explained for step in steps(finding["explanation"])]
    raise AssertionError(name)


@pytest.mark.parametrize("name", ["ruling", "policy", "finding", "word", "reading", "may", "step"])
def test_the_fields_of_the_ruling_are_those_of_the_output(name: str) -> None:
    found = samples(name)
    assert found
    documented = fields(RULING, name)
    assert len(set(documented)) == len(documented)
    for sample in found:
        assert set(documented) == set(sample)


def test_the_other_outputs_hold_what_the_page_says() -> None:
    finding = set(fields(RULING, "finding"))
    ruling = set(fields(RULING, "ruling"))
    replay, due, why = (ruled(BY_NAME[name]) for name in ("replay", "due", "why"))
    assert set(replay) == ruling | {"from", "to", "changes"}
    assert all(set(change) == finding | {"date", "was"} for change in replay["changes"])
    assert set(due) == {"at", "known", "days", "policies", "due"}
    assert all(set(item) == finding | {"date"} for item in due["due"])
    assert set(why) == ruling
    assert all(set(found) == finding | {"explanation", "proof"} for found in why["findings"])
    needed = {"kind", "model", "clause"}
    optional = {"threshold", "standard", "by", "to", "where", "step"}
    for missing in ruled(BY_NAME["may"])["missing"]:
        assert needed <= set(missing) <= needed | optional


def test_the_fields_of_a_comparison_are_those_of_the_output() -> None:
    (command,) = (c for c in of_form(COMPARE, "")[1:] if "--json" in c)
    told = json.loads(run(command.strip()).stdout)
    assert fields(COMPARE, "comparison") == list(told)
    cells = [cell for row in told["families"] for cell in row["policies"]]
    required = [one for cell in cells for one in cell["requires"]]
    assert {tuple(cell) for cell in cells} == {tuple(fields(COMPARE, "cell"))}
    assert {tuple(one) for one in required} == {tuple(fields(COMPARE, "requirement"))}
    families = re.findall(r"`([a-z-]+)`", COMPARE.read_text("utf-8").partition("|---|")[2])
    assert families[: len(FAMILIES)] == list(FAMILIES)


def test_the_fields_of_a_record_are_those_of_the_code() -> None:
    assert set(fields(RECORD, "head")) == {*FIELDS, "facts"}
    assert fields(RECORD, "frame") == list(FRAME)


def test_every_status_is_explained() -> None:
    text = RULING.read_text(encoding="utf-8").partition("## Statuses")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\|[^|]*\| `(\w+)` \|", text, re.M)) == set(get_args(Status))


# --- what commands print -----------------------------------------------------------------------


def agrees(shown: Any, real: Any) -> bool:
    """Whether a shortened example is what was really printed, but for what ``…`` leaves out."""
    if isinstance(shown, dict):
        if not isinstance(real, dict):
            return False
        names = [name for name in shown if name != LEFT_OUT]
        in_order = [name for name in real if name in shown]
        whole = LEFT_OUT in shown or len(names) == len(real)
        return (
            whole and names == in_order and all(agrees(shown[name], real[name]) for name in names)
        )
    if isinstance(shown, list):
        return isinstance(real, list) and lists_agree(shown, real)
    if isinstance(shown, str) and shown.endswith(LEFT_OUT):
        return isinstance(real, str) and real.startswith(shown.removesuffix(LEFT_OUT))
    return type(shown) is type(real) and bool(shown == real)


def lists_agree(shown: list[Any], real: list[Any]) -> bool:
    if not shown:
        return not real
    if shown[0] == LEFT_OUT:
        return any(lists_agree(shown[1:], real[skipped:]) for skipped in range(len(real) + 1))
    return bool(real) and agrees(shown[0], real[0]) and lists_agree(shown[1:], real[1:])


@pytest.mark.parametrize("command", SHOWN)
def test_the_output_shown_is_the_real_one(command: str) -> None:
    assert agrees(SHOWN[command], ruled(command))


def test_every_command_with_json_is_shown() -> None:
    assert set(BY_NAME) == {"rule", "may", "replay", "due", "why"}


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        ({"a": 1, "…": "…"}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "c": 1, "…": "…"}, {"a": 1, "b": 2}, False),
        (["…", 2, "…"], [1, 2, 3], True),
        (["…", 2], [1, 2, 3], False),
        ("one …", "one two", True),
        ("two …", "one two", False),
        (1, True, False),
    ],
)
def test_shortened_examples_are_compared_strictly(shown: Any, real: Any, same: bool) -> None:
    assert agrees(shown, real) is same


@pytest.mark.usefixtures("folder")
def test_exit_codes_are_those_of_the_table() -> None:
    rows = re.findall(r"^\| `(ifthen [^`]+)` \| (\d) \|", RULING.read_text(encoding="utf-8"), re.M)
    assert {code for _, code in rows} == {"0", "1", "2", "3"}
    for command, code in rows:
        assert (command, run(command).exit_code) == (command, int(code))


# --- snippets ----------------------------------------------------------------------------------


def snippets() -> Iterator[tuple[str, str, str | None]]:
    """Every Python block of every page, with the output shown below it."""
    for name, page in PAGES.items():
        found = [*blocks(page), ("", "", "")]
        for (_, form, text), (_, below, shown) in pairwise(found):
            if form == "python":
                yield name, text, shown if below == "text" else None


SNIPPETS = list(snippets())


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("name", "code", "shown"), SNIPPETS, ids=[name for name, *_ in SNIPPETS])
def test_python_snippets_run(
    name: str, code: str, shown: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    exec(compile(code, name, "exec"), {"__name__": "snippet"})
    if shown is not None:
        assert capsys.readouterr().out == shown


def test_pages_link_only_to_files_that_are_there() -> None:
    for page in (RECORD, RULING):
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
