"""Two times and corrections: what a record showed at a moment."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ifthen.dates import end_of, parse_day, start_of
from ifthen.policy.source import Source
from ifthen.record.history import history_of, resolve, visible
from ifthen.record.load import parse_record
from ifthen.record.model import Confidence, Fact, Record
from ifthen.vocabulary import KINDS

LATE = end_of(parse_day("2030-01-01"))


def day(text: str) -> int:
    return end_of(parse_day(text))


def record(facts: str) -> Record:
    return parse_record(Source("r.yaml", "record: A\nfacts:\n" + facts))


def ids(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.id for fact in facts]


def only(facts: tuple[Fact, ...]) -> Fact:
    (fact,) = facts
    return fact


def test_nothing_dated_after_at_or_learned_after_known_is_visible() -> None:
    given_facts = record(
        "- {id: a, date: 2025-01-10, kind: roles}\n"
        "- {id: b, date: 2025-01-10, known: 2025-03-01, kind: roles}\n"
        "- {id: c, date: 2025-02-20, date_precision: month, kind: roles}\n"
    )
    assert ids(visible(given_facts, day("2025-01-09"), LATE)) == []
    assert ids(visible(given_facts, day("2025-01-10"), LATE)) == ["a", "b"]
    assert ids(visible(given_facts, LATE, day("2025-02-28"))) == ["a", "c"]
    assert ids(visible(given_facts, day("2025-02-01"), LATE)) == ["a", "b", "c"]
    assert ids(visible(given_facts, day("2025-02-01"), day("2025-02-01"))) == ["a"]


def test_what_is_known_by_a_date_is_known_throughout_that_day() -> None:
    given_facts = record("- {id: a, date: 2025-01-01, known: 2025-01-02, kind: roles}")
    assert ids(visible(given_facts, LATE, day("2025-01-01"))) == []
    assert ids(visible(given_facts, LATE, day("2025-01-02") - 1)) == ["a"]
    assert ids(visible(given_facts, LATE, day("2025-01-02"))) == ["a"]


def test_plans_are_visible_only_on_request() -> None:
    given_facts = record(
        "- {id: a, date: 2025-06-01, known: 2025-01-01, kind: roles, planned: true}\n"
        "- {id: b, date: 2025-06-01, kind: roles, planned: true}\n"
    )
    assert ids(visible(given_facts, LATE, LATE)) == []
    assert ids(visible(given_facts, LATE, day("2024-12-31"), planned=True)) == ["b"]
    assert ids(visible(given_facts, LATE, day("2025-01-01"), planned=True)) == ["a", "b"]
    assert ids(visible(given_facts, day("2025-05-31"), LATE, planned=True)) == []


def test_the_event_takes_the_place_of_its_plan_with_its_own_date() -> None:
    given_facts = record(
        "- {id: a, date: 2025-06-01, kind: model_released, model: m, planned: true}\n"
        "- {id: b, date: 2025-05-20, kind: model_released, model: m, supersedes: a}\n"
    )
    before = visible(given_facts, LATE, day("2025-05-19"), planned=True)
    assert ids(before) == ["a"]
    after = only(visible(given_facts, LATE, day("2025-05-20")))
    assert (after.id, after.earliest) == ("b", start_of(parse_day("2025-05-20")))


def test_later_date_attributes_are_hidden() -> None:
    given_facts = record(
        "- {id: a, date: 2025-01-01, kind: incident, discovered: 2025-01-01, aware: 2025-02-01}"
    )
    early = only(visible(given_facts, day("2025-01-31"), LATE))
    assert set(early.attributes) == {"discovered"}
    assert set(only(visible(given_facts, day("2025-02-01"), LATE)).attributes) == {
        "discovered",
        "aware",
    }


AMENDED = """
- id: a
  key: first
  date: 2025-01-10
  kind: threshold_decision
  model: m
  findings: {x: below, y: alert}
  by: [ceo]
  note: as published
  values: [{measure: p, value: 1, n: 5}, {measure: q, value: 2}, {measure: p, value: 3}]
- id: b
  date: 2025-02-10
  kind: threshold_decision
  amends: first
  findings: {y: crossed}
  by: [rso]
  values: [{measure: p, value: 4}, {measure: r, value: 5}]
  sources: [{title: erratum}]
"""


def test_an_amendment_changes_only_what_it_names() -> None:
    given_facts = record(AMENDED)
    before = only(visible(given_facts, LATE, day("2025-02-09")))
    assert before == given_facts.facts[0]
    after = only(visible(given_facts, LATE, day("2025-02-10")))
    assert after == replace(
        before,
        attributes={
            "findings": {"x": "below", "y": "crossed"},
            "by": ("rso",),
            "note": "as published",
            "values": (
                {"measure": "p", "value": Fraction(4)},
                {"measure": "q", "value": Fraction(2)},
                {"measure": "r", "value": Fraction(5)},
            ),
        },
        corrected_by=("b",),
        sources=({"title": "erratum"},),
    )


def test_at_moves_valid_time_only_so_a_later_correction_still_applies() -> None:
    after = only(visible(record(AMENDED), day("2025-01-10"), LATE))
    assert after.corrected_by == ("b",)


def test_a_correction_with_a_stated_known_moves_the_date() -> None:
    text = (
        "- {id: a, date: 2025-01-10, kind: roles}\n"
        "- {id: b, date: 2025-01-05, known: 2025-02-01, kind: roles, %s: a}\n"
    )
    for word, name in (("amends", "a"), ("supersedes", "b")):
        given_facts = record(text % word)
        assert ids(visible(given_facts, day("2025-01-05"), day("2025-01-31"))) == []
        moved = only(visible(given_facts, day("2025-01-05"), day("2025-02-01")))
        assert (moved.id, moved.latest) == (name, day("2025-01-05"))


def test_what_supersedes_a_fact_stands_in_its_place_and_at_its_date() -> None:
    given_facts = record(
        "- {id: a, key: first, date: 2025-01-10, kind: roles, note: old, summary: old}\n"
        "- {id: z, date: 2025-01-11, kind: roles}\n"
        "- {id: b, key: second, date: 2025-02-01, kind: organisation, note: new, "
        "supersedes: first}\n"
    )
    assert ids(visible(given_facts, LATE, day("2025-01-31"))) == ["a", "z"]
    shown = visible(given_facts, day("2025-01-11"), LATE)
    assert ids(shown) == ["b", "z"]
    assert (shown[0].latest, shown[0].order) == (day("2025-01-10"), 0)
    assert shown[0].attributes == {"note": "new"}
    names = resolve(given_facts, shown, LATE)
    assert {name for name, fact in names.items() if fact is shown[0]} == {
        "a",
        "first",
        "b",
        "second",
    }
    early = visible(given_facts, LATE, day("2025-01-31"))
    assert set(resolve(given_facts, early, day("2025-01-31"))) == {"a", "first", "z"}


def test_corrections_of_corrections() -> None:
    given_facts = record(
        "- {id: a, date: 2025-01-01, kind: roles, what: one, summary: kept}\n"
        "- {id: b, date: 2025-01-02, kind: roles, what: two, amends: a}\n"
        "- {id: c, date: 2025-01-03, kind: roles, what: three, amends: b}\n"
        "- {id: d, date: 2025-01-04, kind: roles, what: four, supersedes: b}\n"
        "- {id: e, date: 2025-01-05, kind: roles, what: five, supersedes: a}\n"
        "- {id: f, date: 2025-01-06, kind: roles, standard: six, summary: of itself, amends: e}\n"
    )
    found = [only(visible(given_facts, LATE, day(f"2025-01-0{n}"))) for n in (1, 2, 3, 4, 5, 6)]
    assert [(fact.id, fact.attributes.get("what")) for fact in found] == [
        ("a", "one"),
        ("a", "two"),
        ("a", "three"),
        ("a", "four"),
        ("e", "five"),
        ("e", "five"),
    ]
    assert found[3].attributes["summary"] == "kept"
    assert found[2].corrected_by == ("b", "c")
    assert found[5].attributes == {"what": "five", "standard": ("six",)}
    assert {fact.latest for fact in found} == {day("2025-01-01")}


def test_amendments_apply_in_the_order_in_which_they_became_known() -> None:
    given_facts = record(
        "- {id: a, date: 2025-01-01, kind: roles, what: one}\n"
        "- {id: b, date: 2025-01-01, known: 2025-01-09, kind: roles, what: nine, amends: a}\n"
        "- {id: c, date: 2025-01-01, known: 2025-01-05, kind: roles, what: five, amends: a}\n"
    )
    shown = only(visible(given_facts, LATE, LATE))
    assert (shown.attributes["what"], shown.corrected_by) == ("nine", ("c", "b"))


def test_recall_can_be_left_out_with_all_that_rests_on_it() -> None:
    history = history_of(
        record(
            "- {id: a, date: 2025-01-01, kind: roles, confidence: recall}\n"
            "- {id: b, date: 2025-01-02, kind: roles, note: sure, amends: a}\n"
            "- {id: c, date: 2025-01-03, kind: roles, note: one}\n"
            "- {id: d, date: 2025-01-04, kind: roles, note: two, amends: c, confidence: recall}\n"
            "- {id: e, date: 2025-01-05, kind: roles, confidence: recall}\n"
            "- {id: f, date: 2025-01-06, kind: roles, supersedes: e}\n"
        )
    )
    with_it = history.visible(LATE, LATE)
    assert [(fact.id, fact.confidence) for fact in with_it] == [
        ("a", "recall"),
        ("c", "recall"),
        ("f", "found"),
    ]
    without = history.visible(LATE, LATE, recall=False)
    assert [(fact.id, fact.attributes.get("note")) for fact in without] == [
        ("c", "one"),
        ("f", None),
    ]


def test_a_long_chain_of_corrections_is_no_problem() -> None:
    lines = ["- {id: f0, date: 2025-01-01, kind: roles}"]
    lines += [
        f"- {{id: f{n}, date: 2025-01-02, kind: roles, supersedes: f{n - 1}}}"
        for n in range(1, 3000)
    ]
    given_facts = record("\n".join(lines))
    assert ids(visible(given_facts, LATE, LATE)) == ["f2999"]
    assert history_of(given_facts).standing("f7", LATE, LATE) is not None


# --- laws --------------------------------------------------------------------------------------

DAYS = [parse_day(f"2025-01-{n:02}") for n in range(1, 9)]


@st.composite
def facts(draw: st.DrawFn) -> tuple[Fact, ...]:
    """Facts on few days, so that many meet; each may correct an earlier one."""
    made: list[Fact] = []
    superseded: set[str] = set()
    for order in range(draw(st.integers(0, 8))):
        on = draw(st.sampled_from(DAYS))
        learned = draw(st.sampled_from([d for d in DAYS if d >= on]))
        target = draw(st.none() | st.sampled_from(made)) if made else None
        amends = supersedes = None
        if target is not None:
            learned = max(learned, target.known // 86_400)
            if target.id not in superseded and draw(st.booleans()):
                supersedes = target.id
                superseded.add(target.id)
            else:
                amends = target.key or target.id
        attributes: dict[str, object] = {"note": draw(st.sampled_from("xyz"))}
        if draw(st.booleans()):
            attributes["discovered"] = (start_of(on + 2), end_of(on + 2))
        if draw(st.booleans()):
            measures = draw(st.lists(st.sampled_from("pqr"), min_size=1, max_size=3))
            attributes["values"] = tuple(
                {"measure": measure, "value": Fraction(order, 1)} for measure in measures
            )
        confidence: Confidence = draw(st.sampled_from(["found", "recall"]))
        made.append(
            Fact(
                id=f"f{order}",
                kind="incident",
                earliest=start_of(on),
                latest=end_of(on),
                precision="day",
                known=end_of(learned),
                known_stated=learned != on,
                models=(),
                attributes=attributes,
                order=order,
                key=f"k{order}" if draw(st.booleans()) else None,
                confidence=confidence,
                amends=amends,
                supersedes=supersedes,
            )
        )
    return tuple(made)


def of(made: tuple[Fact, ...]) -> Record:
    return Record("A", public=False, complete=frozenset(KINDS), facts=made)


moments = st.sampled_from([end_of(d) for d in DAYS])


@given(facts(), moments, moments)
def test_what_was_visible_never_depends_on_what_became_known_later(
    made: tuple[Fact, ...], at: int, known: int
) -> None:
    so_far = of(tuple(fact for fact in made if fact.known <= known))
    shown = visible(of(made), at, known)
    assert shown == visible(so_far, at, known)
    assert resolve(of(made), shown, known) == resolve(so_far, shown, known)


@given(facts(), moments, moments)
def test_the_visible_facts_obey_both_times_and_keep_their_order(
    made: tuple[Fact, ...], at: int, known: int
) -> None:
    shown = visible(of(made), at, known)
    assert all(fact.earliest <= at and fact.known <= known for fact in shown)
    orders = [fact.order for fact in shown]
    assert orders == sorted(set(orders))
    for fact in shown:
        later = fact.attributes.get("discovered")
        assert later is None or (isinstance(later, tuple) and later[0] <= at)


@given(facts(), moments, moments)
def test_facts_without_corrections_are_visible_as_they_are_written(
    made: tuple[Fact, ...], at: int, known: int
) -> None:
    untouched = tuple(
        replace(fact, amends=None, supersedes=None, attributes={"note": "x"}) for fact in made
    )
    assert visible(of(untouched), at, known) == tuple(
        fact for fact in untouched if fact.earliest <= at and fact.known <= known
    )


@given(facts(), moments, moments)
def test_every_case_shows_at_most_one_fact_and_every_name_leads_to_it(
    made: tuple[Fact, ...], at: int, known: int
) -> None:
    history = history_of(of(made))
    shown = history.visible(at, known)
    names = history.resolve(shown, known)
    for fact in made:
        standing = history.standing(fact.id, at, known)
        assert standing is None or standing in shown
        if fact.known <= known:
            assert names.get(fact.id) == standing
            if fact.key is not None:
                assert names.get(fact.key) == standing


@given(facts(), st.lists(st.sampled_from("pqr"), max_size=4))
def test_amending_merges_by_measure(made: tuple[Fact, ...], measures: list[str]) -> None:
    assume_first = [fact for fact in made if fact.amends is None and fact.supersedes is None][:1]
    if not assume_first or not measures:
        return
    first = replace(assume_first[0], order=0)
    values = tuple({"measure": m, "value": Fraction(100 + n)} for n, m in enumerate(measures))
    amendment = replace(
        first,
        id="amendment",
        key=None,
        order=1,
        known=LATE,
        known_stated=False,
        amends=first.id,
        attributes={"values": values},
    )
    (shown,) = visible(of((first, amendment)), LATE, LATE)
    merged = shown.attributes["values"]
    before = first.attributes.get("values", ())
    assert isinstance(merged, tuple)
    assert isinstance(before, tuple)
    for measure in "pqr":
        wanted = values if measure in measures else before
        assert [v for v in merged if v["measure"] == measure] == [
            v for v in wanted if v["measure"] == measure
        ]
    assert shown.attributes["note"] == first.attributes["note"]
    assert (shown.earliest, shown.latest) == (first.earliest, first.latest)


@given(facts(), moments, moments)
def test_without_recall_nothing_depends_on_recalled_words(
    made: tuple[Fact, ...], at: int, known: int
) -> None:
    def reworded(fact: Fact) -> Fact:
        return replace(fact, attributes={}) if fact.confidence == "recall" else fact

    plain = history_of(of(made)).visible(at, known, recall=False)
    other = history_of(of(tuple(map(reworded, made)))).visible(at, known, recall=False)
    assert plain == other
    assert all(fact.confidence != "recall" for fact in plain)
