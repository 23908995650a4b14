"""Refuses what is taken: an external id that somebody else has, and seats that are not free."""

from __future__ import annotations

from .database import ROWS, value
from .limits import seat_limit
from .models import MemberImport
from .refusing import header, problem, refuse
from .targets import MergeTarget

GOOD = "('new', 'changed', 'unchanged')"


def refuse_taken_ids(item: MemberImport, target: MergeTarget) -> None:
    """An external id belongs to one person of a tenant: neither two rows nor another member may have it."""
    if "external_id" not in target.types:
        return
    name = target.column("external_id").staged
    label = header(item, "external_id")
    refuse(
        item,
        "s.line > f.line AND f.value = s." + name,
        problem(
            "external_id_twice",
            label,
            f"s.{name}",
            "'Line ' || f.line || ' has the same id.'",
            "Give each person an id of their own.",
        ),
        f"FROM (SELECT {name} AS value, min(line) AS line FROM {ROWS} WHERE import_id = %(import)s "
        f"AND {name} IS NOT NULL AND action IN {GOOD} GROUP BY 1 HAVING count(*) > 1) f",
    )
    refuse(
        item,
        f"t.tenant_id = %(tenant)s AND t.external_id = s.{name} AND t.external_id <> '' "
        "AND t.id IS DISTINCT FROM s.target_id",
        problem(
            "external_id_taken",
            label,
            f"s.{name}",
            f"'Another {target.noun} has this id already.'",
            "If it is the same person under a new address, let them change their address first; else correct the id.",
        ),
        f"FROM {target.table} t",
    )


def refuse_found_twice(item: MemberImport, target: MergeTarget) -> None:
    """Two rows that found the same one in different ways would write over each other."""
    refuse(
        item,
        "f.target_id = s.target_id AND s.line > f.line",
        problem(
            "found_twice",
            "''",
            "''",
            f"'Line ' || f.line || ' is the same {target.noun}.'",
            "Put both into one row.",
        ),
        f"FROM (SELECT target_id, min(line) AS line FROM {ROWS} WHERE import_id = %(import)s "
        f"AND target_id IS NOT NULL AND action IN {GOOD} GROUP BY 1 HAVING count(*) > 1) f",
    )


def refuse_beyond_seats(item: MemberImport, target: MergeTarget) -> None:
    """Rows that would take a seat are taken in the order of the file until the tenant's seats are full."""
    limit = seat_limit(item.tenant_id)
    if limit is None:
        return
    active = target.column("is_active").staged
    leaves = f"s.{active} = 'f' AND (s.before->>'is_active')::boolean"
    taken = value(
        f"SELECT (SELECT count(*) FROM {target.table} WHERE tenant_id = %(tenant)s AND is_active) - (SELECT count(*) "
        f"FROM {ROWS} s WHERE import_id = %(import)s AND action IN ('changed', 'missing') AND {leaves})",
        item,
    )
    enters = (
        f"((action = 'new' AND coalesce({active}, 't') = 't') "
        f"OR (action = 'changed' AND {active} = 't' AND NOT (before->>'is_active')::boolean))"
    )
    refuse(
        item,
        "f.line = s.line AND f.place > %(free)s",
        problem(
            "seat_limit",
            "''",
            "''",
            f"'All {int(limit)} seats of the organisation are taken.'",
            "Raise the seat limit, or deactivate members who left.",
        ),
        f"FROM (SELECT line, row_number() OVER (ORDER BY line) AS place FROM {ROWS} "
        f"WHERE import_id = %(import)s AND {enters}) f",
        free=max(0, limit - taken),
    )
