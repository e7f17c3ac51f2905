"""How a figure was measured: the machine, the versions, and medians with their spread."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version


def state(data: str, *packages: str) -> None:
    """Print what was measured, on what, with which versions."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    versions = [f"Python {platform.python_version()}"]
    versions += [f"{name} {installed(name) or 'absent'}" for name in ("ifthen", *packages)]
    print(f"data: {data}")
    print(f"machine: {platform.platform()}, {os.cpu_count()} cores, load average {load}")
    print(f"versions: {', '.join(versions)}\n", flush=True)


def installed(package: str) -> str | None:
    """The installed version of a package, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """The value that one in a hundred exceeds."""
    return sorted(values)[max(0, -(-len(values) * 99 // 100) - 1)]


def peak_mib() -> float:
    """Peak memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
