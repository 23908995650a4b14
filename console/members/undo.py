"""Takes an import back: each row returns to what history says it was before, unless somebody changed it since."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tenancy import audit, jobs
from tenancy.audit import moment
from tenancy.memberships import lock_owners
from tenancy.models import Invitation

from .database import rows, value
from .database import run as execute
from .joins import hashed_joins
from .merge import check_owners, is_last_owner
from .models import ImportState, MemberImport
from .states import hold, move
from .targets import TARGETS, MergeTarget
from .trail import history_insert, history_parameters

UNDOABLE = (ImportState.DONE, ImportState.STOPPED, ImportState.DISCARDED)


def request(item: MemberImport, *, by: Any) -> None:
    """Ask to take a finished import back. Raises TenantRefused (``wrong_state``, ``busy``)."""
    with transaction.atomic():
        move(item, ImportState.UNDOING, *UNDOABLE)
        item.undone_by = by
        item.save(update_fields=["undone_by"])
        audit.record(f"{item.target}.import_undo_requested", by=by, tenant=item.tenant_id, target=item)


def is_possible(item: MemberImport) -> bool:
    """Whether there is something to take back, and nothing else to do with the import first."""
    written = item.applied_count("new") + item.applied_count("changed")
    return bool(written) and item.state in UNDOABLE


def run(item: MemberImport) -> None:
    """Take it back, in one transaction and the tenant's scope; ends in UNDONE, or in DONE with a message."""
    target = TARGETS[item.target]
    parameters = {"undo": f"undo of {item.reason}", **history_parameters(item.undone_by_id, moment())}
    with transaction.atomic(), hashed_joins():
        total = value(f"SELECT count(*) FROM ({_written(target)}) AS w", item)
    jobs.progress(0, total, "Undoing")
    try:
        try:
            _take_back(item, target, parameters)
        except IntegrityError as error:
            if not is_taken(error):
                raise
            # Somebody else got an id that a row would have again: leave such rows alone and take back the others.
            _take_back(item, target, parameters, beside=True)
    except IntegrityError as error:
        if not is_last_owner(error):
            raise
        item.refresh_from_db()
        item.state = ImportState.DONE
        item.message = "Not undone: no active owner would be left. Make somebody owner who was not in this import."
        item.save()
    jobs.progress(total, total, "Undoing")


def _take_back(item: MemberImport, target: MergeTarget, parameters: dict[str, Any], *, beside: bool = False) -> None:
    actor = item.undone_by_id
    with transaction.atomic():
        hold(item, ImportState.UNDOING)
        if target.people:
            lock_owners(item.tenant_id)
        with hashed_joins():
            conflicts = value(f"SELECT count(*) FROM ({_written(target, beside)}) AS w WHERE NOT untouched", item)
            back = execute(_restore(target, beside), item, **parameters)
            gone = execute(_remove(target), item, **parameters)
        if target.settle_undo is not None:
            target.settle_undo(item, parameters)
        if target.people:
            check_owners()
        revoked = _revoke_invitations(item, actor) if target.people else 0
        item.applied = item.applied | {"restored": back, "removed": gone, "kept": conflicts, "revoked": revoked}
        item.state, item.finished_at, item.message = ImportState.UNDONE, timezone.now(), ""
        item.save()
        audit.record(
            f"{item.target}.import_undone",
            by=actor,
            tenant=item.tenant_id,
            target=item,
            details={"number": item.number, "restored": back, "removed": gone, "kept": conflicts},
        )


def is_taken(error: IntegrityError) -> bool:
    """Whether the database refused because another row has what only one may have."""
    return getattr(getattr(error.__cause__, "diag", None), "sqlstate", None) == "23505"


def conflicts_of(item: MemberImport, limit: int = 100) -> list[dict[str, Any]]:
    """Rows that an undo would leave alone, with who changed them last and when."""
    target = TARGETS[item.target]
    history = target.row_model.history.model._meta.db_table
    with transaction.atomic(), hashed_joins():
        found = rows(
            f"SELECT w.id, l.history_date, l.history_change_reason, l.history_type FROM ({_written(target)}) AS w "
            f"LEFT JOIN (SELECT DISTINCT ON (h.id) h.id, h.history_date, h.history_change_reason, h.history_type "
            f"FROM {history} h WHERE h.tenant_id = %(tenant)s ORDER BY h.id, h.history_id DESC) l ON l.id = w.id "
            "WHERE NOT w.untouched ORDER BY l.history_date LIMIT %(limit)s",
            item,
            limit=limit,
        )
    return [
        {"id": row_id, "changed_at": at, "reason": reason or "", "gone": kind == "-"}
        for row_id, at, reason, kind in found
    ]


def _written(target: MergeTarget, beside: bool = False) -> str:
    """What the import wrote to each row, and whether the row still is as it left it.

    Joins of whole sets, no look-up per row: a young tenant has no statistics to choose an index by. With `beside` a
    row counts as touched, too, whose former id or address is another's by now.
    """
    history = target.row_model.history.model._meta.db_table
    return f"""
        SELECT e.id, e.first_id, f.history_type, coalesce(m.updated_at = l.updated_at, false)
            AND (f.history_type <> '+' OR {target.removable}) {_free(target, history) if beside else ""} AS untouched
        FROM (
            SELECT h.id, min(h.history_id) AS first_id, max(h.history_id) AS last_id FROM {history} h
            WHERE h.tenant_id = %(tenant)s AND h.history_change_reason = %(reason)s GROUP BY h.id
        ) e
        JOIN {history} f ON f.history_id = e.first_id AND f.tenant_id = %(tenant)s
        JOIN {history} l ON l.history_id = e.last_id AND l.tenant_id = %(tenant)s
        LEFT JOIN {target.table} m ON m.id = e.id AND m.tenant_id = %(tenant)s"""


def _free(target: MergeTarget, history: str) -> str:
    """That nobody else has what the row had before, of the fields that one row of a tenant has to itself."""
    taken = " OR ".join(f"(t.{name} = p.{name} AND p.{name} <> '')" for name in target.unique)
    return f"""AND (f.history_type <> '~' OR NOT EXISTS (
                SELECT FROM (
                    SELECT b.* FROM {history} b WHERE b.tenant_id = %(tenant)s AND b.id = e.id
                        AND b.history_id < e.first_id ORDER BY b.history_id DESC LIMIT 1
                ) p JOIN {target.table} t ON t.tenant_id = p.tenant_id AND t.id <> p.id AND ({taken})))"""


def _restore(target: MergeTarget, beside: bool) -> str:
    history = target.row_model.history.model._meta.db_table
    back = ", ".join(f"{column.name} = p.{column.name}" for column in target.columns)
    return f"""
        WITH w AS MATERIALIZED ({_written(target, beside)}), p AS MATERIALIZED (
            SELECT DISTINCT ON (h.id) h.* FROM {history} h JOIN w ON h.id = w.id AND h.history_id < w.first_id
            WHERE h.tenant_id = %(tenant)s ORDER BY h.id, h.history_id DESC
        ), back AS (
            UPDATE {target.table} m SET updated_at = %(moment)s, {back}
            FROM w JOIN p USING (id)
            WHERE m.id = w.id AND m.tenant_id = %(tenant)s AND w.untouched AND w.history_type = '~' RETURNING m.*
        ) {_as_undo(history_insert(target.row_model, "back", "~"))}"""


def _remove(target: MergeTarget) -> str:
    return f"""
        WITH w AS ({_written(target)}), gone AS (
            DELETE FROM {target.table} m USING w
            WHERE m.id = w.id AND m.tenant_id = %(tenant)s AND w.untouched AND w.history_type = '+' RETURNING m.*
        ) {_as_undo(history_insert(target.row_model, "gone", "-"))}"""


def _as_undo(sql: str) -> str:
    """The same history rows with the undo as their reason (`%(reason)s` finds what the import wrote)."""
    return sql.replace("%(reason)s", "%(undo)s")


def _revoke_invitations(item: MemberImport, actor: Any) -> int:
    """Make the links worthless that the import mailed and nobody used."""
    history = Invitation.history.model._meta.db_table  # type: ignore[attr-defined]  # simple-history adds it
    return execute(
        f"WITH revoked AS (UPDATE tenancy_invitation i SET revoked_at = %(moment)s WHERE i.tenant_id = %(tenant)s "
        f"AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND EXISTS (SELECT FROM {history} h WHERE h.id = i.id "
        "AND h.tenant_id = %(tenant)s AND h.history_change_reason = %(reason)s) RETURNING i.*) "
        + _as_undo(history_insert(Invitation, "revoked", "~")),
        item,
        undo=f"undo of {item.reason}",
        **history_parameters(actor, moment()),
    )
