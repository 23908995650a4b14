"""One scan: plant controls, read every table under the scan's role, compare row counts, say what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from tenancy.db.message import narrow_role

from ..categories import Trace
from ..exceptions import ProofVoid
from ..identifiers import Identifiers, Matcher
from ..identifiers.sets import keyed_hash
from ..models import DataRequest, ScanRun
from . import controls, statistics
from .census import Table, census
from .decoded import decoders
from .files import FileCount, FoundFile, find_files
from .read import Rows, cells, from_bytes

MOST_HITS = 20_000


@dataclass(frozen=True)
class Found:
    """A cell that holds an identifier: where, never what."""

    table: str
    column: str
    key: tuple[str, ...]
    tenant: str
    kind: str
    exact: bool
    digest: str = ""  # keyed hash of the cell, to see whether it changed since somebody looked


@dataclass
class ScanResult:
    """What a scan saw. `void` names why it proves nothing; an empty list means that it counts."""

    hits: list[Found] = field(default_factory=list)
    files: list[FoundFile] = field(default_factory=list)
    file_count: FileCount = field(default_factory=FileCount)
    statistics: list[tuple[str, str]] = field(default_factory=list)
    statistics_seen: int = 0
    tables: dict[str, tuple[int, int]] = field(default_factory=dict)  # label → (rows read, the owner's count)
    bytes: int = 0
    controls_found: list[str] = field(default_factory=list)
    void: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the report: counts and places, no values and no keys."""
        places: dict[str, int] = {}
        for hit in self.hits:
            places[f"{hit.table}.{hit.column}"] = places.get(f"{hit.table}.{hit.column}", 0) + 1
        return {
            "tables": len(self.tables),
            "rows": sum(read for read, _owner in self.tables.values()),
            "bytes": self.bytes,
            "controls": sorted(self.controls_found),
            "hits": places,
            "files": len(self.files),
            "files_seen": self.file_count.seen,
            "files_read_in_part": self.file_count.opaque,
            "statistics_seen": self.statistics_seen,
            "statistics_hits": [f"{table}.{column}" for table, column in self.statistics],
            "void": self.void,
        }


def scan(
    identifiers: Identifiers,
    *,
    request: DataRequest | None = None,
    only: set[str] | None = None,
    tell: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> ScanResult:
    """Search every table for `identifiers` in every spelling; needs system scope.

    `only` limits it to some tables (a look after repairs; such a scan has no controls and proves nothing by itself).
    Raises ProofVoid when there is nothing to look for.
    """
    if not identifiers:
        raise ProofVoid("There are no identifiers to look for: a scan for nothing finds nothing.")
    run = ScanRun.objects.create(request=request)
    result = ScanResult()
    if only is not None:
        _read_all(identifiers.matcher(), None, result, only, tell)
    else:
        with controls.planted(run) as planted:
            both = (identifiers | Identifiers.of([(Trace.EMAIL, planted.email)])).matcher()
            _read_all(both, planted, result, None, tell)
            for file in find_files(both, result.file_count):
                if not planted.recognise_file(file.name, in_name=file.in_name):
                    result.files.append(file)
            result.controls_found = sorted(planted.found)
            result.void += [f"control not found: {kind}" for kind in planted.missed]
        result.statistics_seen, result.statistics = statistics.read(identifiers.matcher(), ())
    run.finished_at, run.result = timezone.now(), result.as_json()
    run.save(update_fields=["finished_at", "result"])
    return result


def _read_all(
    matcher: Matcher,
    planted: controls.Planted | None,
    result: ScanResult,
    only: set[str] | None,
    tell: Callable[[int, int, str], None],
) -> None:
    with transaction.atomic(), narrow_role("scan"):
        tables = [table for table in census() if only is None or table.label in only]
    total, done = sum(table.estimate for table in tables) or len(tables), 0
    decode = decoders()
    with _counting_beside() as counting:
        for table in tables:
            if not table.readable:
                result.void.append(f"no right to read {table.label}")
                continue
            counted = counting(table)
            read = _read_one(table, matcher, planted, result, decode.get(table.name, {}))
            owner = counted()
            if read != owner:  # rows come and go while we read: a second look, then it is a finding
                result.hits = [hit for hit in result.hits if hit.table != table.label]
                read = _read_one(table, matcher, planted, result, decode.get(table.name, {}))
                owner = _owner_count(table)
                if read != owner:
                    result.void.append(f"{table.label}: {read} rows seen, the owner counts {owner}")
            result.tables[table.label] = (read, owner)
            done += table.estimate
            tell(min(done, total), total, table.label)


@contextmanager
def _counting_beside() -> Iterator[Callable[[Table], Callable[[], int]]]:
    """Begin the owner's count of a table; call what that gives for the number.

    It runs over a connection of its own while the table is read; in a transaction, whose rows nobody else sees, it
    runs when it is asked for.
    """
    if connection.in_atomic_block:
        yield lambda table: partial(_owner_count, table)
        return
    with ThreadPoolExecutor(1) as pool:
        try:
            yield lambda table: pool.submit(copy_context().run, _owner_count, table).result
        finally:
            pool.submit(connections.close_all)  # those of its thread


def _read_one(
    table: Table, matcher: Matcher, planted: controls.Planted | None, result: ScanResult, decode: dict[str, Any]
) -> int:
    rows = Rows(table)
    width = max(len(table.key), 1)
    with transaction.atomic(), narrow_role("scan"):
        for block in rows.blocks():
            lines = block.splitlines(keepends=True) if decode else matcher.lines(block)
            for line in lines:
                values = cells(line)
                key, tenant = tuple(str(value) for value in values[:width]), values[width] or ""
                for (column, kind_of), value in zip(table.columns, values[width + 1 :], strict=True):
                    if value is None:
                        continue
                    shown = decode[column](value) if column in decode else value
                    shown = from_bytes(shown) if kind_of == "bytea" else shown
                    found = matcher.find(shown)
                    if not found or (planted is not None and planted.recognise(table.label, key)):
                        continue
                    if len(result.hits) >= MOST_HITS:
                        continue
                    exact = any(hit.is_exact for hit in found)
                    kind = next((hit.kind for hit in found if hit.is_exact), found[0].kind)
                    result.hits.append(Found(table.label, column, key, tenant, kind.value, exact, keyed_hash(value)))
    result.bytes += rows.bytes
    return rows.count


def _owner_count(table: Table) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pii_count_rows(%s::oid::regclass)", [table.oid])
        return int(cursor.fetchone()[0])
