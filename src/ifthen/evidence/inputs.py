"""Files that a result rests on, by digest, so that it can be filed and replayed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was read."""

    name: str
    sha256: str
    rows: int
    """Runs, models or lines that were taken from it."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"name": self.name, "sha256": self.sha256, "rows": self.rows}


def input_of(path: str | Path, rows: int) -> Input:
    """The digest of a file that has just been read."""
    return Input(str(path), hashlib.sha256(Path(path).read_bytes()).hexdigest(), rows)
