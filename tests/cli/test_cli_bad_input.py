"""Bad input: what is wrong and where, exit code 2, nothing on standard output, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
AT = ("--at", "2025-06-01")
HEAD = "record: Example Lab\nfacts:\n"
FACT = "  - {id: a, date: 2025-01-01, kind: organisation}\n"


def check(result: Result, place: str, *parts: str) -> None:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith(f"{place}: error: ")
    for part in parts:
        assert part in result.stderr


def test_model_that_is_never_named(run: Run) -> None:
    for command in (("rule",), ("may", "deploy"), ("why",)):
        clause = ("deploy-gate",) if command == ("why",) else ()
        result = run(*command, "record.yaml", *clause, *AT, "--model", "exmaple-1")
        check(result, "--model", "never names the model 'exmaple-1'", "did you mean 'example-1'?")


def test_model_unlike_any_other(run: Run) -> None:
    result = run("rule", "record.yaml", *AT, "--model", "zzz")
    check(result, "--model", "it names example-1, example-2")


def test_policy_that_does_not_exist(run: Run) -> None:
    result = run("rule", "record.yaml", *AT, "--policy", "anthropic/rsp@2.9")
    check(result, "anthropic/rsp@2.9", "no such policy", "did you mean 'anthropic/rsp@2.")
    result = run("rule", "record.yaml", *AT, "--policy", "nowhere.yaml")
    check(result, "nowhere.yaml", "there is no such file")


def test_everything_wrong_is_said_at_once(run: Run) -> None:
    result = run("rule", "nowhere.yaml", *AT, "--policy", "neither.yaml")
    check(result, "nowhere.yaml", "neither.yaml: error: ")


POLICIES = {
    "tab.yaml": (b"policy: a/b@1\ntitle:\tTabbed\nclauses:\n\t- id: x\n", "tab.yaml:4:1", "tab"),
    "twice.yaml": (
        b"policy: a/b@1\ntitle: One\ntitle: Two\n",
        "twice.yaml:3:1",
        "'title' is given twice",
    ),
    "empty.yaml": (b"", "empty.yaml:1:1", "empty"),
    "long.yaml": (b"policy: " + b"a" * 10_000_000, "long.yaml:1:1", "at most 1000000 are read"),
    "latin.yaml": ("title: Règle\n".encode("latin-1"), "latin.yaml:1:9", "not UTF-8"),
    "scalar.yaml": (b"only words\n", "scalar.yaml:1:1", "mapping"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_policy_files(run: Run, folder: Path, name: str) -> None:
    content, place, part = POLICIES[name]
    (folder / name).write_bytes(content)
    for command in (
        ("rule", "record.yaml", *AT, "--policy", name),
        ("policy", "check", name),
        ("policy", "show", name),
    ):
        check(run(*command), place, part)


RECORDS = {
    "tab.yaml": (b"record: Lab\nfacts:\n\t- id: x\n", "tab.yaml:3:1", "tab"),
    "twice.yaml": (b"record: Lab\nrecord: Other\n", "twice.yaml:2:1", "'record' is given twice"),
    "empty.yaml": (b"", "empty.yaml:1:1", "empty"),
    "empty.jsonl": (b"\n\n", "empty.jsonl:1:1", "empty"),
    "long.yaml": (b"record: " + b"a" * 10_000_000, "long.yaml:1:1", "at most 1000000 are read"),
    "latin.yaml": ("record: Labé\n".encode("latin-1"), "latin.yaml:1:12", "not UTF-8"),
    "ids.yaml": ((HEAD + FACT + FACT).encode(), "ids.yaml:4:10", "'a'"),
    "date.yaml": (
        (HEAD + FACT.replace("2025-01-01", "2025-02-30")).encode(),
        "date.yaml:3:19",
        "there is no 2025-02-30",
    ),
    "kind.yaml": (
        (HEAD + FACT.replace("organisation", "organization")).encode(),
        "kind.yaml:3:37",
        "did you mean 'organisation'?",
    ),
    "policy.yaml": (None, "policy.yaml:", "head of a record"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_record_files(run: Run, folder: Path, name: str) -> None:
    content, place, part = RECORDS[name]
    if content is not None:
        (folder / name).write_bytes(content)
    for command in (
        ("rule", name, *AT),
        ("replay", name, "--html", "page.html"),
        ("may", "deploy", name, "--model", "m"),
        ("due", name, "--ics", "due.ics"),
        ("why", name, "x"),
    ):
        result = run(*command)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.startswith(place)
        assert part in result.stderr
    assert not (folder / "page.html").exists()
    assert not (folder / "due.ics").exists()


def test_missing_file_and_folder(run: Run, folder: Path) -> None:
    check(run("rule", "nowhere.yaml", *AT), "nowhere.yaml", "there is no such file")
    (folder / "sub").mkdir()
    check(run("rule", "sub", *AT), "sub", "this is a folder")
    check(run("policy", "check", "sub"), "sub", "this is a folder")


def test_policy_that_the_record_brings_along_is_missing(run: Run, folder: Path) -> None:
    (folder / "policy.yaml").unlink()
    check(run("rule", "record.yaml", *AT), "policy.yaml", "there is no such file")


def test_unknown_example(run: Run) -> None:
    check(run("rule", "example:antropic"), "example:antropic", "did you mean 'anthropic'?")


@pytest.mark.parametrize("option", ["--at", "--known"])
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("2025-02-30", "that month has 28 days"),
        ("2025-13-01", "there is no month 13"),
        ("yesterday", "is not a date"),
        ("2025-01-01T25:00:00Z", "there is no time 25:00"),
        ("9999-12-31", "too far away"),
        ("", "is not a date"),
    ],
)
def test_dates(run: Run, option: str, text: str, part: str) -> None:
    check(run("rule", "record.yaml", *AT, option, text), option, part)
    check(run("due", "record.yaml", *AT, option, text), option, part)


def test_span_of_a_replay(run: Run) -> None:
    result = run("replay", "record.yaml", "--from", "2025-06-02", "--to", "2025-06-01")
    check(result, "--from", "after the last day")
    check(run("replay", "record.yaml", "--from", "x"), "--from", "is not a date")
    check(run("replay", "record.yaml", "--to", "x"), "--to", "is not a date")


def test_statuses(run: Run) -> None:
    result = run("rule", "record.yaml", *AT, "--only", "late,breeched")
    check(result, "--only", "no status 'breeched'", "did you mean 'breached'?")
    check(run("rule", "record.yaml", *AT, "--only", ","), "--only", "no status is named")


def test_clauses(run: Run) -> None:
    def why(name: str) -> Result:
        return run("why", "record.yaml", name, *AT)

    check(why("deploy-gat"), "CLAUSE", "no clause 'deploy-gat'", "did you mean 'deploy-gate'?")
    check(why("example-lab/safety@2#x"), "CLAUSE", "did you mean 'example-lab/safety@1'?")
    full = "example-lab/safety@1#deploy-gat"
    check(why(full), "CLAUSE", "has no clause 'deploy-gat'", "did you mean 'deploy-gate'?")
    result = run("why", "public.yaml", "deploy-gate", "--at", "2024-07-01")
    check(result, "CLAUSE", "has not adopted by then")


def test_clause_in_several_policies(run: Run, folder: Path) -> None:
    text = (folder / "policy.yaml").read_text().replace("example-lab/safety@1", "other/rules@1")
    (folder / "other.yaml").write_text(text)
    policies = ("--policy", "policy.yaml", "--policy", "other.yaml")
    result = run("why", "record.yaml", "deploy-gate", *AT, *policies)
    check(result, "CLAUSE", "in several policies", "other/rules@1#deploy-gate")


def test_a_row_without_a_clause(run: Run) -> None:
    result = run("why", "record.yaml", "ANT2-01", *AT, "--policy", "anthropic/rsp@2.0")
    check(result, "CLAUSE", "row ANT2-01 is encoded by threshold cbrn")


def test_files_that_cannot_be_written(run: Run) -> None:
    result = run("replay", "record.yaml", "--to", "2025-06-01", "--html", "no/such/page.html")
    check(result, "--html", "cannot be written: no such file or directory")
    result = run("due", "record.yaml", *AT, "--ics", "no/such/due.ics")
    check(result, "--ics", "cannot be written")


def test_init_never_overwrites(run: Run, folder: Path) -> None:
    before = (folder / "policy.yaml").read_bytes()
    (folder / "record.yaml").unlink()
    check(run("init"), "policy.yaml", "there is such a file already")
    assert (folder / "policy.yaml").read_bytes() == before
    assert not (folder / "record.yaml").exists()
    check(run("init", "policy.yaml"), "policy.yaml", "cannot be written to")


@pytest.mark.parametrize(
    "arguments",
    [
        ("rule",),
        ("rule", "record.yaml", "--nonsense"),
        ("may", "fly", "record.yaml", "--model", "m"),
        ("may", "deploy", "record.yaml"),
        ("due", "record.yaml", "--days", "-1"),
        ("why", "record.yaml"),
        ("policy", "nonsense"),
        ("nonsense",),
    ],
)
def test_usage(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_coverage_needs_a_policy(run: Run) -> None:
    check(run("policy", "coverage"), "P", "name a policy")
    check(run("policy", "coverage", "anthropic/rsp@9"), "anthropic/rsp@9", "no such policy")
    check(run("policy", "coverage", "policy.yaml"), "policy.cases.yaml", "there is no such file")
