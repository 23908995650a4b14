"""Stream one table out of PostgreSQL in blocks, counting its rows; memory does not grow with the table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db import connection

from .census import Table, text_of

BLOCK = 1 << 20
LONGEST_CELL = 1 << 28
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def copy_statement(table: Table) -> str:
    """COPY of key, tenant and searchable columns. `ctid` stands in where there is no primary key."""
    quote = connection.ops.quote_name
    keys = [f"{quote(name)}::text" for name in table.key] or ["ctid::text"]
    tenant = f"{quote(table.tenant_column)}::text" if table.tenant_column else "NULL::text"
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
            with cursor.cursor.copy(copy_statement(self.table)) as copy:
                parts: list[bytes] = []
                size = 0
                for row in copy:
                    self.count += 1
                    size += len(row)
                    parts.append(bytes(row))
                    if size >= BLOCK:
                        self.bytes += size
                        yield b"".join(parts)
                        parts, size = [], 0
                if parts:
                    self.bytes += size
                    yield b"".join(parts)


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
