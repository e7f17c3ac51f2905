"""Files that a result rests on, by digest, so that it can be filed and replayed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a finding rests on."""

    location: str
    """Path, as it was given, or URL."""
    digest: str
    """``sha256:`` and the hexadecimal SHA-256 of all its bytes."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"location": self.location, "digest": self.digest}


def input_of(path: str | Path) -> Input:
    """The digest of a file that has just been read."""
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return Input(str(path), f"sha256:{digest}")
