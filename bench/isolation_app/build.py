"""Builds one scratch database of bench/isolation.py as the owner; KIND is plain, keys or walls."""

from __future__ import annotations

import sys

URL, KIND, TENANTS, ROWS, PREFIX = sys.argv[1:6]
SCHEMAS = 50
ITEM = "id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(50) NOT NULL, amount integer NOT NULL"


def configure() -> None:
    import django
    from django.conf import settings

    from bench.database import as_settings

    engine = "tenancy.db.postgresql" if KIND == "walls" else "django.db.backends.postgresql"
    settings.configure(
        DATABASES={"default": {**as_settings(URL), "ENGINE": engine, "TENANCY_SCOPE": False}},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "tenancy"],
        TENANCY={"ROLE_PREFIX": PREFIX},
        SECRET_KEY="bench",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SILENCED_SYSTEM_CHECKS=["tenancy.E009", "tenancy.E012"],
    )
    django.setup()


def main() -> None:
    configure()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command
    from django.db import connection

    from tenancy import system_scope
    from tenancy.models import Tenant, UserTenantMembership

    call_command(Command(), verbosity=0)
    names = [f"t{number}" for number in range(1, int(TENANTS) + 1)]
    with system_scope(reason="bench"):
        tenants = Tenant.objects.bulk_create([Tenant(slug=name, name=name) for name in names])
        model = get_user_model()
        users = model.objects.bulk_create([model(username=name, password="!") for name in names])
        rows = [UserTenantMembership(tenant=t, user=u) for t, u in zip(tenants, users, strict=True)]
        UserTenantMembership.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)


def statements():
    """The items, their index, and the walls asked for."""
    # Every page must end all-visible in each database, or the same count is an index scan here and a heap scan there:
    # VACUUM marks no page whose commit has not reached the disk yet, nor while autovacuum looks at the table.
    yield "SET synchronous_commit = on"
    yield (
        f"CREATE TABLE bench_item ({ITEM}, tenant_id uuid NOT NULL REFERENCES tenancy_tenant) "
        "WITH (autovacuum_enabled = off)"
    )
    numbers = f"generate_series(1, {ROWS}) n"
    items = f"SELECT 'item ' || n, n, t.id FROM {numbers}, tenancy_tenant t"
    yield f"INSERT INTO bench_item (name, amount, tenant_id) {items}"
    yield "CREATE INDEX ON bench_item (tenant_id, name, id)"
    if KIND != "plain":
        yield "ALTER TABLE bench_item ADD parent_id uuid, ADD UNIQUE (tenant_id, id)"
        yield (
            "ALTER TABLE bench_item ADD FOREIGN KEY (tenant_id, parent_id) REFERENCES bench_item (tenant_id, id) "
            "DEFERRABLE INITIALLY DEFERRED"
        )
    if KIND == "walls":
        from tenancy.db import policies

        yield from policies.isolated_table("bench_item").apply()
        yield from policies.people_table("auth_user").apply()
        yield from policies.people_table("django_session").apply()
    else:
        if KIND == "plain":
            for number in range(1, SCHEMAS + 1):
                yield from schema(f"s{number}", numbers)
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {PREFIX}_app"
        yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {PREFIX}_app"
    yield "VACUUM (FREEZE, ANALYZE)"


def schema(name: str, numbers: str):
    """A tenant of the schema-per-tenant rival."""
    yield f"CREATE SCHEMA {name}"
    yield f"CREATE TABLE {name}.bench_item ({ITEM})"
    yield f"INSERT INTO {name}.bench_item (name, amount) SELECT 'item ' || n, n FROM {numbers}"
    yield f"CREATE INDEX ON {name}.bench_item (name, id)"
    yield f"GRANT USAGE ON SCHEMA {name} TO {PREFIX}_app"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name}.bench_item TO {PREFIX}_app"


if __name__ == "__main__":
    main()
