"""Random policies in the whole language: clauses of all six kinds, put together from a stock."""

from __future__ import annotations

from random import Random

from ifthen import Policy, Source, parse_policy

HEAD = """
policy: lab/random@{version}
title: A random policy
source: made up
{month_end}
rows: [ROW-1..ROW-40]
scale: [low, medium, high, critical]
terms:
  soon: {{phrase: soon, type: duration, literal: any, charitable: at most 1 week, source: s.1}}
  usual:
    {{phrase: u, type: duration, literal: at most 1 month, charitable: at most 1 week, source: s.1}}
  worrying:
    {{phrase: w, type: level, literal: at least high, charitable: at least medium, source: s.1}}
  serious: {{phrase: serious, type: judgement, literal: any, charitable: true, source: s.1}}
  plain: {{phrase: plain, type: judgement, literal: true, charitable: true, source: s.1}}
readings:
  anchor: {{phrase: since, options: {{start: from the start, end: from the end}}, source: s.1}}
  scope: {{phrase: the last, options: {{own: of this model, any: of any}}, source: s.1}}
thresholds:
  bio: {{title: Bio, text: t, source: s.1, requires: [strong]}}
  cyber: {{title: Cyber, text: t, source: s.1, requires: [locks], above: [check], aliases: [cy]}}
  check: {{title: Check, text: t, source: s.1, checkpoint: true}}
categories:
  chem:
    title: Chemistry
    source: s.1
    aliases: [chemistry]
    levels:
      high: {{text: t, source: s.1, requires: [strong]}}
      critical: {{text: t, source: s.1, requires: [locks]}}
  talk: {{title: Talk, source: s.1}}
  other: {{title: Other, source: s.1, tracked: false}}
standards:
  locks:
    title: Locks
    text: t
    source: s.1
    group: strong
    criteria: {{tried: {{text: t, source: s.1}}, watched: {{text: t, source: s.1}}}}
  guards: {{title: Guards, text: t, source: s.1, group: strong, includes: [basic]}}
  basic: {{title: Basic, text: t, source: s.1}}
  best: {{title: Best, text: t, source: s.1, includes: [guards]}}
roles: {{ceo: {{title: CEO}}, rso: {{title: RSO}}, board: {{title: Board}}}}
define:
  grown: growth(assessment_completed) >= 4x or since(assessment_completed) >= 2 weeks
  elapsing: 3 weeks
  risky: "some t in thresholds: status(t) != below"
clauses:
"""
"""Everything a condition may speak of; ``{version}`` and ``{month_end}`` are filled in."""

EVENTS = (
    "assessment_completed",
    "assessment_completed[assessment=preliminary]",
    "assessment_completed[assessment=comprehensive, model=any]",
    "assessment_started[assessment!=preliminary] or assessment_completed",
    "threshold_decision",
    "threshold_decision[by includes ceo]",
    "board_or_trust_notice[to includes board]",
    "published[what=card]",
    "published[what in [card, plan]]",
    "model_released",
    "model_released[stage!=internal]",
    "incident",
    "incident[imminent=true]",
    "incident_reported[stage=initial]",
    "drill_held",
    "standard_activated[standard=strong]",
    "decision[go=true]",
    "capability_report",
    "risk_report",
)
DEEDS = (
    *EVENTS,
    "incident_reported[about=this]",
    "published[about=this]",
    "board_or_trust_notice[about=this, to includes board]",
)
OF_MODEL = (
    "running(train)",
    "running(deploy) or running(use-inside)",
    "running(store)",
    "status(bio) != below",
    "status(cyber) in [alert, crossed]",
    "status(cy) >= alert",
    "risky",
    "not risky or in_place(strong)",
    "every t in thresholds: status(t) = below or in_place(required(t))",
    "level(chem, post) <= medium",
    "level(talk, pre) >= high",
    "level(chem) >= worrying",
    "some c in [chem, talk]: level(c, post) > medium",
    "every c in categories: level(c, post) in [low, medium] or in_place(required(c, high))",
    "forecast(chem) >= high",
    "approved(locks)",
    "in_place(basic)",
    "did(model_released) and serious",
    "last(assessment_completed).assessment = comprehensive",
    "last(threshold_decision).by includes ceo",
    "compute(this) >= 3e24",
    "some m in models: compute(this) >= 2x of compute(m) and not in_place(locks, m)",
    "every m in models: m = this or in_place(locks, m) or flop(m) <= 4e24",
    "flop(this) > 3e24",
    "gain(assessment_completed, progress) > 2",
    "gain(assessment_completed, progress, months) >= 1",
    "growth(result) >= 4x",
    "growth(assessment_completed[model=any]) > 2x",
    "grown",
    "since(assessment_completed) >= 2 weeks",
    "since(assessment_completed) < elapsing",
    "since(threshold_decision) > usual",
    "since(assessment_started) <= 72 hours",
    "running(train, this) and not in_place(required(bio), this)",
)
OF_ALL = (
    "did(published[what=plan])",
    "count(drill_held) >= 2",
    "count(incident) > count(incident_reported)",
    "serious",
    "plain",
    "in_place(guards)",
    "last(published).what = card",
    "did(threshold_decision) otherwise serious",
    "every s in criteria(locks): did(published[what=s]) or did(drill_held)",
    "some m in models: did(incident[model=m])",
    "some m in models: running(deploy, m) and status(bio, m) != below",
    "every t in thresholds: did(published[about=t])",
    "every s in [initial, final]: since(incident_reported[stage=s]) < 1 month",
    "since(drill_held) >= 1 month",
    "since(published) <= 4 business-days(eu)",
    "since(external_review) < 10 days otherwise did(bug_bounty)",
    "true",
)
OF_TRIGGER = {
    "": (
        "between(last(drill_held).date, this.date) >= usual",
        "count(published[about=this.about]) < 2",
        "this.by includes rso",
    ),
    "incident": (
        "this.imminent",
        "this.imminent otherwise this.injury otherwise true",
        "did(incident[imminent=this.imminent])",
    ),
    "risk_report": (
        "this.coverage_date <= this.date",
        "between(this.coverage_date, this.date) <= 30 days",
    ),
    "model_released": ("this.stage = general", "this.stage in [internal, preview]"),
}
"""What may be asked of a triggering fact: of any, and of some kinds."""
LENGTHS = (
    "2 weeks",
    "10 days",
    "1 month",
    "3 months",
    "48 hours",
    "5 business-days(eu)",
    "soon",
    "usual",
)
FORCES = ("commitment",) * 6 + ("aim", "aim", "option", "recommendation", "statement")
KINDS = ("cadence", "whenever", "whenever", "forbid", "maintain", "procedure", "power")
Body = dict[str, str]


def family(random: Random, clauses: int = 4) -> list[Policy]:
    """A random policy, and sometimes the version that follows it, which may carry clauses on."""
    first = [_clause(random, f"c{n}", n + 1) for n in range(clauses)]
    heads = [("1", first)]
    if random.random() < 0.3:
        heads.append(("2", [_later(random, one, n) for n, one in enumerate(first)]))
    return [_policy(random, version, made) for version, made in heads]


def _policy(random: Random, version: str, clauses: list[Body]) -> Policy:
    month_end = random.choice(("month_end: down", "month_end: up", ""))
    text = HEAD.format(version=version, month_end=month_end)
    for clause in clauses:
        lines = [f"{name}: {value}" for name, value in clause.items()]
        text += "  - " + "\n    ".join(lines) + "\n"
    return parse_policy(Source(f"random-{version}.yaml", text))


def _later(random: Random, clause: Body, number: int) -> Body:
    """A clause of the next version: the same carried on, the same anew, or another."""
    chance = random.random()
    if chance < 0.4:
        return {**clause, "continues": f"lab/random@1#{clause['id']}"}
    return clause if chance < 0.7 else _clause(random, f"d{number}", number + 1)


def _clause(random: Random, name: str, row: int) -> Body:
    kind = random.choice(KINDS)
    each = "model" if kind == "forbid" else random.choice(("model",) * 4 + ("organisation",) * 2)
    found = {
        "id": name,
        "kind": kind,
        "title": "t",
        "source": "s.1",
        "encodes": f"[ROW-{row}]",
        "for_each": each,
        "force": random.choice(FORCES),
    }
    return found | _BODIES[kind](random, each == "model")


def condition(random: Random, model: bool, trigger: str | None = None) -> str:
    """A condition of one or two parts, quoted; ``trigger``: the kind of fact it is about."""

    def one() -> str:
        stock = (*OF_MODEL, *OF_ALL) if model else OF_ALL
        if trigger is not None and random.random() < 0.4:
            stock = (*OF_TRIGGER[""], *OF_TRIGGER.get(trigger, ()) * 2)
        return f"({random.choice(stock)})"

    text = one()
    if random.random() < 0.4:
        text = f"{text} {random.choice(('and', 'or', 'otherwise'))} {one()}"
    if random.random() < 0.2:
        text = f"not ({text})"
    return f'"{text}"'


def _event(random: Random, stock: tuple[str, ...] = EVENTS) -> str:
    if random.random() < 0.15:
        return "{reading: anchor, start: assessment_started, end: assessment_completed}"
    return f'"{random.choice(stock)}"'


def _length(random: Random) -> str:
    return random.choice(LENGTHS)


def _cadence(random: Random, model: bool) -> Body:
    found = {"do": _event(random)}
    if model and random.random() < 0.4:
        found["growth"] = random.choice(('">= 4x"', '"> 2x"'))
    if model and random.random() < 0.2:
        found["gain"] = '{measure: progress, by: ">= 3", unit: months}'
    if len(found) == 1 or random.random() < 0.6:
        found["every"] = random.choice(
            (
                _length(random),
                _length(random),
                "{min: 1 week, max: 1 month}",
                "{reading: scope, own: 2 weeks, any: {min: 48 hours, max: 1 month}}",
            )
        )
    if random.random() < 0.6:
        found["while"] = condition(random, model)
    return found


def _kind_of(events: str) -> str:
    """The one kind of fact that events are of; else none in particular."""
    named = events.strip('"').partition("[")[0]
    return named if " or " not in events and "reading" not in events else ""


def _deadlines(random: Random, trigger: str | None) -> Body:
    found: Body = {}
    forms: list[Body] = [
        {},
        {"within": _length(random)},
        {"within": _length(random)},
        {"within": f"[{_length(random)}, 3 business-days(us)]"},
        {"by": random.choice(("2025-02-20", "2025-03-31"))},
        {"before": '"model_released"'},
        {"before": '{time: 1 week, of: "model_released[stage!=internal]"}'},
    ]
    if trigger == "incident":
        forms += 3 * [
            {"within": "{time: 72 hours, of: [discovered, aware]}"},
            {"within": "[{time: 10 days, of: [discovered]}, {time: 96 hours, of: [aware]}]"},
        ]
    if trigger is not None:
        forms += [
            {"before": "this"},
            {"before": "this", "after": '"training_started"'},
            {"before": f"{{time: {_length(random)}, of: this}}"},
        ]
    for _ in range(random.choice((1, 1, 1, 2))):
        found = {**random.choice(forms), **found}
    if found.get("before") != "this":
        found.pop("after", None)
    return found


def _whenever(random: Random, model: bool) -> Body:
    event = random.random() < 0.65
    found = {"when": _event(random)} if event else {"becomes": condition(random, model)}
    trigger = _kind_of(found["when"]) if event else None
    if random.random() < 0.5:
        found["if"] = condition(random, model, trigger)
    if random.random() < 0.3:
        found["require"] = condition(random, model, trigger)
        return found
    stock = DEEDS if event else EVENTS
    found["then"] = _event(random, stock)
    if random.random() < 0.2:
        found["then"] = f'["{random.choice(stock)}", "{random.choice(stock)}"]'
    return found | _deadlines(random, trigger)


def _forbid(random: Random, model: bool) -> Body:
    found = {
        "action": random.choice(("train", "deploy", "deploy", "use-inside", "store")),
        "unless": condition(random, model),
    }
    if random.random() < 0.5:
        found["if"] = condition(random, model)
        if found["action"] in ("deploy", "use-inside") and random.random() < 0.3:
            found["if"] = '"this.stage = general otherwise running(train)"'
    if random.random() < 0.4:
        found["grace"] = _length(random)
    return found


def _maintain(random: Random, model: bool) -> Body:
    found = {"while": condition(random, model), "keep": condition(random, model)}
    if random.random() < 0.5:
        found["grace"] = _length(random)
    return found


def _procedure(random: Random, model: bool) -> Body:
    steps = [
        "{id: report, title: r, do: capability_report}",
        "{id: who, title: w, by: [ceo, rso]}",
        "{id: one, title: w, by: {any: 1, of: [rso, board]}, force: aim}",
        f"{{id: asked, title: a, do: drill_held, if: {condition(random, model)}}}",
        "{id: tell, title: t, do: ['board_or_trust_notice[to includes board]'],"
        " before: model_released}",
        "{id: after, title: t, do: 'published[about=this]', before: 'drill_held', force: aim}",
    ]
    found = {
        "decision": random.choice(("threshold_decision", '"decision[go=true]"')),
        "steps": f"[{', '.join(random.sample(steps, random.randint(1, 4)))}]",
    }
    if random.random() < 0.4:
        found["if"] = condition(random, model, _kind_of(found["decision"]))
    return found


def _power(random: Random, model: bool) -> Body:
    found = {
        "by": random.choice(("[board]", "[ceo, board]")),
        "exercised": random.choice(('"power_exercised[power=lower]"', "power_exercised")),
    }
    if random.random() < 0.8:
        found["if"] = condition(random, model)
    if random.random() < 0.8:
        price = {"then": _event(random), "within": _length(random)}
        found["price"] = f"{{{', '.join(f'{name}: {value}' for name, value in price.items())}}}"
    return found


_BODIES = {
    "cadence": _cadence,
    "whenever": _whenever,
    "forbid": _forbid,
    "maintain": _maintain,
    "procedure": _procedure,
    "power": _power,
}
