"""The driver's connection and cursors, which send the scope with the statement that needs it.

State lives on the driver's connection, so that a pool's hand-outs are right. An autocommit statement gets the scope as
a prefix in the same message; a transaction's first statement carries BEGIN and the scope, where the driver alone would
wait for BEGIN by itself; a switch inside one rides on the next statement. Nothing costs a round trip of its own, but
where the driver cannot put two statements in one message (COPY and named cursors in autocommit).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import generators
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

from tenancy.db.message import SETTINGS, scope_message, scope_said, scope_settings


class ScopedConnection(psycopg.Connection[Any]):
    """Knows which scope the server was told in the open transaction."""

    carries_scope = True  # False for the owner, who works as itself
    _begin_rides = False  # while a statement is on its way that carries BEGIN itself
    _told: str | None = None
    _told_about: tuple[object, object] = (None, None)

    def untold(self) -> str:
        """What must go out before the next statement; empty where the server knows."""
        if not self.carries_scope:
            return ""
        status = self.pgconn.transaction_status
        if status == TransactionStatus.IDLE:
            return scope_message()
        if status == TransactionStatus.INTRANS:
            scope, role = scope_said()
            if self._told is not None and self._told_about[0] is scope and self._told_about[1] == role:
                return ""
            message = scope_message()
            return "" if message == self._told else message
        return ""  # a failed transaction takes nothing but ROLLBACK

    @contextmanager
    def beginning(self) -> Iterator[str]:
        """The statement that the next one must carry in front to begin its transaction; empty where none is due."""
        if self.autocommit or not self.is_idle():
            yield ""
            return
        begin = self._get_tx_start_command().decode()
        self._begin_rides = True
        try:
            yield f"{begin}; "
        finally:
            self._begin_rides = False

    def is_idle(self) -> bool:
        """Whether no transaction is open on the server."""
        return self.pgconn.transaction_status == TransactionStatus.IDLE

    def told(self, message: str | None) -> None:
        """Remember what the server knows; None after an error or a rollback to a savepoint, which revert it."""
        self._told = message
        self._told_about = scope_said()

    def _get_tx_start_command(self) -> bytes:
        self._told = None  # whoever begins a transaction, the server knows nothing in it yet
        return super()._get_tx_start_command()

    def _start_query(self) -> PQGen[None]:
        # The driver begins a transaction in a message of its own and accepts one result; ours carries the scope along.
        if self._begin_rides:
            return
        if not self.carries_scope or self._pipeline:
            yield from super()._start_query()
            return
        if self.autocommit or not self.is_idle():
            return
        message = scope_message()
        self.pgconn.send_query(self._get_tx_start_command() + b"; " + message.encode())
        for result in (yield from generators.execute(self.pgconn)):
            if result.status != ExecStatus.COMMAND_OK:
                raise error_from_result(result, encoding=self.info.encoding)
        self.told(message)

    @contextmanager
    def told_first(self) -> Iterator[None]:
        """Tell the scope before something that cannot carry it: COPY, a prepared statement, a named cursor."""
        if not self.carries_scope:
            yield
        elif self.autocommit and self.is_idle():
            with self.transaction():
                self._tell()
                yield
        else:
            if not self.is_idle() and self.untold():
                self._tell()  # where a transaction is yet to begin, its BEGIN brings the scope
            yield

    def _tell(self) -> None:
        message = scope_message()
        psycopg.ClientCursor(self).execute(message)  # type: ignore[arg-type]
        self.told(message)


class OneMessage(psycopg.Pipeline):
    """A pipeline that sends what was asked in it when it ends; the driver's own sends after every statement."""

    _ending = False

    def _communicate_gen(self) -> PQGen[None]:
        if self._ending:
            yield from super()._communicate_gen()

    def _exit_gen(self) -> PQGen[None]:
        self._ending = True
        yield from super()._exit_gen()


@contextmanager
def one_message(connection: ScopedConnection) -> Iterator[None]:
    """Run the block's statements in one pipeline, sent together at its end. `connection` is in none."""
    connection._pipeline = OneMessage(connection)
    try:
        with connection._pipeline:
            yield
    finally:
        connection._pipeline = None


class ScopedCursorMixin:
    """Brings the scope with every statement of a cursor."""

    takes_prefix = True
    takes_pipeline = False
    connection: ScopedConnection
    _ahead = b""  # what the statement on its way carries in front

    def _execute_send(self, query: Any, **kwargs: Any) -> None:
        # Here and not in the text of the statement, which the driver takes apart once and finds again.
        if self._ahead:
            query.query = self._ahead + query.query
        super()._execute_send(query, **kwargs)  # type: ignore[misc]

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Any:
        connection = self.connection
        message = connection.untold()
        if (
            message
            and self.takes_pipeline
            and isinstance(query, str)
            and connection.is_idle()
            and connection.autocommit
        ):
            return self._execute_in_pipeline(query, params, **kwargs)
        if message and (not self.takes_prefix or not isinstance(query, str) or kwargs.get("prepare")):
            with connection.told_first():
                return super().execute(query, params, **kwargs)  # type: ignore[misc]
        try:
            if not message:
                result = super().execute(query, params, **kwargs)  # type: ignore[misc]
            else:
                with connection.beginning() as begin:
                    self._ahead = (begin + message).encode()
                    result = super().execute(query, params, **kwargs)  # type: ignore[misc]
                self.set_result(-1)  # type: ignore[attr-defined]
                connection.told(message)
        except BaseException:
            connection.told(None)
            raise
        finally:
            self._ahead = b""
        if isinstance(query, str) and query[:8].upper() == "ROLLBACK":
            connection.told(None)
        return result

    def _execute_in_pipeline(self, query: str, params: Any, **kwargs: Any) -> Any:
        # Up to the pipeline's Sync the two statements are one transaction, in which alone set_config holds.
        # https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
        with one_message(self.connection):
            psycopg.Cursor(self.connection).execute(SETTINGS, scope_settings(), prepare=True)
            return super().execute(query, params, **kwargs)  # type: ignore[misc]

    def executemany(self, query: Any, params_seq: Any, **kwargs: Any) -> Any:
        with self.connection.told_first():
            return super().executemany(query, params_seq, **kwargs)  # type: ignore[misc]

    def stream(self, query: Any, params: Any = None, **kwargs: Any) -> Iterator[Any]:
        with self.connection.told_first():
            yield from super().stream(query, params, **kwargs)  # type: ignore[misc]

    @contextmanager
    def copy(self, statement: Any, params: Any = None, **kwargs: Any) -> Iterator[Any]:
        with self.connection.told_first(), super().copy(statement, params, **kwargs) as copy:  # type: ignore[misc]
            yield copy
