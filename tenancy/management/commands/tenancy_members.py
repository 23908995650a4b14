"""Makes memberships of the people that an older project already ties to its customers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from tenancy import audit
from tenancy.db.owner import owner_connection
from tenancy.db.paths import source_along
from tenancy.db.policies import quote
from tenancy.exceptions import TenancyError
from tenancy.models import UserTenantMembership
from tenancy.roles import Role
from tenancy.scope import system_scope


class Command(BaseCommand):
    help = (
        "Make each person a member of the tenant at the end of a path of foreign keys from the user model.\n"
        "Memberships that exist stay as they are, so it can be run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="path", required=True, help="for example: company")
        parser.add_argument("--role", choices=Role.values, default=Role.MEMBER.value)
        parser.add_argument(
            "--first", choices=Role.values, default=Role.OWNER.value, help="role of each tenant's first person"
        )
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")
        parser.add_argument("--database", default="default")

    def handle(self, **options: Any) -> None:
        alias = options["database"]
        people = get_user_model()
        with owner_connection(alias), system_scope(reason="tenancy_members"):
            connection = connections[alias]
            try:
                tenant = source_along(people, options["path"], connection).sql("u")
            except TenancyError as error:
                raise CommandError(str(error)) from error
            made = self._make(connection, people, tenant, options)
            if made and not options["dry_run"]:
                audit.record("memberships.adopted", by=None, details={"count": made, "from": options["path"]})
        self.stdout.write(f"{made:,} memberships {'would be made' if options['dry_run'] else 'made'}.")

    def _make(self, connection: Any, people: Any, tenant: str, options: dict[str, Any]) -> int:
        table, key = quote(people._meta.db_table), quote(people._meta.pk.column)
        members = quote(UserTenantMembership._meta.db_table)
        # A tenant that has an owner already keeps it; else its first person becomes one.
        found = (
            f"SELECT f.tenant, f.person, CASE WHEN f.place = 1 AND NOT EXISTS (SELECT FROM {members} o "
            f"WHERE o.tenant_id = f.tenant AND o.role = %s) THEN %s ELSE %s END AS role FROM ("
            f"SELECT {tenant} AS tenant, u.{key} AS person, "
            f"row_number() OVER (PARTITION BY {tenant} ORDER BY u.is_active DESC, u.{key}) AS place FROM {table} u) f "
            f"WHERE f.tenant IS NOT NULL AND NOT EXISTS "
            f"(SELECT FROM {members} m WHERE m.tenant_id = f.tenant AND m.user_id = f.person)"
        )
        roles = [options["first"], options["first"], options["role"]]
        with connection.cursor() as cursor:
            if options["dry_run"]:
                cursor.execute(f"SELECT count(*) FROM ({found}) f", roles)
                return int(cursor.fetchone()[0])
            cursor.execute(
                f"INSERT INTO {members} (id, tenant_id, user_id, role, is_active, display_name, external_id, title, "
                "created_at, updated_at) "
                "SELECT gen_random_uuid(), tenant, person, role, true, '', '', '', now(), now() "
                f"FROM ({found}) f ON CONFLICT DO NOTHING",
                roles,
            )
            return int(cursor.rowcount)
