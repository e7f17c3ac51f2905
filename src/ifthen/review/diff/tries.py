"""Records on which two versions of a clause differ, found by trying and shown by ruling.

Where structure proves no direction, short records are drawn from what both clauses speak of: a
model that is trained, a finding, safeguards or none, what sets the clause off, and what it asks
for, early, late or not at all. Each is ruled under either version. One that offends against the new
version and not against the old shows that the new asks something that the old did not; and the
other way round. A record that was found is a fact. That none was found is not: the family is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from ifthen.review.diff.alphabet import MODEL, Alphabet
from ifthen.review.diff.replay import Pair, Plain, Side, Witness

TRIES = 18
"""Records drawn for each pair of clauses, after the few that are always tried."""
_TRIGGER = 40
"""The day on which what sets the clauses off happens, counted from the start."""
_COMPUTE = 1_000
"""Effective compute at the start; only ratios count."""
_MOST_FACTS = 9
_MOST_DRAWS = 4
"""Draws for each record that is tried: those drawn before are not tried again."""


def search(
    old: Side,
    new: Side,
    letters: Alphabet,
    names: Mapping[str, str],
    *,
    tries: int = TRIES,
    seed: str = "",
) -> tuple[Witness, ...]:
    """At most one witness for each direction, with no fact that could be left out.

    Args:
        old: the clause in the old version.
        new: the clause in the new version.
        letters: what both clauses speak of.
        names: old ids to new ones, so that one record speaks to both versions.
        tries: how many records are drawn.
        seed: of the draw; the same search draws the same records for ever.
    """
    pair = Pair(old, new, names)
    random = Random(f"{old.clause.common.id} {new.clause.common.id} {seed}")
    found: dict[str, Witness] = {}
    for facts, days in _records(letters, random, tries):
        witness = pair.differ(facts, days)
        if witness is not None and witness.offends not in found:
            found[witness.offends] = pair.smallest(facts, days, witness)
            if len(found) == 2:
                break
    return tuple(found[side] for side in ("old", "new") if side in found)


# --- the family of records --------------------------------------------------------------------


def _records(letters: Alphabet, random: Random, tries: int) -> Iterator[tuple[list[Plain], int]]:
    """So many different records of a few facts, each with the day on which it is ruled."""
    longest = max((*letters.lengths, 30))
    ends = [_TRIGGER + 2 * longest + 40]
    ends += [start + length + 8 for length in letters.lengths for start in (0, _TRIGGER)]
    seen: set[str] = set()
    for facts in _plain_states(letters):
        yield facts, ends[0]
    for _ in range(_MOST_DRAWS * tries):
        facts = list(_state(letters, random))
        for act in random.sample(letters.acts, min(len(letters.acts), random.choice((1, 1, 2)))):
            facts.append({**act, "date": _TRIGGER, "$act": True})
        done = random.random() < 0.7
        for deed in letters.deeds if done else ():
            while random.random() < 0.5:
                facts.append({**deed, "date": _day(letters, random)})
        end = ends[0] if random.random() < 0.6 else random.choice(ends)
        drawn = repr((facts[-_MOST_FACTS:], end))
        if drawn not in seen:
            seen.add(drawn)
            yield facts[-_MOST_FACTS:], end
        if len(seen) == tries:
            return


def _plain_states(letters: Alphabet) -> Iterator[list[Plain]]:
    """What is tried first: a model past one threshold or none, what sets it off, and no deed."""
    started: Plain = {"kind": "training_started", "model": MODEL, "date": 0}
    acts: list[list[Plain]] = [
        [{**act, "date": _TRIGGER, "$act": True}] for act in letters.acts[:2]
    ]
    for past in (*letters.thresholds[:2], ""):
        below = dict.fromkeys(letters.thresholds, "below")
        findings = {**below, past: "crossed"} if past else below
        decided: Plain = {"kind": "threshold_decision", "model": MODEL, "date": 10}
        state = [started, {**decided, "findings": findings}] if findings else [started]
        for act in acts or [[]]:
            yield [*state, *act]


def _state(letters: Alphabet, random: Random) -> Iterator[Plain]:
    """How things stand when the clauses are set off."""
    if random.random() < 0.8:
        yield {
            "kind": "training_started",
            "model": MODEL,
            "effective_compute": _COMPUTE,
            "date": 0,
        }
    if random.random() < 0.3:
        yield {"kind": "model_released", "model": MODEL, "date": 20}
    for model in letters.models[1:]:
        compute = int(_COMPUTE * random.choice((0.5, 2)))
        yield {"kind": "training_started", "model": model, "effective_compute": compute, "date": 0}
    for model in letters.models:
        if letters.thresholds and random.random() < 0.9:
            findings = _findings(letters, random)
            yield {"kind": "threshold_decision", "model": model, "findings": findings, "date": 10}
    for category, scale in letters.categories.items():
        for mitigation in ("pre", "post"):
            if scale and random.random() < 0.7:
                level = {category: random.choice(scale)}
                yield {
                    "kind": "threshold_decision",
                    "model": MODEL,
                    "levels": level,
                    "mitigation": mitigation,
                    "date": 10,
                }
    if letters.standards and random.random() < 0.6:
        count = random.randint(1, len(letters.standards))
        standards = random.sample(letters.standards, count)
        since = random.choice((12, 12, _TRIGGER + 2))
        for kind in ("standard_approved", "standard_activated"):
            yield {"kind": kind, "standard": tuple(standards), "date": since}
        if random.random() < 0.3:
            lapse = ("standard_lapsed", _TRIGGER + 4), ("standard_activated", _TRIGGER + 6)
            for kind, day in lapse[: random.randint(1, 2)]:
                yield {"kind": kind, "standard": tuple(standards), "date": day}
    for template in letters.other:
        if random.random() < 0.4:
            yield {**template, "date": random.choice((5, 15, 30))}
    for factor in letters.factors:
        if random.random() < 0.6:
            yield {
                "kind": "training_progress",
                "model": MODEL,
                "effective_compute": int(factor * _COMPUTE * random.choice((0.9, 1, 1.1))),
                "date": 35,
            }


def _findings(letters: Alphabet, random: Random) -> dict[str, str]:
    """Below every threshold, or at one of them."""
    found = dict.fromkeys(letters.thresholds, "below")
    if random.random() < 0.7:
        found[random.choice(letters.thresholds)] = random.choice(("crossed", "cannot_rule_out"))
    return found


def _day(letters: Alphabet, random: Random) -> int:
    """Just before or just after the trigger, or around the end of one of the lengths."""
    around = [day for length in letters.lengths for day in (length - 2, length + 2)]
    return max(1, _TRIGGER + random.choice((-20, -1, 1, 3, *around)))
