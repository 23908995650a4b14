"""Fills the tenant of rows that were there before, in small batches beside running writers.

A batch is as large as fits into the time that a writer is asked to wait. The rows without a tenant are the only state:
a run that was killed is resumed by running it again. A row that a writer holds is left for the next pass, so that
neither waits for the other for long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import OperationalError
from psycopg import sql

from tenancy.exceptions import TenancyError

from .briefly import LOCK_NOT_AVAILABLE
from .paths import Source
from .policies import quote

BATCH = 2_000
FIRST_BATCH = 500
SMALLEST_BATCH = 50
BATCH_SECONDS = 0.03
"""How long a batch should hold its rows. On a busy machine batches shrink, and a writer waits no longer for that."""
PAUSE_SECONDS = 0.001
SAMPLE = 20
ROW_WAIT_MS = 20
"""How long a batch, which holds rows itself by then, waits for a row that a writer holds."""
LONGEST_WAIT_SECONDS = 30.0
"""How long the last passes wait for rows that writers hold, before they are reported."""


@dataclass
class Report:
    """What a run did, and what is left. `seconds` is the time of the run; keys are samples, at most `SAMPLE`."""

    model: str
    source: str
    total: int = 0  # rows without a tenant at the start
    filled: int = 0
    repaired: int = 0  # rows whose tenant was another than their path's
    missing: int = 0  # rows left without a tenant: their path ends in nothing
    ambiguous: int = 0  # rows left without a tenant: two paths disagree
    missing_keys: list[str] = field(default_factory=list)
    ambiguous_keys: list[str] = field(default_factory=list)
    seconds: float = 0.0
    dry_run: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every row has, or in a dry run would get, its tenant."""
        return not (self.missing or self.ambiguous)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "seconds": round(self.seconds, 3), "complete": self.is_complete}


Progress = Callable[[int, int, float], object]
"""Called after each batch with rows done, rows in all, and the seconds that the rest will take."""


class Backfill:
    """One table's filling. `agree` are further sources: a row on which they differ from `source` is left alone."""

    def __init__(
        self,
        connection: Any,
        model: Any,
        source: Source,
        *,
        agree: Sequence[Source] = (),
        batch: int = BATCH,
        pause: float = PAUSE_SECONDS,
        keys: Sequence[str] = (),
    ) -> None:
        self.connection = connection
        self.model = model
        self.source = source
        self.batch = batch
        self.size = min(batch, FIRST_BATCH)
        self.pause = pause
        self.keys = list(keys)
        self.table = quote(model._meta.db_table)
        self.key = quote(model._meta.pk.column)
        self.kind = model._meta.pk.rel_db_type(connection)
        self.doubt = " OR ".join(
            f"({other.sql('t')} IS NOT NULL AND {other.sql('t')} IS DISTINCT FROM {source.sql('t')})" for other in agree
        )

    def run(self, *, dry_run: bool = False, repair: bool = False, progress: Progress | None = None) -> Report:
        """Fill every row that can be filled; with `repair`, correct those whose tenant is not their path's too.

        Raises TenancyError inside a transaction: a batch must commit to let writers go on.
        """
        if self.connection.in_atomic_block and not dry_run:
            raise TenancyError(
                "A backfill commits batch by batch and cannot run inside a transaction: "
                "set `atomic = False` on the migration."
            )
        started = time.monotonic()
        report = Report(self.model._meta.label, self.source.label, dry_run=dry_run)
        report.total = self._count(f"t.tenant_id IS NULL{self._chosen()}")
        if not dry_run:
            report.filled = self._fill(report.total, progress)
            if repair and self.source.columns:
                report.repaired = self._repair()
        self._look_at_the_rest(report)
        report.seconds = time.monotonic() - started
        return report

    def _fill(self, total: int, progress: Progress | None) -> int:
        filled, started, patience = 0, time.monotonic(), LONGEST_WAIT_SECONDS
        while True:
            in_pass = 0
            for done in self._pass("t.tenant_id IS NULL", self.source.sql("t")):
                in_pass += done
                filled += done
                if progress is not None:
                    spent = time.monotonic() - started
                    progress(filled, total, spent / max(filled, 1) * max(total - filled, 0))
            if in_pass:
                continue  # rows that writers held, or that came meanwhile
            if patience <= 0 or not self._count(f"t.tenant_id IS NULL AND {self._fillable()}{self._chosen()}"):
                return filled
            time.sleep(0.2)
            patience -= 0.2

    def _repair(self) -> int:
        tenant = self.source.sql("t")
        wrong = f"t.tenant_id IS NOT NULL AND t.tenant_id IS DISTINCT FROM {tenant}"
        return sum(self._pass(wrong, tenant))

    def _pass(self, which: str, tenant: str) -> Iterator[int]:
        """One walk over the table by key; yields how many rows each batch changed."""
        last: Any = None
        while True:
            started = time.monotonic()
            changed, last = self._fill_batch(f"{which}{self._after(last)}{self._chosen()}", tenant)
            if last is None:
                return
            self._fit(time.monotonic() - started)
            yield changed
            time.sleep(self.pause)

    def _fit(self, seconds: float) -> None:
        """Make the next batch as large as fits into the time that writers are asked to wait."""
        wanted = int(self.size * BATCH_SECONDS / max(seconds, 0.001))
        self.size = max(min(wanted, 2 * self.size, self.batch), min(SMALLEST_BATCH, self.batch))

    def _fill_batch(self, found: str, tenant: str) -> tuple[int, Any]:
        """How many rows of the next batch were changed, and its last key; (0, None) where nothing is found any more."""
        # Rows are found again by where they lie. The tenant is asked for once: asking may make one, and then the rows
        # are locked before, so that none is made for a row that slips away.
        batch = (
            f"SELECT t.ctid AS place, t.{self.key} AS key, {tenant} AS tenant, {self.doubt or 'false'} AS doubt "
            f"FROM {self.table} t WHERE {found} ORDER BY t.{self.key} LIMIT {self.size}"
        )
        filled = (
            f"UPDATE {self.table} r SET tenant_id = b.tenant FROM batch b WHERE r.ctid = b.place "
            "AND b.tenant IS NOT NULL AND NOT coalesce(b.doubt, false) RETURNING 1"
        )

        def run(lock: str) -> tuple[int, Any]:
            return self._run_batch(
                f"WITH batch AS MATERIALIZED ({batch} {lock}), filled AS ({filled}) "
                "SELECT (SELECT count(*) FROM filled), (SELECT key FROM batch ORDER BY key DESC LIMIT 1)"
            )

        if self.source.columns:
            try:
                return run("")
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                    raise  # else a writer holds a row: take the others, and this one in the next pass
        return run("FOR NO KEY UPDATE OF t SKIP LOCKED")

    def _run_batch(self, batch: str) -> tuple[int, Any]:
        """Run a batch: one message, so one transaction.

        Its commit waits for no disk: what a crash of the server takes back is filled again. The planner knows nothing
        of a new column and would rather read the whole table for each batch.
        """
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; "
                f"SET LOCAL lock_timeout = '{ROW_WAIT_MS}ms'; SET LOCAL synchronous_commit = off; {batch}"
            )
            while cursor.nextset():
                pass
            changed, last = cursor.fetchone()
        return int(changed), last

    def _after(self, last: Any) -> str:
        return f" AND t.{self.key} > {self._literal(last)}" if last is not None else ""

    def _literal(self, key: Any) -> str:
        return f"{sql.Literal(str(key)).as_string(None)}::{self.kind}"

    def _fillable(self) -> str:
        doubt = f" AND NOT coalesce({self.doubt}, false)" if self.doubt else ""
        return f"{self.source.sql('t')} IS NOT NULL{doubt}"

    def _look_at_the_rest(self, report: Report) -> None:
        absent = f"t.tenant_id IS NULL AND {self.source.sql('t')} IS NULL{self._chosen()}"
        report.missing, report.missing_keys = self._count(absent), self._sample(absent)
        if self.doubt:
            doubtful = f"t.tenant_id IS NULL AND {self.source.sql('t')} IS NOT NULL AND ({self.doubt}){self._chosen()}"
            report.ambiguous, report.ambiguous_keys = self._count(doubtful), self._sample(doubtful)

    def _chosen(self) -> str:
        listed = ", ".join(self._literal(key) for key in self.keys)
        return f" AND t.{self.key} IN ({listed})" if listed else ""

    def _count(self, which: str) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {self.table} t WHERE {which}")
            return int(cursor.fetchone()[0])

    def _sample(self, which: str) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.{self.key}::text FROM {self.table} t WHERE {which} ORDER BY t.{self.key} LIMIT {SAMPLE}"
            )
            return [key for (key,) in cursor.fetchall()]
