"""Compares staged rows with each other and with the members: who is twice in the file, who is there, who is missing."""

from __future__ import annotations

from tenancy.roles import Role

from .choices import Choices, Missing
from .database import ROWS, run, value
from .models import MemberImport
from .power import rank
from .refusing import header, problem
from .targets import MergeTarget


def merge_duplicates(item: MemberImport, target: MergeTarget) -> None:
    """One row per key: later rows fill what earlier ones leave blank; a row that says otherwise is refused.

    Nothing of a refused row is taken: what the others say is put together without it.
    """
    staged = [column.staged for column in target.stated]
    firsts = ", ".join(_first("d", name, name) for name in staged)
    says = ", ".join(f"{_first('d', name, name)}, {_first('d', 'line', name, f'{name}_line')}" for name in staged)
    agrees = " AND ".join(f"(s.{name} IS NULL OR s.{name} = o.{name})" for name in staged)
    filled = ", ".join(f"{name} = CASE WHEN s.line = m.line THEN m.{name} ELSE s.{name} END" for name in staged)
    differs = [
        (column, f"s.{column.staged} IS NOT NULL AND s.{column.staged} <> o.{column.staged}")
        for column in target.stated
    ]
    which = "CASE " + " ".join(f"WHEN {test} THEN {header(item, column.field)}" for column, test in differs) + " END"
    shown = "CASE " + " ".join(f"WHEN {test} THEN s.{column.staged}" for column, test in differs) + " END"
    other = "CASE " + " ".join(f"WHEN {test} THEN o.{column.staged}_line" for column, test in differs) + " END"
    note = problem(
        "contradicts",
        which,
        shown,
        f"'Line ' || {other} || ' says otherwise of the same person.'",
        "Keep one row per person.",
    )
    run(
        f"""
        WITH many AS (
            SELECT key FROM {ROWS} WHERE import_id = %(import)s AND action = 'new' GROUP BY key HAVING count(*) > 1
        ), d AS (
            SELECT r.key, r.line, {", ".join(f"r.{name}" for name in staged)} FROM {ROWS} r JOIN many USING (key)
            WHERE r.import_id = %(import)s AND r.action = 'new'
        ), o AS (
            SELECT key, {says} FROM d GROUP BY key
        ), m AS (
            SELECT d.key, min(d.line) AS line, {firsts} FROM d JOIN o USING (key)
            WHERE {agrees.replace("s.", "d.")} GROUP BY d.key
        )
        UPDATE {ROWS} s SET {filled},
            action = CASE WHEN s.line = m.line THEN 'new' WHEN {agrees} THEN 'skipped' ELSE 'refused' END,
            note = CASE WHEN s.line = m.line THEN s.note
                WHEN {agrees} THEN jsonb_build_object('reason', 'Same person as line ' || m.line || ': merged.')
                ELSE {note} END
        FROM m JOIN o USING (key) WHERE s.import_id = %(import)s AND s.action = 'new' AND s.key = m.key
        """,
        item,
    )


def _first(rows: str, wanted: str, stated: str, name: str = "") -> str:
    """SQL of `wanted` in the first of `rows` that states the field `stated`."""
    return (
        f"(array_agg({rows}.{wanted} ORDER BY {rows}.line) FILTER (WHERE {rows}.{stated} IS NOT NULL))[1] "
        f"AS {name or wanted}"
    )


def match(item: MemberImport, target: MergeTarget, choices: Choices) -> None:
    """Find who is there already, and what the file would change; remember what was seen."""
    kept = [column for column in target.stated if choices.update is not None and column.field not in choices.update]
    forget = "".join(f", {column.staged} = NULL" for column in kept)
    looked = [column for column in target.stated if column not in kept]
    different = "(" + (" OR ".join(column.differs("s", "m") for column in looked) or "false") + ")"
    before = ", ".join(f"'{column.field}', m.{column.name}" for column in target.columns)
    owner = _loses_ownership(target, {column.field for column in looked}) if target.people else "false"
    person = ", person_id = m.user_id" if target.people else ""
    for found in (target.match, *target.further):
        run(
            f"""
            UPDATE {ROWS} s SET target_id = m.id, seen = m.updated_at, late = {owner}{person}{forget},
                action = CASE WHEN {different} THEN 'changed' ELSE 'unchanged' END,
                before = CASE WHEN {different} THEN jsonb_build_object({before}) END
            {found} AND s.import_id = %(import)s AND s.action = 'new'
            """,
            item,
        )


def _loses_ownership(target: MergeTarget, looked: set[str]) -> str:
    role = f"s.{target.column('role').staged}" if "role" in looked else "NULL"
    active = f"s.{target.column('is_active').staged}" if "is_active" in looked else "NULL"
    losing = f"coalesce(coalesce({role}, 'owner') <> 'owner' OR {active} = 'f', false)"
    return f"(m.role = 'owner' AND m.is_active AND {losing})"


def add_missing(item: MemberImport, target: MergeTarget, choices: Choices) -> None:
    """Add active members whom no row of the file names, taken or not; below 0 in the order of lines."""
    if choices.missing == Missing.NOTHING:
        return
    unreadable = value(
        f"SELECT count(*) FROM {ROWS} WHERE import_id = %(import)s AND action = 'refused' AND key = ''", item
    )
    named = value(f"SELECT EXISTS (SELECT FROM {ROWS} WHERE import_id = %(import)s AND key <> '')", item)
    switch_off = choices.missing == Missing.DEACTIVATE
    if switch_off and not named:
        switch_off = False
        item.notes = [*item.notes, "Members missing from the file are only listed: the file names nobody at all."]
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
