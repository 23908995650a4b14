"""Writes two chunks at the same time: one over the caller's connection, the other over one beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from types import TracebackType
from typing import Any

from django.db import OperationalError, connection

DEADLOCK = "40P01"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


class Lanes:
    """As a context manager: keeps one more connection as long as there is work.

    In a transaction of the caller's the chunks are written one after the other: another connection does not see its
    rows.
    """

    def __init__(self) -> None:
        self._beside: ThreadPoolExecutor | None = None

    def __enter__(self) -> Lanes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beside is not None:
            self._beside.submit(_hang_up)
            self._beside.shutdown()
            self._beside = None

    def each(self, write: Callable[[Any], None], chunks: Sequence[Any]) -> None:
        """Call `write` with every chunk, in the caller's scope; returns, or raises what one raised, when all ended.

        Two that met in a deadlock (two rows that swap an id, say) are made one after the other: the one that the
        database gave up is written again.
        """
        if len(chunks) == 1 or connection.in_atomic_block:
            for chunk in chunks:
                write(chunk)
            return
        if self._beside is None:
            self._beside = ThreadPoolExecutor(1, thread_name_prefix="import")
        first, *others = chunks
        beside = [self._beside.submit(copy_context().run, _wrote, write, chunk) for chunk in others]
        try:
            again = [] if _wrote(write, first) else [first]
        finally:
            wait(beside)
        again += [chunk for chunk, done in zip(others, beside, strict=True) if not done.result()]
        for chunk in again:
            write(chunk)


def _hang_up() -> None:
    connection.close()  # that of the thread which calls; the proxy's bound method would be the caller's


def _wrote(write: Callable[[Any], None], chunk: Any) -> bool:
    try:
        write(chunk)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
            raise
        return False
    return True
