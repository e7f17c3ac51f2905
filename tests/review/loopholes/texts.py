"""Random policies: clauses of every kind, put together from a stock of events and conditions."""

from random import Random

from ifthen import Policy, Source, parse_policy

HEAD = """
policy: lab/random@1
title: A random policy
source: made up
rows: [ROW-1..ROW-40]
scale: [low, medium, high]
terms:
  soon: {phrase: soon, type: duration, literal: any, charitable: at most 1 month, source: s.1}
  usual:
    {phrase: u, type: duration, literal: at most 3 months, charitable: at most 6 weeks, source: s}
  serious: {phrase: serious, type: judgement, literal: any, charitable: true, source: s.1}
readings:
  anchor: {phrase: since, options: {start: from the start, end: from the end}, source: s.1}
thresholds:
  bio: {title: Bio, text: t, source: s.1, requires: [locks]}
  check: {title: Check, text: t, source: s.1, checkpoint: true}
  cyber: {title: Cyber, text: t, source: s.1, above: [check], requires: [locks, gates]}
categories:
  talk: {title: Talk, text: t, source: s.1}
standards:
  locks:
    title: Locks
    text: t
    source: s.1
    group: all
    criteria: {tried: {text: t, source: s.1}, plan: {text: t, source: s.1}}
  gates: {title: Gates, text: t, source: s.1, group: all, includes: [locks]}
roles: {ceo: {title: CEO}, board: {title: Board}}
clauses:
"""
_EVENTS = (
    "assessment_completed",
    "assessment_completed[assessment=preliminary]",
    "assessment_completed[assessment=comprehensive, model=any]",
    "assessment_completed[assessment!=preliminary] or evaluation_result",
    "threshold_decision[by includes ceo]",
    "board_or_trust_notice[to includes board]",
    "published[what=card] or published[what=plan]",
    "model_released[stage!=internal]",
    "internal_report[what in [plan, case]]",
)
_EVENT_NODE = '{reading: anchor, start: assessment_started, end: "assessment_completed"}'
_OF_MODEL = (
    "running(train)",
    "running(deploy) or running(use-inside)",
    "status(bio) != below",
    "status(cyber) in [alert, crossed]",
    "some t in thresholds: status(t) != below and not in_place(required(t))",
    "every t in thresholds: status(t) = below or in_place(required(t))",
    "level(talk, post) <= medium",
    "level(talk) >= high",
    "in_place(all)",
    "did(model_released) and serious",
    "compute(this) >= 2x of compute(this)",
    "every m in models: m = this or in_place(locks, m) or compute(this) < 1x of compute(m)",
    "some m in models: did(model_released[model=m]) and status(bio, m) != below",
    "every c in categories: level(c, pre) < high",
    "forecast(talk) >= high",
    "flop(this) >= 1e26",
    "approved(locks)",
    "growth(result) >= 4x",
    "growth(assessment_completed[model=any]) < 4x",
    "counts(decide)",
)
_OF_ALL = (
    "did(published[what=plan])",
    "count(drill_held) >= 2",
    "serious",
    "in_place(gates)",
    "last(published).what = card",
    "did(threshold_decision) otherwise serious",
    "every s in criteria(locks): did(published[what=s])",
    "last(published).what != card",
    "last(threshold_decision).by includes ceo",
    "last(assessment_completed).notably_more_capable",
    "count(drill_held) > count(published)",
)
_CLOCKS = (
    "since({event}) >= 2 months",
    "since({event}) < 3 weeks",
    "growth({event}) >= 4x",
    "growth({event}) > 2x",
    "since({event}) >= usual",
)
_BETWEEN = (
    "between(last(drill_held).date, this.date) >= 1 month",
    "between(last(drill_held).date, this.date) < usual",
)
_DECIDE = """  - id: decide
    kind: procedure
    title: t
    source: s.1
    encodes: [ROW-39]
    for_each: model
    decision: threshold_decision
    steps:
      - {id: report, title: r, do: capability_report, if: did(model_released)}
      - {id: who, title: w, by: [ceo, board]}
"""
"""What ``counts`` is asked of."""


def policy(random: Random, clauses: int = 3) -> Policy:
    """A random policy."""
    parts = [*(_clause(random, f"c{n}", n + 1) for n in range(clauses)), _DECIDE]
    return parse_policy(Source("random.yaml", HEAD + "".join(parts)))


def _clause(random: Random, name: str, row: int) -> str:
    model = random.random() < 0.7
    kind = random.choice(
        ("cadence", "whenever", "whenever", "forbid", "maintain", "procedure", "power")
    )
    if kind == "forbid":
        model = True
    lines = {
        "id": name,
        "kind": kind,
        "title": "t",
        "source": "s.1",
        "encodes": f"[ROW-{row}]",
        "force": random.choice(("commitment", "commitment", "aim")),
    }
    if model:
        lines["for_each"] = "model"
    lines |= _body(random, kind, model)
    return "  - " + "\n    ".join(f"{key}: {value}" for key, value in lines.items()) + "\n"


def _event(random: Random) -> str:
    return _EVENT_NODE if random.random() < 0.2 else f"'{random.choice(_EVENTS)}'"


def _plain(random: Random) -> str:
    return random.choice(_EVENTS).split(" or ")[0]


def _condition(random: Random, model: bool, clock: bool = False, trigger: bool = False) -> str:
    def one() -> str:
        if clock and random.random() < 0.5:
            options = _CLOCKS if model else (_CLOCKS[0], _CLOCKS[1], _CLOCKS[4])
            options = (*options, *_BETWEEN) if trigger else options
            return random.choice(options).format(event=_plain(random))
        stock = (*_OF_MODEL, *_OF_ALL) if model else _OF_ALL
        return f"({random.choice(stock)})"

    text = one()
    if random.random() < 0.5:
        text = f"{text} {random.choice(('and', 'or', 'otherwise'))} {one()}"
    return f"'{f'not ({text})' if random.random() < 0.2 else text}'"


def _length(random: Random) -> str:
    return random.choice(("1 month", "2 months", "10 days", "3 weeks", "soon", "usual"))


def _body(random: Random, kind: str, model: bool) -> dict[str, str]:
    if kind == "cadence":
        found = {"do": _event(random)}
        if not model or random.random() < 0.7:
            found["every"] = _length(random)
        if model and ("every" not in found or random.random() < 0.5):
            found["growth"] = random.choice(('">= 4x"', '"> 2x"', '">= 6x"'))
        if random.random() < 0.7:
            found["while"] = _condition(random, model)
        return found
    if kind == "whenever":
        found = {}
        if random.random() < 0.6:
            found["when"] = _event(random)
            clock = True
        else:
            found["becomes"], clock = _condition(random, model), False
        if random.random() < 0.5:
            found["if"] = _condition(random, model, clock, clock)
        if random.random() < 0.3:
            found["require"] = _condition(random, model, clock, clock)
            return found
        found["then"] = _event(random)
        found |= random.choice(
            ({}, {"within": _length(random)}, {"before": "model_released"}, {"by": "2025-06-15"})
        )
        if "when" in found and random.random() < 0.2:
            return {**found, "before": "this"} if "within" not in found else found
        return found
    if kind == "forbid":
        found = {
            "action": random.choice(("train", "deploy", "use-inside", "store")),
            "unless": _condition(random, model),
        }
        if random.random() < 0.5:
            found["if"] = _condition(random, model)
        if random.random() < 0.5:
            found["grace"] = _length(random)
        return found
    if kind == "maintain":
        found = {"while": _condition(random, model), "keep": _condition(random, model)}
        if random.random() < 0.6:
            found["grace"] = _length(random)
        return found
    if kind == "procedure":
        steps = (
            "{id: report, title: r, do: capability_report}",
            "{id: who, title: w, by: [ceo, board]}",
            "{id: one, title: w, by: {any: 1, of: [ceo, board]}, force: aim}",
            f"{{id: drill, title: d, do: drill_held, if: {_condition(random, model)}}}",
            "{id: tell, title: t, do: board_or_trust_notice, before: model_released}",
            "{id: after, title: a, do: published, before: drill_held, force: recommendation}",
        )
        found = {
            "decision": f"'{random.choice(('threshold_decision', 'decision[go=true]'))}'",
            "steps": f"[{', '.join(random.sample(steps, random.randint(1, 4)))}]",
        }
        if random.random() < 0.3:
            found["if"] = _condition(random, model)
        return found
    return {
        "by": "[ceo]",
        "exercised": "power_exercised[power=loosen]",
        "if": _condition(random, model, True),
        "price": f"{{then: published, within: {_length(random)}}}",
    }
