"""Work that comes in numbered blocks, here or on the workers of a joblib backend.

Each block has random streams of its own, so that what comes out depends on the seed alone, and not
on how many workers there are or which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

_T = TypeVar("_T")


def in_blocks(
    work: Callable[[int], _T], blocks: int, jobs: int = 1, backend: str | None = None
) -> Iterator[_T]:
    """The results of all blocks, in order.

    Args:
        work: what to do with the number of a block; it is sent to the workers.
        blocks: how many there are.
        jobs: workers; -1 means every core.
        backend: a joblib backend: ``loky``, ``threading``, ``dask``, ``ray``. By default joblib's
            own choice, and none at all for one job. Dask works through the client that is
            connected, else through one to the scheduler that its configuration names
            (``DASK_SCHEDULER_ADDRESS``), else on this machine.

    Raises:
        ValueError: joblib knows no such backend.
        ImportError: the backend is not installed.
    """
    if jobs == 1 and backend is None:
        yield from map(work, range(blocks))
        return
    import joblib

    if backend == "ray":
        # Joblib knows Dask by itself; Ray's backend has to be made known to it.
        from ray.util.joblib import register_ray

        register_ray()
    # Joblib takes None for a backend without a name: one that was not chosen is not handed on.
    chosen = {} if backend is None else {"backend": backend}
    with connected(backend), joblib.parallel_config(**chosen, n_jobs=jobs):
        # Tens of blocks a call keep the work from being sent more often than it is worth; a wave
        # of calls at a time bounds what is in flight, for backends that cannot yield as they go.
        workers = max(1, joblib.effective_n_jobs(jobs))
        per_call = max(1, min(32, -(-blocks // (4 * workers))))
        parallel = joblib.Parallel()
        starts = list(range(0, blocks, per_call))
        for wave in range(0, len(starts), 4 * workers):
            calls = (
                joblib.delayed(_several)(work, first, min(first + per_call, blocks))
                for first in starts[wave : wave + 4 * workers]
            )
            for several in parallel(calls):
                yield from several


def connected(backend: str | None) -> AbstractContextManager[object]:
    """Whatever has to be connected while a backend works; around several pieces of work, once."""
    if backend != "dask":
        return nullcontext()
    from distributed import Client, get_client

    try:
        get_client()
    except ValueError:
        return Client()  # type: ignore[no-untyped-call]
    return nullcontext()


def _several(work: Callable[[int], _T], first: int, last: int) -> list[_T]:
    return [work(number) for number in range(first, last)]
