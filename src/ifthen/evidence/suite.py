"""The questions of one decision, from rows that may tell of several tasks and models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ifthen.evidence.attempts import questions_of, resolve
from ifthen.evidence.questions import NOTHING_LEFT_OUT, LeftOut, Question
from ifthen.evidence.rows import Rows, Subject
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, did_you_mean


@dataclass(frozen=True, slots=True)
class Suite:
    """What one decision is about."""

    questions: tuple[Question, ...]
    subjects: tuple[Subject, ...]
    """The tasks of one model that decide together."""
    left_out: LeftOut
    """What their logs tell of besides."""


def suite(rows: Rows, tasks: Sequence[str] = (), model: str | None = None) -> Suite:
    """The questions of the named tasks by one model.

    Several tasks make one suite only where each is named. Their questions are then told apart by
    the task, which is also their family unless they name one.

    Raises:
        InputError: a task or the model is not there, there are several models, several versions or
            scores of one task, several tasks and none is named, a score outside of 0 to 1, or
            attempts that contradict one another.
    """
    subjects = rows.subjects()
    _known("--model", model, {subject.model for subject in subjects}, "no log is about the model")
    found = [subject for subject in subjects if model in (None, subject.model)]
    for task in tasks:
        _known("--task", task, {subject.task for subject in found}, "no log is about the task")
    found = [subject for subject in found if not tasks or subject.task in tasks]
    if not found:
        raise _refusal("LOGS", "there are no attempts in these logs", "name other files")
    models = sorted({subject.model for subject in found})
    if len(models) > 1:
        raise _refusal(
            "LOGS",
            f"these logs are about {len(models)} models: {', '.join(models)}",
            "a decision is about one model: name it with --model",
        )
    names = [subject.task for subject in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        listed = "; ".join(str(subject) for subject in found if subject.task == twice[0])
        raise _refusal(
            "LOGS",
            f"there are several versions or scores of task '{twice[0]}': {listed}",
            "give the logs of one version, and choose the score with --scorer",
        )
    if len(found) > 1 and not tasks:
        raise _refusal(
            "LOGS",
            f"these logs are about {len(found)} tasks: {', '.join(sorted(names))}",
            "name the one that decides with --task, or each of those that decide together",
        )
    resolved = [resolve(rows.about(subject)) for subject in found]
    left_out = sum((each.left_out for each in resolved), NOTHING_LEFT_OUT)
    if len(found) == 1:
        return Suite(questions_of(resolved[0]), tuple(found), left_out)
    pooled = [
        replace(
            question,
            id=f"{subject.task}/{question.id}",
            cluster=None if question.cluster is None else f"{subject.task}/{question.cluster}",
            family=question.family or subject.task,
        )
        for subject, own in zip(found, resolved, strict=True)
        for question in questions_of(own)
    ]
    return Suite(tuple(pooled), tuple(found), left_out)


def _known(option: str, word: str | None, known: set[str], message: str) -> None:
    if word is not None and word not in known:
        hint = did_you_mean(word, known) or f"they are about {', '.join(sorted(known))}"
        raise _refusal(option, f"{message} '{word}'", hint)


def _refusal(place: str, message: str, hint: str) -> InputError:
    return InputError([Diagnostic(Source(place, ""), NOWHERE, message, hint)])
