"""What a limit is and how an evaluation decides about it: stated before the scores are seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from ifthen.evidence.elicitation import NO_MARGIN, Asked, Margin
from ifthen.evidence.questions import Question
from ifthen.evidence.statistics.attempts import Scoring
from ifthen.evidence.statistics.families import AtLeast
from ifthen.evidence.statistics.sequential import Looks


@dataclass(frozen=True, slots=True)
class Rule:
    """Rates are shares of tasks of the kind that the evaluation draws from; higher is more able."""

    limit: float
    """The rate from which the model counts as having the capability; in RSP v1.0, the red line."""
    alert: float | None = None
    """A line below the limit, in RSP v1.0 the yellow line; None where there is none."""
    confidence: float = 0.95
    """Of each bound by itself, so that one minus it is the chance of a false rule-out."""
    scoring: Scoring = field(default_factory=Scoring)
    """How the attempts at a task become one value."""
    questions: int | None = None
    """How many tasks were planned; those never run are missing. None: those that are there."""
    families: AtLeast | None = None
    """How many families must reach the line; None: the mean over all tasks must."""
    looks: Looks | None = None
    """Where the scores may be looked at more than once; None means once, when all are there."""
    asked: Asked = field(default_factory=Asked)
    """The elicitation that it takes."""
    margin: Margin = NO_MARGIN
    """What is allowed for better elicitation."""
    tasks: tuple[str, ...] = ()
    """The evaluations that make it up, as their logs name them; none: whatever is given."""
    threshold: str | None = None
    """The policy's name for the capability, under which the finding is recorded."""
    source: str | None = None
    """The clause that draws the line."""

    def __post_init__(self) -> None:
        if not 0 < self.limit <= 1:
            raise ValueError(f"a limit is a rate above 0 and at most 1, not {self.limit:g}")
        if self.alert is not None and not 0 < self.alert < self.limit:
            raise ValueError(
                f"an alert line is above 0 and below the limit of {self.limit:g}, "
                f"not {self.alert:g}: an alert at the limit warns of nothing"
            )
        if not 0.5 < self.confidence < 1:
            raise ValueError(f"a confidence is above 0.5 and below 1, not {self.confidence:g}")
        if self.questions is not None and self.questions < 1:
            raise ValueError("an evaluation has at least one task")
        if self.margin.error > (1 - self.confidence) * (1 - 1e-9):
            raise ValueError(
                f"the margin may be too small with a chance of {self.margin.error:g}, which "
                f"leaves nothing of the {1 - self.confidence:.3g} that the confidence allows"
            )

    def complete(self, questions: tuple[Question, ...]) -> tuple[Question, ...]:
        """The questions with those that were planned and never run.

        Raises:
            ValueError: there are none, or more than were planned.
        """
        if self.questions is None:
            if not questions:
                raise ValueError("there are no questions")
            return questions
        never_run = self.questions - len(questions)
        if never_run < 0:
            raise ValueError(f"{len(questions)} tasks were run, but {self.questions} were planned")
        known = {question.id for question in questions}
        names = (f"never run {number}" for number in range(1, self.questions + len(known) + 1))
        fresh = [name for name in names if name not in known][:never_run]
        return (*questions, *(Question(name, (), self.scoring.of) for name in fresh))
