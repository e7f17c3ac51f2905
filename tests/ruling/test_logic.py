"""Conditions are three-valued: true, false, and unknown where the record cannot tell."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from worlds import close_of, day, record_of

from ifthen import Policy, Source, parse_policy, rule

ATOMS = ("drill_held", "bug_bounty", "external_review")
VALUES = st.sampled_from([True, False, None])
TEXT = """
policy: lab/logic@1
title: One condition
source: made up
clauses:
  - {{id: hold, kind: forbid, title: A hold, source: "1", for_each: model, action: deploy,
     unless: "{condition}"}}
"""
STATUS = {True: "open", False: "held", None: "undetermined"}


@cache
def policy(condition: str) -> Policy:
    return parse_policy(Source("logic.yaml", TEXT.format(condition=condition)))


def answer(condition: str, values: dict[str, bool | None]) -> str:
    """How the hold stands where each atom is true (it happened), false or unknown."""
    complete = [atom for atom in ATOMS if values[atom] is not None]
    facts = [{"id": "m", "kind": "evaluation_result", "date": day(1), "model": "alpha"}]
    facts += [{"id": a, "kind": a, "date": day(1)} for a in ATOMS if values[a]]
    ruling = rule([policy(condition)], record_of(facts, complete), close_of(5), throughout=True)
    (now,) = [f for f in ruling.findings if f.outcome.key == "now"]
    return now.status


def expected(tree, values) -> bool | None:
    """The same by the truth tables of Kleene."""
    if isinstance(tree, str):
        return values[tree]
    operator, *parts = tree
    found = [expected(part, values) for part in parts]
    if operator == "not":
        return None if found[0] is None else not found[0]
    if operator == "otherwise":
        return found[1] if found[0] is None else found[0]
    decisive = operator == "or"
    return decisive if decisive in found else None if None in found else not decisive


def text(tree) -> str:
    if isinstance(tree, str):
        return f"did({tree})"
    if tree[0] == "not":
        return f"not ({text(tree[1])})"
    return f"({text(tree[1])}) {tree[0]} ({text(tree[2])})"


TREES = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: (
        st.tuples(st.just("not"), inner)
        | st.tuples(st.sampled_from(["and", "or", "otherwise"]), inner, inner)
    ),
    max_leaves=6,
)
WORLDS = st.fixed_dictionaries(dict.fromkeys(ATOMS, VALUES))


@given(TREES, WORLDS)
def test_conditions_follow_the_truth_tables(tree, values):
    assert answer(text(tree), values) == STATUS[expected(tree, values)]


@given(TREES, TREES, WORLDS)
def test_de_morgan(one, other, values):
    a, b = text(one), text(other)
    assert answer(f"not (({a}) and ({b}))", values) == answer(f"(not ({a})) or (not ({b}))", values)


def _monotone(tree) -> bool:
    return isinstance(tree, str) or (tree[0] != "otherwise" and all(map(_monotone, tree[1:])))


@given(TREES.filter(_monotone), WORLDS, WORLDS)
def test_learning_more_never_overturns_an_answer(tree, values, learned):
    before = answer(text(tree), values)
    after = answer(text(tree), {a: learned[a] if v is None else v for a, v in values.items()})
    assert before in ("undetermined", after)


@given(st.sampled_from(ATOMS), st.sampled_from(ATOMS), WORLDS)
def test_quantifiers_are_conjunction_and_disjunction(one, other, values):
    body = f"did({one}[what=x]) or did({other})"
    both = f"(did({one}) and did({other}))"
    assert answer(f"every w in [p, q]: {both}", values) == answer(both, values)
    assert answer(f"some w in [p, q]: {both}", values) == answer(both, values)
    assert answer(f"not (every w in [p, q]: {body})", values) == answer(
        f"some w in [p, q]: not ({body})", values
    )
