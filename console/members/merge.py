"""Writes the reviewed rows, thousands per statement, each with its history row, and remembers how far it came."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, transaction

from console.accounts.door import admit
from tenancy import jobs
from tenancy.audit import moment
from tenancy.memberships import lock_owners

from .database import ROWS, rows, run, value
from .indexing import AT_ONCE, later
from .joins import hashed_joins
from .lanes import Lanes
from .models import MemberImport
from .places import Chunk, advance, divide, join, left, next_chunks
from .refusing import problem
from .staging import Cancelled
from .targets import TARGETS, Column, MergeTarget
from .trail import history_insert, history_parameters

CHUNK = 10_000
SIDE_BY_SIDE = 2_000
"""Imports of people from this size on are written in two halves at the same time."""
WORK = "(s.action IN ('new', 'changed') OR (s.action = 'missing' AND s.{active} = 'f'))"
LAST_OWNER = "tenancy_membership_last_owner"


class Conflicts(Exception):
    """In a strict import, rows were changed by somebody since the preview."""


def merge(item: MemberImport, *, strict: bool) -> None:
    """Write every row that is still to be written, in the tenant's scope.

    Raises Cancelled, TakenOver, and Conflicts if `strict`.

    Partial: each chunk commits together with its place, so that a killed run goes on where it stopped; a large import
    is written in two halves side by side. Strict: one transaction for all.
    """
    if strict:
        with transaction.atomic():
            _merge(item, strict=True)
    else:
        _merge(item, strict=False)


def _merge(item: MemberImport, *, strict: bool) -> None:
    target = TARGETS[item.target]
    active = target.column("is_active").staged if "is_active" in target.types else "c1"
    work = WORK.format(active=active)
    total = value(f"SELECT count(*) FROM {ROWS} s WHERE import_id = %(import)s AND {work}", item)
    if not item.places:
        # Rows of people meet those of other ranges nowhere; contacts share their tags.
        divide(item, work, 2 if target.people and total >= SIDE_BY_SIDE else 1)
    done = total - left(item, work)
    jobs.progress(done, total, "Writing")

    def write(chunk: Chunk) -> None:
        with transaction.atomic():
            join(item, chunk)
            if target.people and total > AT_ONCE:
                later(True)
            written = write_chunk(item, target, chunk, work)
            if target.people and total > AT_ONCE:
                later(False)
            if strict and written["conflicts"]:
                raise Conflicts
            advance(item, chunk, written)

    with Lanes() as lanes:
        while chunks := next_chunks(item, work, CHUNK):
            before = sum(item.applied.values())
            lanes.each(write, chunks)
            item.refresh_from_db(fields=["applied", "places"])
            done += sum(item.applied.values()) - before
            jobs.progress(min(done, total), total, "Writing")
            if jobs.cancelled():
                raise Cancelled


def write_chunk(item: MemberImport, target: MergeTarget, chunk: Chunk, work: str) -> dict[str, int]:
    """Write one chunk; how many rows became new, changed, or met a change made since the preview."""
    at = moment()
    more = {"late": chunk.late, "after": chunk.after, "upto": chunk.upto, **history_parameters(item.actor_id, at)}
    if target.people:
        if chunk.late:
            lock_owners(item.tenant_id)
        else:
            admit(item.pk, after=chunk.after, upto=chunk.upto, moment=at, by=item.actor_id, reason=item.reason)
    picked = f"s.import_id = %(import)s AND s.late = %(late)s AND s.line > %(after)s AND s.line <= %(upto)s AND {work}"
    total, fresh = rows(
        f"SELECT count(*), count(*) FILTER (WHERE s.action = 'new') FROM {ROWS} s WHERE {picked}", item, **more
    )[0]
    try:
        with transaction.atomic():
            new, changed = _write(item, target, picked, more, fresh, total - fresh)
    except IntegrityError as error:
        if is_last_owner(error):
            raise
        # A person or an id was added by somebody in between: refuse those rows and write the others.
        _mark_taken(item, target, picked, more)
        left = value(f"SELECT count(*) FROM {ROWS} s WHERE {picked}", item, **more)
        new, changed = _write(item, target, picked, more, fresh, left, beside=True)
    if chunk.late and target.people:
        check_owners()
    if target.settle is not None:
        target.settle(item, chunk)
    conflicts = total - new - changed
    if conflicts:
        _mark_conflicts(item, target, picked, more)
    return {"new": new, "changed": changed, "conflicts": conflicts}


def _write(
    item: MemberImport,
    target: MergeTarget,
    picked: str,
    more: dict[str, Any],
    fresh: int,
    present: int,
    *,
    beside: bool = False,
) -> tuple[int, int]:
    """Insert and update the picked rows; a statement without work is not sent, it would still join all members.

    With `beside` rows that somebody else added meanwhile are left out; that look at every index costs a quarter more.
    """
    new = run(_insert(target, picked, beside), item, **more) if fresh else 0
    if not present:
        return new, 0
    with hashed_joins():
        return new, run(_update(target, picked), item, **more)


def check_owners() -> None:
    """Ask now, not at COMMIT, whether an active owner is left. Raises IntegrityError, see `is_last_owner`."""
    names = f"{LAST_OWNER}_update, {LAST_OWNER}_delete"
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")
        cursor.execute(f"SET CONSTRAINTS {names} DEFERRED")


def is_last_owner(error: IntegrityError) -> bool:
    """Whether the database refused because a tenant would be left without an owner."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == LAST_OWNER


def _insert(target: MergeTarget, picked: str, beside: bool) -> str:
    """In the order of the new keys: neighbours in time are then neighbours in the indexes."""
    names = [column.name for column in target.columns]
    values = [f"coalesce({column.value('s')}, {column.default})" for column in target.columns]
    names, values = [*names, *target.filled], [*values, *target.filled.values()]
    person = ("user_id, ", "s.person_id, ") if target.people else ("", "")
    return f"""
        WITH made AS (
            INSERT INTO {target.table} (id, tenant_id, {person[0]}{", ".join(names)}, created_at, updated_at)
            SELECT coalesce(s.target_id, gen_random_uuid()), %(tenant)s, {person[1]}{", ".join(values)},
                %(moment)s, %(moment)s
            FROM {ROWS} s WHERE {picked} AND s.action = 'new' ORDER BY 1
            {"ON CONFLICT DO NOTHING" if beside else ""} RETURNING *
        ) {history_insert(target.row_model, "made", "+")}"""


def _update(target: MergeTarget, picked: str) -> str:
    return f"""
        WITH changed AS (
            UPDATE {target.table} m SET updated_at = %(moment)s, {", ".join(_set(column) for column in target.columns)}
            FROM {ROWS} s WHERE {picked} AND s.action IN ('changed', 'missing') AND m.id = s.target_id
                AND m.tenant_id = %(tenant)s AND m.updated_at = s.seen AND {target.different("s", "m")}
            RETURNING m.*
        ) {history_insert(target.row_model, "changed", "~")}"""


def _set(column: Column) -> str:
    return f"{column.name} = coalesce({column.merged('s', 'm')}, m.{column.name})"


def _mark_taken(item: MemberImport, target: MergeTarget, picked: str, more: dict[str, Any]) -> None:
    for unique in target.unique:
        name = target.column(unique).staged
        note = problem(
            f"{unique}_taken",
            f"'{unique}'",
            f"s.{name}",
            f"'Another {target.noun} got this {'id' if unique == 'external_id' else 'address'} since the preview.'",
            "Import the file again to see what it would do now.",
        )
        with hashed_joins():
            run(
                f"UPDATE {ROWS} s SET action = 'refused', note = {note} FROM {target.table} t WHERE {picked} "
                f"AND t.tenant_id = %(tenant)s AND t.{unique} = s.{name} AND t.id IS DISTINCT FROM s.target_id",
                item,
                **more,
            )


def _mark_conflicts(item: MemberImport, target: MergeTarget, picked: str, more: dict[str, Any]) -> None:
    """Refuse the rows of the chunk that were not written: their member carries another time than this chunk's."""
    note = problem(
        "changed_since",
        "''",
        "''",
        f"'Somebody changed or added this {target.noun} since the preview.'",
        "Import the file again to see what it would do now.",
    )
    same = "m.user_id = s.person_id" if target.people else "m.id = s.target_id"
    with hashed_joins():
        run(
            f"UPDATE {ROWS} s SET action = 'refused', note = {note} WHERE {picked} "
            f"AND NOT EXISTS (SELECT FROM {target.table} m WHERE m.tenant_id = %(tenant)s AND {same} "
            "AND m.updated_at = %(moment)s)",
            item,
            **more,
        )
