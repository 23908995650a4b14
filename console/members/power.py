"""Refuses what would give power away or take it: roles above the importer's own, and the last owner."""

from __future__ import annotations

from tenancy.roles import Role

from .database import ROWS, rows, run, value
from .models import MemberImport
from .refusing import header, problem, refuse
from .targets import MergeTarget

OLD_ROLE = "s.before->>'role'"


def rank(role: str) -> str:
    """SQL of a role's power, as `Role.rank`."""
    return f"CASE {role} WHEN 'owner' THEN 3 WHEN 'admin' THEN 2 WHEN 'member' THEN 1 ELSE 0 END"


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
