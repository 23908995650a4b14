"""Fills the tenant of rows that were there before, in small batches beside running writers.

The rows without a tenant are the only state: a run that was killed is resumed by running it again. A row that a writer
holds is left for the next pass, so that neither waits for the other for long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tenancy.exceptions import TenancyError

from .paths import Source
from .policies import quote

BATCH = 1_000
PAUSE_SECONDS = 0.002
SAMPLE = 20
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

    def _pass(self, which: str, tenant: str) -> Any:
        """One walk over the table by key; yields how many rows each batch changed."""
        last: Any = None
        while True:
            after = f" AND t.{self.key} > %s::{self.kind}" if last is not None else ""
            sql = (
                f"WITH batch AS MATERIALIZED (SELECT t.{self.key} AS key, {tenant} AS tenant, {self.doubt or 'false'} "
                f"AS doubt FROM {self.table} t WHERE {which}{after}{self._chosen()} ORDER BY t.{self.key} "
                f"LIMIT {self.batch} FOR NO KEY UPDATE OF t SKIP LOCKED), "
                f"filled AS (UPDATE {self.table} r SET tenant_id = b.tenant FROM batch b "
                f"WHERE r.{self.key} = b.key AND b.tenant IS NOT NULL AND NOT coalesce(b.doubt, false) RETURNING 1) "
                "SELECT (SELECT key FROM batch ORDER BY key DESC LIMIT 1), (SELECT count(*) FROM filled)"
            )
            with self.connection.cursor() as cursor:
                cursor.execute(sql, [last] if last is not None else [])
                last, changed = cursor.fetchone()
            if last is None:
                return
            yield changed
            time.sleep(self.pause)

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
        if not self.keys:
            return ""
        from psycopg import sql

        listed = ", ".join(sql.Literal(key).as_string(None) for key in self.keys).replace("%", "%%")
        return f" AND t.{self.key} IN ({listed})"

    def _count(self, which: str) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {self.table} t WHERE {which}", [])
            return int(cursor.fetchone()[0])

    def _sample(self, which: str) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.{self.key}::text FROM {self.table} t WHERE {which} ORDER BY t.{self.key} LIMIT {SAMPLE}", []
            )
            return [key for (key,) in cursor.fetchall()]
