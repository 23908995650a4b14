"""Stream one table out of PostgreSQL in blocks, counting its rows; memory does not grow with the table."""

from __future__ import annotations

import re
import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

from .census import Table, text_of

BLOCK = 1 << 20
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def copy_statement(table: Table) -> str:
    """COPY of key, tenant and searchable columns. `ctid` stands in where there is no primary key."""
    quote = connection.ops.quote_name
    keys = [quote(name) for name in table.key] or ["ctid"]
    tenant = quote(table.tenant_column) if table.tenant_column else "NULL"
    columns = [text_of(name, kind) for name, kind in table.columns]
    return f"COPY (SELECT {', '.join([*keys, tenant, *columns])} FROM {table.quoted}) TO STDOUT"  # noqa: S608  # quoted names


class Rows:
    """The rows of one table as blocks of whole lines; `count` says how many there were."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.count = 0
        self.bytes = 0

    def blocks(self) -> Iterator[bytes]:
        """Blocks of about a megabyte. Runs inside the caller's transaction, whose role and scope are set already."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # carries role and scope to the server before the copy starts
        driver = connection.connection.pgconn
        take = driver.get_copy_data
        # Straight from libpq, into one buffer: the driver's own loop costs as much as the server's work, and a list of
        # its lines makes the garbage collector walk through them again and again.
        block, size = bytearray(), 0
        _check(driver.exec_(copy_statement(self.table).encode()))
        with selectors.DefaultSelector() as waiting, _whole(driver, lambda: size < 0):
            waiting.register(driver.socket, selectors.EVENT_READ)
            while size >= 0:
                size, line = take(1)
                if size > 0:
                    block += line
                    if len(block) < BLOCK:
                        continue
                elif size == 0:
                    waiting.select()
                    driver.consume_input()
                    continue
                if block:
                    self.count += block.count(b"\n")
                    self.bytes += len(block)
                    yield bytes(block)
                    block.clear()
        while result := driver.get_result():
            _check(result)


@contextmanager
def _whole(driver: Any, is_over: Callable[[], bool]) -> Iterator[None]:
    """Where the reader stops half way, stop the server too: the connection must be free again."""
    try:
        yield
    finally:
        if not is_over():
            driver.get_cancel().cancel()
            while driver.get_copy_data(0)[0] >= 0:
                pass
            while driver.get_result():
                pass


def _check(result: Any) -> None:
    """Raise OperationalError where the server broke off: half a table proves nothing."""
    if result.error_message:
        raise OperationalError(result.error_message.decode(errors="replace"))


def cells(line: bytes) -> list[str | None]:
    """The columns of one COPY line."""
    return [
        None if cell == b"\\N" else unescape(cell.decode("utf-8", "replace"))
        for cell in line.rstrip(b"\n").split(b"\t")
    ]


def from_bytes(text: str) -> str:
    """Text behind ``encode(…, 'escape')``: its octal escapes are bytes of UTF-8, or of nothing readable."""
    raw = re.sub(rb"\\\\|\\(\d{3})", _byte, text.encode())
    return raw.decode("utf-8", "replace")


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)]) if found[1] else b"\\"


def unescape(text: str) -> str:
    """The text behind COPY's backslash escapes."""
    if "\\" not in text:
        return text
    parts = text.split("\\")
    result, index = [parts[0]], 1
    while index < len(parts):
        part = parts[index]
        if part:
            result.append(_ESCAPES.get(part[0], part[0]) + part[1:])
            index += 1
        else:  # an escaped backslash: what follows it is plain
            result.append("\\" + (parts[index + 1] if index + 1 < len(parts) else ""))
            index += 2
    return "".join(result)
