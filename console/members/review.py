"""Judges the staged rows in bulk, a few statements for any number of rows: what is new, changed, unchanged, refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from tenancy.roles import Role

from .choices import Choices, Missing
from .database import ROWS, rows, run, value
from .domains import refuse_other_domains
from .limits import seat_limit
from .models import MemberImport
from .targets import TARGETS, MergeTarget

OLD_ROLE = "s.before->>'role'"
GOOD = "('new', 'changed', 'unchanged')"


def rank(role: str) -> str:
    """SQL of a role's power, as `Role.rank`."""
    return f"CASE {role} WHEN 'owner' THEN 3 WHEN 'admin' THEN 2 WHEN 'member' THEN 1 ELSE 0 END"


@transaction.atomic
def review(item: MemberImport) -> None:
    """Sort the staged rows of `item` and count them, in the tenant's scope. Sets counts and notes without saving."""
    target = TARGETS[item.target]
    choices = Choices.load(item.choices)
    with hashed_joins():
        merge_duplicates(item, target)
    match(item, target, choices)
    with hashed_joins():
        refuse_taken_ids(item, target)
    if target.people:
        refuse_escalation(item, target)
        add_missing(item, target, choices)
        refuse_other_domains(item, target)
        with hashed_joins():
            refuse_beyond_seats(item, target)
        keep_last_owner(item, target)
    item.counts = dict(rows(f"SELECT action, count(*) FROM {ROWS} WHERE import_id = %(import)s GROUP BY 1", item))


@contextlib.contextmanager
def hashed_joins() -> Iterator[None]:
    """Keep the planner from nested loops: rows staged a moment ago have no statistics, and it takes them for few.

    (ANALYZE would need ownership of the table.) Only for joins of the staged rows with themselves or with one tenant's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")  # after an error the rollback does it


def problem(code: str, column: str, shown: str, reason: str, remedy: str) -> str:
    """SQL of a refused row's note; `column`, `shown` and `reason` are SQL, `remedy` is a sentence."""
    words = remedy.replace("'", "''")
    return (
        f"jsonb_build_object('problems', jsonb_build_array(jsonb_build_object('code', '{code}', 'column', {column}, "
        f"'value', {shown}, 'reason', {reason}, 'remedy', '{words}')))"
    )


def header(item: MemberImport, field: str) -> str:
    """The name of the column that feeds `field`, as SQL text."""
    return "'" + str(item.detected.get("column_of", {}).get(field, field)).replace("'", "''").replace("%", "%%") + "'"


def merge_duplicates(item: MemberImport, target: MergeTarget) -> None:
    """One row per key: later rows fill what earlier ones leave blank; a row that says otherwise is refused."""
    staged = [column.staged for column in target.columns]
    firsts = ", ".join(
        f"(array_agg({name} ORDER BY line) FILTER (WHERE {name} IS NOT NULL))[1] AS {name}" for name in staged
    )
    agrees = " AND ".join(f"(s.{name} IS NULL OR s.{name} = m.{name})" for name in staged)
    filled = ", ".join(f"{name} = CASE WHEN s.line = m.line THEN m.{name} ELSE s.{name} END" for name in staged)
    differs = [
        (column, f"s.{column.staged} IS NOT NULL AND s.{column.staged} <> m.{column.staged}")
        for column in target.columns
    ]
    which = "CASE " + " ".join(f"WHEN {test} THEN {header(item, column.field)}" for column, test in differs) + " END"
    shown = "CASE " + " ".join(f"WHEN {test} THEN s.{column.staged}" for column, test in differs) + " END"
    note = problem(
        "contradicts",
        which,
        shown,
        "'Line ' || m.line || ' says otherwise of the same person.'",
        "Keep one row per person.",
    )
    run(
        f"""
        WITH many AS (
            SELECT key FROM {ROWS} WHERE import_id = %(import)s AND action = 'new' GROUP BY key HAVING count(*) > 1
        ), m AS (
            SELECT key, min(line) AS line, {firsts} FROM {ROWS} JOIN many USING (key)
            WHERE import_id = %(import)s AND action = 'new' GROUP BY key
        )
        UPDATE {ROWS} s SET {filled},
            action = CASE WHEN s.line = m.line THEN 'new' WHEN {agrees} THEN 'skipped' ELSE 'refused' END,
            note = CASE WHEN s.line = m.line THEN s.note
                WHEN {agrees} THEN jsonb_build_object('reason', 'Same person as line ' || m.line || ': merged.')
                ELSE {note} END
        FROM m WHERE s.import_id = %(import)s AND s.action = 'new' AND s.key = m.key
        """,
        item,
    )


def match(item: MemberImport, target: MergeTarget, choices: Choices) -> None:
    """Find who is there already, and what the file would change; remember what was seen."""
    kept = [column for column in target.columns if choices.update is not None and column.field not in choices.update]
    forget = "".join(f", {column.staged} = NULL" for column in kept)
    looked = [column for column in target.columns if column not in kept]
    different = "(" + (" OR ".join(column.differs("s", "m") for column in looked) or "false") + ")"
    before = ", ".join(f"'{column.field}', m.{column.name}" for column in target.columns)
    owner = _loses_ownership(target, {column.field for column in looked}) if target.people else "false"
    person = ", person_id = m.user_id" if target.people else ""
    run(
        f"""
        UPDATE {ROWS} s SET target_id = m.id, seen = m.updated_at, late = {owner}{person}{forget},
            action = CASE WHEN {different} THEN 'changed' ELSE 'unchanged' END,
            before = CASE WHEN {different} THEN jsonb_build_object({before}) END
        {target.match} AND s.import_id = %(import)s AND s.action = 'new'
        """,
        item,
    )


def _loses_ownership(target: MergeTarget, looked: set[str]) -> str:
    role = f"s.{target.column('role').staged}" if "role" in looked else "NULL"
    active = f"s.{target.column('is_active').staged}" if "is_active" in looked else "NULL"
    losing = f"coalesce(coalesce({role}, 'owner') <> 'owner' OR {active} = 'f', false)"
    return f"(m.role = 'owner' AND m.is_active AND {losing})"


def refuse(item: MemberImport, condition: str, note: str, source: str = "", **more: Any) -> int:
    """Refuse the good rows that fit `condition`; `source` adds tables to look at."""
    return run(
        f"UPDATE {ROWS} s SET action = 'refused', note = {note} {source} "
        f"WHERE s.import_id = %(import)s AND s.action IN ('new', 'changed') AND {condition}",
        item,
        **more,
    )


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
            "'Another member has this id already.'",
            "If it is the same person under a new address, let them change their address first; else correct the id.",
        ),
        f"FROM {target.table} t",
    )


def refuse_escalation(item: MemberImport, target: MergeTarget) -> None:
    """No role above the importer's own is given, and nobody above the importer is changed."""
    if item.ceiling == Role.OWNER:
        return
    name = target.column("role").staged
    own = Role(item.ceiling).rank
    refuse(
        item,
        f"s.{name} IS NOT NULL AND {rank('s.' + name)} > %(own)s",
        problem(
            "escalation",
            header(item, "role"),
            f"s.{name}",
            "'The role is above your own.'",
            "Ask an owner to import this row.",
        ),
        own=own,
    )
    refuse(
        item,
        f"s.before IS NOT NULL AND {rank(OLD_ROLE)} > %(own)s",
        problem(
            "escalation",
            header(item, "role"),
            "s.before->>'role'",
            "'The member has a role above your own.'",
            "Ask an owner to import this row.",
        ),
        own=own,
    )


def add_missing(item: MemberImport, target: MergeTarget, choices: Choices) -> None:
    """Add active members whom no row of the file names, taken or not; below 0 in the order of lines."""
    if choices.missing == Missing.NOTHING:
        return
    unreadable = value(
        f"SELECT count(*) FROM {ROWS} WHERE import_id = %(import)s AND action = 'refused' AND key = ''", item
    )
    switch_off = choices.missing == Missing.DEACTIVATE
    if switch_off and unreadable:
        switch_off = False
        item.notes = [
            *item.notes,
            f"Members missing from the file are only listed: {unreadable} rows without an address may be theirs.",
        ]
    active = target.column("is_active").staged
    off = "'f'" if switch_off else "NULL"
    before = ", ".join(f"'{column.field}', m.{column.name}" for column in target.columns)
    run(
        f"""
        INSERT INTO {ROWS} (
            import_id, tenant_id, line, last_line, action, key, target_id, person_id, seen, late, before, {active},
            audience
        )
        SELECT %(import)s, m.tenant_id, -row_number() OVER (ORDER BY u.email), 0, 'missing', u.email, m.id, m.user_id,
            m.updated_at, {"m.role = 'owner'" if switch_off else "false"}, jsonb_build_object({before}), {off},
            %(audience)s
        FROM tenancy_usertenantmembership m JOIN accounts_user u ON u.id = m.user_id
        WHERE m.tenant_id = %(tenant)s AND m.is_active AND m.user_id IS DISTINCT FROM %(actor)s
            AND {rank("m.role")} <= %(own)s
            AND NOT EXISTS (SELECT FROM {ROWS} s WHERE s.import_id = %(import)s AND s.key = u.email)
        """,
        item,
        own=Role(item.ceiling).rank,
        actor=item.actor_id,
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


def keep_last_owner(item: MemberImport, target: MergeTarget) -> None:
    """Where no active owner would be left, nobody loses ownership."""
    role, active = target.column("role").staged, target.column("is_active").staged
    left, losing = rows(
        f"""
        SELECT count(*) FILTER (WHERE was AND NOT (is_owner AND stays))
                - count(*) FILTER (WHERE NOT was AND is_owner AND stays),
            count(*) FILTER (WHERE was AND NOT (is_owner AND stays))
        FROM (
            SELECT coalesce((s.before->>'role') = 'owner' AND (s.before->>'is_active')::boolean, false) AS was,
                coalesce(s.{role}, s.before->>'role', %(default_role)s) = 'owner' AS is_owner,
                coalesce(s.{active}::boolean, (s.before->>'is_active')::boolean, true) AS stays
            FROM {ROWS} s WHERE import_id = %(import)s AND action IN ('new', 'changed', 'missing')
        ) AS change
        """,
        item,
    )[0]
    if not losing:
        return
    now = value(
        f"SELECT count(*) FROM {target.table} WHERE tenant_id = %(tenant)s AND role = 'owner' AND is_active", item
    )
    if now - left > 0:
        return
    gone = (
        "(s.before->>'role') = 'owner' AND (s.before->>'is_active')::boolean AND "
        f"(coalesce(s.{role}, 'owner') <> 'owner' OR s.{active} = 'f')"
    )
    note = problem(
        "last_owner",
        header(item, "role"),
        f"coalesce(s.{role}, '')",
        "'No active owner would be left.'",
        "Make somebody else owner first.",
    )
    run(
        f"UPDATE {ROWS} s SET action = 'refused', note = {note} WHERE s.import_id = %(import)s "
        f"AND s.action IN ('changed', 'missing') AND {gone}",
        item,
    )
