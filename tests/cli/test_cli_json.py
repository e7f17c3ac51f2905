"""The JSON contract: every command gives valid JSON with at least the documented fields."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from click.testing import Result
from icalendar import Calendar

from ifthen.ruling.outcome import Status

Run = Callable[..., Result]
AT = ("--at", "2025-06-01")
TEXT = {"type": "string"}
DATE = {"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}-\d{2}"}
STATUS = {"enum": list(get_args(Status))}
COUNT = {"type": "integer"}
DAYS = {"type": ["number", "null"]}


def fields(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def many(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


POLICIES = many(fields(policy=TEXT, **{"from": DATE, "to": DATE}))
FINDING = fields(
    clause={"type": "string", "pattern": "^[^#]+@[^#]+#[^#]+$"},
    encodes=many(TEXT),
    kind=TEXT,
    force=TEXT,
    subject={"type": "object"},
    instance={"type": ["string", "null"]},
    status=STATUS,
    triggered=DATE,
    due=DATE,
    done=DATE,
    late_by={"type": ["string", "null"]},
    late_by_days=DAYS,
    between={"anyOf": [{"type": "null"}, many(fields(date=DATE, status=STATUS))]},
    words=many(fields(term=TEXT, charitable_status=STATUS)),
    assumes=many(TEXT),
    readings=many(fields(reading=TEXT, status=STATUS, due=DATE, late_by_days=DAYS)),
    because=many(TEXT),
    says=TEXT,
)
RULING = fields(at=DATE, known=DATE, policies=POLICIES, findings=many(FINDING))
MAY = fields(
    action=TEXT,
    model=TEXT,
    at=DATE,
    answer={"enum": ["permitted", "held", "undetermined"]},
    clauses=many(FINDING),
    missing=many(fields(kind=TEXT, model={"type": ["string", "null"]}, clause=TEXT)),
    says=TEXT,
)
STEP: dict[str, Any] = fields(
    rule=TEXT,
    text=TEXT,
    value={"type": ["boolean", "null"]},
    facts=many(TEXT),
    detail={"type": "object"},
    unknown=many(TEXT),
    children={"type": "array"},
)
WHY = fields(at=DATE, findings=many({"allOf": [FINDING, fields(explanation=many(STEP))]}))
COVERAGE = fields(
    policy=TEXT,
    complete={"type": "boolean"},
    counts=fields(rows=COUNT, encoded=COUNT, not_checkable=COUNT, missing=COUNT, cases=COUNT),
    share_not_checkable={"type": "number"},
    rows=many(fields(row=TEXT, state=TEXT, by=many(TEXT), cases={"type": "array"})),
)
RSP = ("--policy", "anthropic/rsp@2.0")
COMMANDS: dict[str, tuple[int, Any]] = {
    "rule record.yaml --at 2025-06-01": (1, RULING),
    "rule public.yaml --at 2025-06-01": (3, RULING),
    "rule example:anthropic --at 2025-08-05": (1, RULING),
    "rule record.yaml --at 2025-06-01 --only late --known all": (1, RULING),
    "replay record.yaml --to 2025-06-01": (
        0,
        {
            "allOf": [
                RULING,
                fields(
                    **{"from": DATE, "to": DATE},
                    changes=many({"allOf": [FINDING, fields(date=DATE, was={})]}),
                ),
            ]
        },
    ),
    "may deploy record.yaml --model example-1 --at 2025-06-01": (0, MAY),
    "may deploy record.yaml --model example-2 --at 2025-06-01": (1, MAY),
    "may train record.yaml --model example-2 --at 2025-06-01 --stage internal": (0, MAY),
    "due record.yaml --at 2025-06-01": (
        0,
        fields(
            at=DATE, days={"type": "integer"}, due=many({"allOf": [FINDING, fields(date=DATE)]})
        ),
    ),
    "why record.yaml deploy-gate --at 2025-06-01": (0, WHY),
    "why example:anthropic ANT2-12 --at 2025-08-05": (0, WHY),
    "policy list": (0, many(fields(policy=TEXT, title=TEXT, effective=DATE))),
    "policy show policy.yaml": (0, fields(policy=TEXT, clauses=many(fields(id=TEXT, kind=TEXT)))),
    "policy check policy.yaml": (0, many(fields(file=TEXT, policy=TEXT))),
    "policy schema": (0, {"type": "object", "required": ["$schema", "properties"]}),
    "policy coverage anthropic/rsp@2.0": (0, COVERAGE),
    "init fresh": (0, fields(written=many(TEXT), next=many(TEXT))),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_json_keeps_the_contract(run: Run, command: str) -> None:
    code, contract = COMMANDS[command]
    result = run(*command.split(), "--json")
    assert (result.exit_code, "error" in result.stderr) == (code, False)
    jsonschema.validate(json.loads(result.stdout), contract)


def test_only_narrows_what_is_shown_and_not_the_exit_code(run: Run) -> None:
    result = run("rule", "record.yaml", *AT, "--only", "held", "--json")
    assert {finding["status"] for finding in json.loads(result.stdout)["findings"]} == {"held"}
    assert result.exit_code == 1


def test_model_narrows_the_question(run: Run) -> None:
    result = run("rule", "record.yaml", *AT, "--model", "example-2", "--json")
    subjects = {f["subject"]["model"] for f in json.loads(result.stdout)["findings"]}
    assert (subjects, result.exit_code) == ({"example-2"}, 0)


def test_a_date_is_its_end_and_a_datetime_its_second(run: Run) -> None:
    facts = (
        "record: Example Lab\npolicies: [policy.yaml]\nfacts:\n"
        "  - {id: a, date: 2025-01-01, kind: policy_adopted, policy: example-lab/safety@1}\n"
        "  - {id: b, date: 2025-06-01T12:00:00Z, kind: incident, discovered: 2025-06-01}\n"
    )
    Path("timed.yaml").write_text(facts)
    for at, count in (("2025-06-01", 1), ("2025-06-01T12:00:00Z", 1), ("2025-06-01T11:59:59Z", 0)):
        result = run("rule", "timed.yaml", "--at", at, "--only", "pending", "--json")
        ruling = json.loads(result.stdout)
        assert (len(ruling["findings"]), ruling["at"]) == (count, at)


def test_known_hides_what_was_learned_later(run: Run) -> None:
    statuses = []
    for known in ("2025-04-02", "2025-04-03", "all"):
        result = run("rule", "record.yaml", "--at", "2025-04-05", "--known", known, "--json")
        findings = json.loads(result.stdout)["findings"]
        owed = {f["clause"].partition("#")[2] for f in findings if f["status"] == "pending"}
        statuses.append("incident-report" in owed)
        assert json.loads(result.stdout)["at"] == "2025-04-05"
    assert statuses == [False, True, True]


def test_policy_option_rules_the_whole_record(run: Run) -> None:
    result = run("rule", "public.yaml", "--at", "2025-07-01", "--policy", "policy.yaml", "--json")
    (policy,) = json.loads(result.stdout)["policies"]
    assert (policy["policy"], policy["from"], policy["to"]) == ("example-lab/safety@1", None, None)


def test_several_files_make_one_record(run: Run, folder: Path) -> None:
    (folder / "more.yaml").write_text(
        "facts:\n  - {id: ex-100, date: 2025-05-30, kind: standard_activated, standard: hardened}\n"
        "  - {id: ex-101, date: 2025-05-30, kind: board_or_trust_notice, model: example-2, "
        "to: [board]}\n"
    )
    result = run("may", "deploy", "record.yaml", "more.yaml", "--model", "example-2", *AT)
    assert result.exit_code == 0, result.output


def test_a_clause_of_a_version_that_has_ended_can_still_be_explained(run: Run) -> None:
    result = run("why", "public.yaml", "deploy-gate", "--at", "2025-07-01", "--json")
    clauses = {finding["clause"] for finding in json.loads(result.stdout)["findings"]}
    assert clauses == {"example-lab/safety@1#deploy-gate"}


def test_a_model_of_which_nothing_is_known_yet_is_not_simply_permitted(run: Run) -> None:
    arguments = ("deploy", "--model", "example-2", "--at", "2025-02-15", "--json")
    result = run("may", *arguments, "record.yaml")
    permission = json.loads(result.stdout)
    assert permission["answer"] != "permitted"
    assert {f["clause"].partition("#")[2] for f in permission["clauses"]} == {
        "deploy-gate",
        "release-decision",
    }
    assert permission["missing"]


def test_calendar(run: Run, folder: Path) -> None:
    result = run("due", "record.yaml", *AT, "--ics", "due.ics")
    assert result.exit_code == 0
    first = (folder / "due.ics").read_bytes()
    events = Calendar.from_ical(first).walk("VEVENT")
    assert [event.decoded("dtstart").isoformat() for event in events] == [
        "2025-06-20",
        "2025-08-03",
    ]
    assert len({str(event["uid"]) for event in events}) == len(events)
    run("due", "record.yaml", *AT, "--ics", "due.ics")
    assert (folder / "due.ics").read_bytes() == first


def test_page(run: Run, folder: Path) -> None:
    result = run("replay", "record.yaml", "--to", "2025-06-01", "--html", "page.html")
    assert result.stdout.endswith("The web page is in page.html.\n")
    page = (folder / "page.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    assert "Example Lab" in page


def test_a_limit_to_the_second_is_due_at_its_second(run: Run, folder: Path) -> None:
    (folder / "incident.yaml").write_text(
        """
record: Lab
facts:
  - {id: o, date: 2027-01-02, kind: organisation, revenue: 6e8, operates_in: [new-york]}
  - {id: t, date: 2027-01-02, kind: training_started, model: m, flop: 2e26}
  - id: i
    date: 2027-03-01
    kind: incident
    model: m
    limb: [weights, death]
    injury: true
    determined: 2027-03-01T09:00:00Z
""",
        encoding="utf-8",
    )
    asked = ("due", "incident.yaml", "--policy", "us-ny/raise@2026", "--days", "5", "--at")
    before = run(*asked, "2027-03-04T08:59:59Z").stdout
    after = run(*asked, "2027-03-04T09:00:01Z").stdout
    assert "by 09:00:00Z, today" in before.partition("Coming")[2]
    assert "by 09:00:00Z, today" in after.partition("Overdue")[2].partition("Coming")[0]
