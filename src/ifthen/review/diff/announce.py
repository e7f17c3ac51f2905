"""A developer's own account of what changed, held against what did.

A change log is a small YAML file, in our words: what the account says, and which rows of the facts
or parts of the policies each saying covers. The package has those of the pairs that its policies
make; ``ifthen review diff --log`` takes another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from ifthen.policy.fields import TEXT, Field, Form, Shape
from ifthen.policy.model import Policy
from ifthen.policy.names import Problems
from ifthen.policy.reader import Reader, Values
from ifthen.policy.source import InputError, Source
from ifthen.policy.yaml import Scalar, compose, read_source
from ifthen.policy.yaml import Sequence as Items
from ifthen.review.diff.elements import elements
from ifthen.review.diff.match import Match

Told: TypeAlias = Literal["announced", "partly", "silent", "undetermined"]
TOLD: tuple[Told, ...] = get_args(Told)


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that the account says."""

    says: str
    covers: tuple[str, ...]
    """Rows; parts (``clause time-cadence``); or members of a list of a part (``standard
    asl-3-security hacktivists``)."""


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """A developer's own account of what changed between two versions."""

    title: str
    old: str
    new: str
    sayings: tuple[Saying, ...]
    complete: bool = True
    """Whether the file has all that the account says. Of what an incomplete one does not cover
    nothing is known, unless it is among ``omits``."""
    omits: tuple[str, ...] = ()
    """Rows and parts of which the account is known to say nothing."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Whether an account tells of a change."""

    told: Told
    by: tuple[str, ...] = ()
    """What it says that covers it."""
    untold: tuple[str, ...] = ()
    """The members of a list whose change it does not tell."""

    def as_json(self) -> dict[str, Any]:
        """The announcement in JSON."""
        return {"told": self.told, "by": list(self.by), "untold": list(self.untold)}


def announcement(log: ChangeLog, pair: Match, moved: Sequence[str]) -> Announcement:
    """Whether a log tells of a change.

    Announced: it names the part, or every row of either version's part, or every member of the
    lists that moved. Partly: some of these, or it is known to leave something out. Silent: none of
    these. Undetermined: none of these, and the file has only some of what the account says.

    Args:
        log: the account.
        pair: the part in both versions.
        moved: members of lists that are gone or new, where the change is of lists alone.
    """
    sides = [side for side in (pair.old, pair.new) if side is not None]
    names = {side.name for side in sides}
    rows = {row for side in sides for row in side.rows}
    members = {f"{name} {member}" for name in names for member in moved}
    covered = {word for saying in log.sayings for word in saying.covers}
    touches = names | rows | members
    by = tuple(saying.says for saying in log.sayings if touches.intersection(saying.covers))
    left_out = bool(touches.intersection(log.omits))
    untold = tuple(m for m in moved if not any(f"{name} {m}" in covered for name in names))
    whole = (
        bool(names & covered)
        or any(side.rows and {*side.rows} <= covered for side in sides)
        or (bool(moved) and not untold)
    )
    if whole:
        return Announcement("partly" if left_out else "announced", by)
    if by:
        return Announcement("partly", by, untold)
    known = log.complete or left_out
    return Announcement("silent" if known else "undetermined", (), untold)


# --- files ------------------------------------------------------------------------------------

_SAYING = Shape(
    "saying",
    "One thing that the account says.",
    (
        Field("says", TEXT, "What it says, in our words.", required=True),
        Field("covers", Form("node"), "The rows and parts that it tells of.", required=True),
    ),
)
_LOG = Shape(
    "change log",
    "A developer's own account of what changed.",
    (
        Field("log", TEXT, "What the account is called.", required=True),
        Field("from", Form("policy id"), "The older version.", required=True),
        Field("to", Form("policy id"), "The newer version.", required=True),
        Field("source", TEXT, "Where it stands.", required=True),
        Field("note", TEXT, "How far the file itself can be relied on."),
        Field("complete", Form("boolean"), "Whether it has all that the account says."),
        Field("omits", Form("node"), "Rows and parts of which the account is known to be silent."),
        Field("says", Form("list", Form("shape", shape=_SAYING)), "The sayings.", required=True),
    ),
)


def packaged_log(old: Policy, new: Policy) -> ChangeLog | None:
    """The change log of the package for a pair of versions; None where it has none."""
    family, _, version = new.id.partition("@")
    name = f"{family.replace('/', '-')}-{version}.yaml"
    path = Path(str(files("ifthen.review.diff"))) / "logs" / name
    if not path.is_file():
        return None
    log = load_log(path, old, new, check_pair=False)
    return log if (log.old, log.new) == (old.id, new.id) else None


def load_log(path: str | Path, old: Policy, new: Policy, *, check_pair: bool = True) -> ChangeLog:
    """A change log from a file.

    Args:
        path: of the file.
        old: the older version.
        new: the newer version.
        check_pair: whether a log of another pair is refused.

    Raises:
        InputError: there is no such file, or it has problems, such as a row or part that neither
            version has: every one of them, each with its place.
    """
    return _parse(read_source(path), old, new, check_pair)


def _parse(source: Source, old: Policy, new: Policy, check_pair: bool) -> ChangeLog:
    problems = Problems(source)
    document = Reader(source, problems).shape(compose(source), _LOG)
    if document is None:
        raise InputError(problems.sorted())
    pair = (document.get("from", old.id), document.get("to", new.id))
    own = pair == (old.id, new.id)
    if check_pair and not own:
        span = document.keys.get("from", document.span)
        message = f"this log is about {pair[0]} and {pair[1]}, not {old.id} and {new.id}"
        problems.add(span, message)
    known = _coverable(old, new) if own else None

    def named(values: Values, key: str) -> tuple[str, ...]:
        scalars = _scalars(values, key, problems)
        for scalar in scalars:
            if known is not None and not _known(scalar.text, known):
                problems.unknown(scalar.span, "row or part", scalar.text, known, "of either policy")
        return tuple(scalar.text for scalar in scalars)

    sayings = tuple(
        Saying(values.get("says", ""), named(values, "covers"))
        for values in document.get("says", ())
    )
    omits = named(document, "omits")
    if problems:
        raise InputError(problems.sorted())
    title, complete = document.get("log"), document.get("complete", True)
    return ChangeLog(title, *pair, sayings, complete, omits)


def _scalars(values: Values, key: str, problems: Problems) -> tuple[Scalar, ...]:
    node = values.get(key)
    if isinstance(node, Items) and all(isinstance(item, Scalar) for item in node.items):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    if node is not None:
        message = f"'{key}' is a list of rows and parts"
        problems.add(values.keys[key], message, "write [ROW, clause ID]")
    return ()


def _coverable(old: Policy, new: Policy) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for policy in (old, new):
        found.update(dict.fromkeys(policy.rows))
        found.update(dict.fromkeys(element.name for element in elements(policy)))
    return tuple(found)


def _known(word: str, known: tuple[str, ...]) -> bool:
    """A row, a part, or a member of a list of a part."""
    return word in known or word.rpartition(" ")[0] in known
