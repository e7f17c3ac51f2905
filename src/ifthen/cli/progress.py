"""Progress on standard error, only for what takes longer than a moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 2.0
"""Seconds before anything is shown, and between two lines where there is no terminal."""


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, in all); shows a bar on a terminal, else a line at times."""
    last = time.monotonic()
    bar: Progress | None = None
    task: TaskID | None = None

    def report(done: int, total: int) -> None:
        nonlocal last, bar, task
        if bar is not None and task is not None:
            bar.update(task, completed=done, total=total)
            return
        now = time.monotonic()
        if now - last < PATIENCE:
            return
        last = now
        if sys.stderr.isatty():
            bar, task = _start_bar(what, done, total)
        else:
            print(f"{what}: {done} of {total}", file=sys.stderr, flush=True)

    try:
        yield report
    finally:
        if bar is not None:
            bar.stop()


def _start_bar(what: str, done: int, total: int) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=total, completed=done)
    bar.start()
    return bar, task
