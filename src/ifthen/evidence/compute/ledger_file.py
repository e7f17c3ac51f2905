"""A ledger from its file, checked like a policy: everything wrong with it, with places.

    ledger: Example Lab
    runs:
      - model: example-1
        date: 2025-01-10                          # of the snapshot
        flop: 3.0e25                              # a bare number is exact
        algorithms: {value: 1.0, times: 1.2}      # 90 %: within a factor of 1.2, either way
        post_training: {low: 1.5, high: 2.5}      # 90 %: between these
        source: cluster accounting, run 17
        assessed: true                            # a comprehensive assessment rests on it

Multipliers are relative to one baseline, the same for the whole ledger. A multiplier that is not
given is not known; it is not 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ifthen.dates import format_day
from ifthen.evidence.compute.ledger import (
    Ledger,
    Reference,
    TrainingRun,
    aggregate,
    uncertain_grade,
)
from ifthen.evidence.compute.uncertain import Uncertain
from ifthen.evidence.inputs import input_of
from ifthen.policy.fields import Field, Form, Shape
from ifthen.policy.names import Problems
from ifthen.policy.reader import Reader, Values
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, Span
from ifthen.policy.yaml import Mapping, Node, compose, read_source

_NUMBER = Form("number")
_TEXT = Form("text")
_QUANTITY_SHAPE = Shape(
    "quantity",
    "A positive quantity with a 90 % range.",
    (
        Field("value", _NUMBER, "Its median."),
        Field("times", _NUMBER, "It lies within this factor of the median, either way, with 90 %."),
        Field("low", _NUMBER, "The lower end of its 90 % range."),
        Field("high", _NUMBER, "The upper end of its 90 % range."),
        Field("source", _TEXT, "Where it is from."),
    ),
    exactly_one=(("value", "low"),),
    needs=(("value", "times"), ("times", "value"), ("low", "high"), ("high", "low")),
)
_QUANTITY = Form("either", _NUMBER, shape=_QUANTITY_SHAPE)
_SCORES = Form("table", _NUMBER)
_RUN = Shape(
    "run",
    "A training run as it stood at a snapshot.",
    (
        Field("model", _TEXT, "The model.", required=True),
        Field("date", Form("date"), "The day of the snapshot.", required=True),
        Field("flop", _QUANTITY, "Training compute spent by then.", required=True),
        Field("algorithms", _QUANTITY, "What better algorithms multiply it by."),
        Field("post_training", _QUANTITY, "What post-training multiplies it by."),
        Field("source", _TEXT, "Where the figures are from.", required=True),
        Field("assessed", Form("boolean"), "Whether a completed assessment rests on it."),
        Field("flop_per_day", _QUANTITY, "For a run in flight, how fast it goes on."),
        Field("ends", Form("date"), "For a run in flight, its last day as planned."),
        Field("loss", _NUMBER, "Its loss on the reference's test set."),
        Field("scores", _SCORES, "Its scores on the reference's benchmarks, from 0 to 1."),
        Field("note", _TEXT, "Anything else."),
    ),
    needs=(("ends", "flop_per_day"),),
)
_POINT = Shape(
    "reference run",
    "A run of the baseline family.",
    (
        Field("flop", _NUMBER, "Training compute.", required=True),
        Field("loss", _NUMBER, "Its loss."),
        Field("scores", _SCORES, "Its scores by benchmark, from 0 to 1."),
        Field("model", _TEXT, "Its name."),
    ),
    exactly_one=(("loss", "scores"),),
)
_REFERENCE = Shape(
    "reference",
    "The baseline family on which a scaling law is fitted.",
    (
        Field("measure", Form("option", options=("loss", "score")), "What scales.", required=True),
        Field("weights", _SCORES, "The weight of each benchmark, for measure: score."),
        Field("runs", Form("list", Form("shape", shape=_POINT)), "Small to large.", required=True),
        Field("source", _TEXT, "Where the figures are from.", required=True),
    ),
)
_LEDGER = Shape(
    "ledger",
    "Training runs and, where effective compute is measured, a reference family.",
    (
        Field("ledger", _TEXT, "Whose it is.", required=True),
        Field("about", _TEXT, "Anything else."),
        Field("runs", Form("list", Form("node")), "The runs.", required=True),
        Field("reference", Form("shape", shape=_REFERENCE), "A baseline family."),
    ),
)
_ESTIMATE = Shape(
    "estimate",
    "An outsider's estimate of the training compute of a released model.",
    (
        Field("model", _TEXT, "The model.", required=True),
        Field("published", Form("date"), "When it was published.", required=True),
        Field("training_compute_flop", _NUMBER, "The estimate.", required=True),
        Field("estimate_grade", _TEXT, "How sure: confident, likely, speculative.", required=True),
        Field("sources", Form("node"), "Where it is from."),
        Field("confidence", _TEXT, "How the fact itself was found."),
        Field("note", _TEXT, "Anything else."),
    ),
)
_ESTIMATES = Shape(
    "record of estimates",
    "Estimates of training compute by outsiders.",
    (
        Field("developer", _TEXT, "Whose models.", required=True),
        Field("estimates", Form("list", Form("node")), "The estimates.", required=True),
    ),
)


def load_ledger(*paths: str | Path) -> Ledger:
    """The ledger in one or more files: YAML, or Epoch AI's CSV of notable models.

    Raises:
        InputError: a file cannot be read or used; every problem at once.
        ValueError: no path is given.
    """
    from ifthen.evidence.compute.epoch import read_epoch

    if not paths:
        raise ValueError("load_ledger needs at least one path")
    ledgers: list[Ledger] = []
    problems: list[Diagnostic] = []
    for path in paths:
        try:
            source = read_source(path)
            is_csv = str(path).lower().endswith(".csv")
            read = read_epoch(source) if is_csv else parse_ledger(source)
            ledgers.append(_filed(read, path))
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    return _joined(ledgers)


def _filed(ledger: Ledger, path: str | Path) -> Ledger:
    return Ledger(ledger.name, ledger.runs, ledger.reference, (input_of(path),))


def _joined(ledgers: Sequence[Ledger]) -> Ledger:
    references = [ledger.reference for ledger in ledgers if ledger.reference]
    if len(references) > 1:
        name = ledgers[1].inputs[0].location
        message = "two of the files have a reference family"
        raise InputError([Diagnostic(Source(name, ""), NOWHERE, message, "keep one")])
    runs = sorted((run for ledger in ledgers for run in ledger.runs), key=lambda run: run.day)
    inputs = tuple(found for ledger in ledgers for found in ledger.inputs)
    reference = references[0] if references else None
    return Ledger(ledgers[0].name, tuple(runs), reference, inputs)


def parse_ledger(source: Source) -> Ledger:
    """The ledger in a YAML text.

    Raises:
        InputError: it is not one; every problem at once.
    """
    return _LedgerReader(source).ledger(compose(source))


class _LedgerReader:
    """Reads one ledger, gathering problems."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems = Problems(source)
        self.reader = Reader(source, self.problems)

    def ledger(self, node: Node) -> Ledger:
        is_estimates = isinstance(node, Mapping) and node.get("estimates") is not None
        values = self.reader.shape(node, _ESTIMATES if is_estimates else _LEDGER)
        runs: list[TrainingRun] = []
        reference = None
        name = ""
        if values is not None:
            name = values.get("developer" if is_estimates else "ledger", "")
            for item in values.get("estimates" if is_estimates else "runs", ()):
                run = self._estimate(item) if is_estimates else self._run(item)
                if run is None:
                    continue
                if any((run.model, run.day) == (other.model, other.day) for other in runs):
                    what = f"there are two snapshots of '{run.model}' on {format_day(run.day)}"
                    self.problems.add(item.span, what, "keep the one that counts")
                runs.append(run)
            reference = self._reference(values.get("reference"))
            if not runs and not self.problems:
                self.problems.add(values.span, "the ledger has no run")
            self._measured_alike(values, reference)
        if self.problems:
            raise InputError(self.problems.sorted())
        runs.sort(key=lambda run: run.day)
        return Ledger(name, tuple(runs), reference)

    def _run(self, node: Node) -> TrainingRun | None:
        values = self.reader.shape(node, _RUN)
        if values is None:
            return None
        flop = self._quantity(values, "flop", exact=True)
        algorithms = self._quantity(values, "algorithms")
        post_training = self._quantity(values, "post_training")
        rate = self._quantity(values, "flop_per_day", exact=True)
        day, ends = values.get("date"), values.get("ends")
        if day is not None and ends is not None and ends < day:
            self.problems.add(values.keys["ends"], "the run ends before its snapshot")
        if flop is None or day is None or "model" not in values.values:
            return None
        return TrainingRun(
            model=values.get("model"),
            day=day,
            flop=flop,
            algorithms=algorithms,
            post_training=post_training,
            assessed=values.get("assessed", False),
            flop_per_day=rate,
            ends=ends,
            measured=self._measured(values),
            source=values.get("source", ""),
            place=f"{self.source.name}:{node.span.line}:{node.span.column}",
        )

    def _measured(self, values: Values) -> tuple[tuple[str, float], ...]:
        if "loss" in values:
            loss = self._positive(values, "loss")
            return () if loss is None else (("loss", loss),)
        return tuple(
            (key.text, self._score(score, key.span))
            for key, score in values.get("scores", [])
            if score is not None
        )

    def _score(self, score: Fraction, span: Span) -> float:
        if not 0 < score < 1:
            self.problems.add(span, "a score lies between 0 and 1, both left out")
            return 0.5
        return float(score)

    def _quantity(self, values: Values, name: str, *, exact: bool = False) -> Uncertain | None:
        """A quantity with its range; a bare number only where it may be exact."""
        given = values.get(name)
        if given is None:
            return None
        span = values.keys[name]
        if isinstance(given, Fraction):
            if given <= 0:
                self.problems.add(span, f"'{name}' is above zero")
                return None
            if not exact:
                self.problems.add(
                    span,
                    f"'{name}' is an estimate and has no range",
                    f"write {{value: {float(given):g}, times: 1.3}}: 90 %, either way",
                )
                return None
            return Uncertain(float(given))
        return self._ranged(given, name)

    def _ranged(self, given: Values, name: str) -> Uncertain | None:
        found = {part: given.get(part) for part in ("value", "times", "low", "high")}
        for part, number in found.items():
            if number is not None and number <= 0:
                self.problems.add(given.keys[part], f"'{part}' of '{name}' is above zero")
                return None
        value, times, low, high = found.values()
        if value is not None and times is not None:
            if times < 1:
                message = f"'times' is 1 or more: '{name}' lies within that factor, either way"
                self.problems.add(given.keys["times"], message)
                return None
            return Uncertain.within(float(value), float(times))
        if low is not None and high is not None:
            if low > high:
                self.problems.add(given.keys["low"], "the range runs downwards")
                return None
            return Uncertain.between(float(low), float(high))
        return None

    def _positive(self, values: Values, name: str) -> float | None:
        number = values.get(name)
        if number is None:
            return None
        if number <= 0:
            self.problems.add(values.keys[name], f"'{name}' is above zero")
            return None
        return float(number)

    def _estimate(self, node: Node) -> TrainingRun | None:
        values = self.reader.shape(node, _ESTIMATE)
        if values is None or self.problems:
            return None
        flop = self._positive(values, "training_compute_flop")
        if flop is None:
            return None
        return TrainingRun(
            model=values.get("model"),
            day=values.get("published"),
            flop=uncertain_grade(flop, values.get("estimate_grade")),
            source=f"an outsider's estimate, graded {values.get('estimate_grade')}",
            place=f"{self.source.name}:{node.span.line}:{node.span.column}",
        )

    def _reference(self, values: Values | None) -> Reference | None:
        if values is None:
            return None
        measure = values.get("measure", "loss")
        weights = tuple(
            (key.text, float(weight))
            for key, weight in values.get("weights", [])
            if weight is not None
        )
        if measure == "score" and not weights:
            self.problems.add(values.span, "a reference of scores needs 'weights'")
        total = math.fsum(weight for _, weight in weights)
        if weights and (min(w for _, w in weights) <= 0 or not math.isclose(total, 1)):
            message = f"weights are above 0 and sum to 1; these sum to {total:g}"
            self.problems.add(values.keys["weights"], message, "which tasks count how much?")
        points = []
        for point in values.get("runs", ()):
            flop = self._positive(point, "flop")
            found = self._aggregate(self._measured(point), measure, weights, point.span)
            if flop is not None and found is not None:
                points.append((flop, found))
        if len({flop for flop, _ in points}) < (4 if measure == "loss" else 3):
            least = "four" if measure == "loss" else "three"
            message = f"a scaling law needs {least} sizes of the family at least"
            self.problems.add(values.span, message)
        return Reference(measure, weights, tuple(sorted(points)))

    def _aggregate(
        self,
        measured: tuple[tuple[str, float], ...],
        measure: str,
        weights: tuple[tuple[str, float], ...],
        span: Span,
    ) -> float | None:
        try:
            return aggregate(measured, measure, weights)
        except KeyError as error:
            self.problems.add(span, f"this run has no {error.args[0]}", "every run needs it")
            return None

    def _measured_alike(self, values: Values, reference: Reference | None) -> None:
        """Every run that is measured at all is measured as the reference is."""
        for node in values.get("runs", ()):
            if not isinstance(node, Mapping):
                continue
            for key, _ in node.entries:
                if key.text not in ("loss", "scores"):
                    continue
                wanted = None if reference is None else reference.measure
                if wanted != ("loss" if key.text == "loss" else "score"):
                    hint = "add a 'reference' of that measure" if reference is None else ""
                    message = f"'{key.text}' of a run says nothing without a reference family"
                    self.problems.add(key.span, message, hint)
