"""Raw SQL inside a tenant's scope, as somebody who found an injection and forges nothing: it stays in that tenant."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor

from console.models import JobRun
from tenancy import audit, system_scope, tenant_scope
from tenancy.db.declared import declared_tables, existing_tables
from tenancy.db.owner import owner_connection
from tenancy.db.policies import quote
from tenancy.testing.isolation import SENTINEL
from tests.factories import make_user
from tests.fleet import fleet
from tests.testapp.models import Label

# What requests in a tenant's scope read besides its rows; each is shared, with its reason in the migration.
SHARED = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "tenancy_platformsettings",
}


@pytest.fixture
def world(tenant_a, tenant_b, settings, tmp_path):
    """A row of everything in both tenants, a stranger of neither, and the policies as declared."""
    settings.MEDIA_ROOT = tmp_path
    both = fleet(tenant_a, tenant_b)
    stranger = make_user("stranger@example.test", full_name=SENTINEL)
    return both, stranger


def sql(statement, params=()):
    """The rows of a statement, or the database's refusal as a string."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else cursor.rowcount
    except DatabaseError as error:
        return type(error.__cause__).__name__


def declared():
    with system_scope(reason="test"):
        return declared_tables(connection), existing_tables(connection)


def test_raw_sql_in_a_tenants_scope(world):
    both, stranger = world
    policies, tables = declared()
    seen = {}
    with tenant_scope(both.a):
        for table in tables:
            column = policies[table].floor
            rows = sql(f"SELECT {column or '*'} FROM {quote(table)}")
            if column and rows != "InsufficientPrivilege":
                assert {key for (key,) in rows} <= {both.a.pk}, table
                seen[table] = len(rows)
            elif not column:
                assert rows == "InsufficientPrivilege" or table in SHARED, table
        people = sql("SELECT id, full_name FROM accounts_user")
        members = sql("SELECT user_id FROM tenancy_usertenantmembership")
        assert {key for key, _ in people} == {key for (key,) in members}
        assert SENTINEL not in str(people)
        assert sql("SELECT password FROM accounts_user") == "InsufficientPrivilege"
        assert sql("SELECT email FROM accounts_user WHERE id = %s", [stranger.pk]) == []
    assert sum(1 for count in seen.values() if count) > 10, "the walk found own rows, so it would have found others"


# All that raw SQL in a tenant's scope reads of an account, of its own members' accounts alone (docs/threat-model.md).
READ_OF_ACCOUNTS = {
    "id",
    "email",
    "full_name",
    "locale",
    "time_zone",
    "is_active",
    "is_staff",
    "is_superuser",
    "date_joined",
    "last_login",
}


def test_the_columns_of_people_that_a_tenant_reads_are_these_and_no_more(world):
    """Of every table of people: the columns the tenant's role may read, and that it may write none."""
    found = {}
    policies, _ = declared()
    people = [name for name, policy in policies.items() if policy.kind == "people"]
    assert {"accounts_user", "django_session", "account_emailaddress", "mfa_authenticator"} <= set(people)
    for table in people:
        for verb in ("SELECT", "INSERT", "UPDATE", "REFERENCES"):
            columns = sql(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
                "AND has_column_privilege('toc_tenant', attrelid, attnum, %s)",
                [quote(table), verb],
            )
            if columns:
                found[table, verb] = {name for (name,) in columns}
    assert found == {("accounts_user", "SELECT"): READ_OF_ACCOUNTS}


def test_raw_sql_reads_no_password_whoever_was_brought_in(world):
    """A membership by raw SQL opens these columns of an account whose key is known, and never the password."""
    both, stranger = world
    with tenant_scope(both.a), transaction.atomic():
        sql(
            "INSERT INTO tenancy_usertenantmembership SELECT (jsonb_populate_record(m, jsonb_build_object("
            "'id', gen_random_uuid(), 'user_id', %s::text))).* FROM tenancy_usertenantmembership m LIMIT 1",
            [str(stranger.pk)],
        )
        assert sql("SELECT email FROM accounts_user WHERE id = %s", [stranger.pk]) == [("stranger@example.test",)]
        for forbidden in ("password", "u", "u.*"):
            refused = sql(f"SELECT {forbidden} FROM accounts_user u WHERE id = %s", [stranger.pk])
            assert refused == "InsufficientPrivilege", forbidden
        transaction.set_rollback(True)


def test_raw_writes_in_a_tenants_scope(world):
    both, _ = world
    before = both.snapshot()
    policies, tables = declared()
    with tenant_scope(both.a):
        for table in tables:
            name, column = quote(table), policies[table].floor
            if not column:
                assert sql(f"DELETE FROM {name}") == "InsufficientPrivilege", table
                assert sql(f"INSERT INTO {name} DEFAULT VALUES") == "InsufficientPrivilege", table
                continue
            for statement in (
                f"DELETE FROM {name} WHERE {column} = %s",
                f"UPDATE {name} SET {column} = {column} WHERE {column} = %s",
                f"INSERT INTO {name} ({column}) VALUES (%s)",
                f"UPDATE {name} SET {column} = %s",
            ):
                done = sql(statement, [both.b.pk])
                assert done in (0, "InsufficientPrivilege"), (statement, done)
            assert sql(f"TRUNCATE {name}") == "InsufficientPrivilege"
    assert both.snapshot() == before
    assert before


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMPORARY TABLE tenancy_tenant AS SELECT 1",
        "CREATE TABLE stray (id int)",
        "CREATE SCHEMA stray",
        "CREATE FUNCTION stray() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION tenancy.current_tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "CREATE POLICY stray ON testapp_label USING (true)",
        "ALTER TABLE testapp_label DISABLE ROW LEVEL SECURITY",
        "ALTER POLICY tenancy_tenant ON testapp_label USING (true)",
        "GRANT toc_wide TO toc_tenant",
        "ALTER ROLE toc_app BYPASSRLS",
        "SET SESSION AUTHORIZATION postgres",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY testapp_label FROM STDIN",
        "SELECT * FROM pg_authid",
        "SELECT nextval('account_emailaddress_id_seq')",
    ],
)
def test_what_would_open_a_wall_from_inside_is_refused(tenant_a, statement):
    with tenant_scope(tenant_a):
        assert sql(statement) in ("InsufficientPrivilege", "FeatureNotSupported")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("setting", [None, ""])
def test_the_tenants_role_without_a_tenant_sees_and_writes_nothing(tenant_a, tenant_b, setting):
    """NULLIF in the policies turns the empty setting that SET LOCAL leaves behind into NULL, which equals no tenant."""
    with tenant_scope(tenant_a):
        Label.objects.create(word="own")
    connection.ensure_connection()
    driver = connection.connection
    driver.carries_scope = False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if setting is not None:
                cursor.execute("SET LOCAL tenancy.tenant = ''")
            cursor.execute("SET LOCAL tenancy.kind = 'tenant'")
            cursor.execute("SET LOCAL ROLE toc_tenant")
            for table in ("testapp_label", "tenancy_tenant", "tenancy_usertenantmembership", "accounts_user"):
                cursor.execute(f"SELECT id FROM {table}")
                assert cursor.fetchall() == []
            cursor.execute("UPDATE testapp_label SET word = 'taken'")
            assert cursor.rowcount == 0
            for key in (tenant_a.pk, None):
                refused = sql("INSERT INTO testapp_label VALUES (gen_random_uuid(), 'planted', %s)", [key])
                assert refused == "InsufficientPrivilege"
    finally:
        driver.carries_scope = True


def injected(statement, *, in_transaction):
    with transaction.atomic() if in_transaction else nullcontext(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK", "COMMIT; BEGIN", "RESET ALL; RESET ROLE", "DISCARD ALL"])
@pytest.mark.parametrize("in_transaction", [False, True])
def test_ending_the_transaction_opens_nothing(tenant_a, end, in_transaction):
    """The scope ends with its transaction, and what an injected COMMIT leaves behind is a login without any right."""
    make_user("stranger@example.test")
    for table in ("accounts_user", "django_session", "mfa_authenticator", "tenancy_tenant", "testapp_label"):
        with tenant_scope(tenant_a), pytest.raises(DatabaseError) as refused:
            injected(f"SELECT 1; {end}; SELECT count(*) FROM {table}", in_transaction=in_transaction)
        assert type(refused.value.__cause__).__name__ in ("InsufficientPrivilege", "ActiveSqlTransaction"), table
        connection.close()


def test_row_security_cannot_be_switched_off(world):
    both, _ = world
    with tenant_scope(both.a), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        assert sql("SELECT word FROM testapp_label") == "InsufficientPrivilege"
        transaction.set_rollback(True)


def test_statistics_of_guarded_tables_are_not_shown(tenant_a):
    with tenant_scope(tenant_a):
        assert sql("SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND tablename = 'workspace_contact'") == [
            (0,)
        ]


def test_other_sessions_statements_are_not_shown(tenant_a):
    with tenant_scope(tenant_a):
        shown = sql(
            "SELECT query FROM pg_stat_activity "
            "WHERE usename = session_user AND pid <> pg_backend_pid() AND query <> ''"
        )
    assert {text for (text,) in shown} <= {"<insufficient privilege>", "<backend information not available>"}


def test_definer_functions_are_out_of_a_tenants_reach(tenant_a):
    with system_scope(reason="test"):
        functions = sql(
            "SELECT p.oid::regprocedure::text, p.prorettype = 'trigger'::regtype FROM pg_proc p "
            "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname IN ('public', 'tenancy')"
        )
    assert {"pii_count_rows(regclass)", "tenancy_keep_an_owner()"} <= {name for name, _ in functions}
    with tenant_scope(tenant_a):
        for name, is_trigger in functions:
            for role in ("toc_tenant", "toc_identity", "toc_app"):
                assert sql(f"SELECT has_function_privilege('{role}', '{name}', 'EXECUTE')") == [(False,)], (role, name)
            if not is_trigger:
                call = name.replace("(regclass)", "('accounts_user')")
                call = call.replace("(uuid,regclass,name)", "(gen_random_uuid(), 'accounts_user', 'id')")
                assert sql(f"SELECT {call}") == "InsufficientPrivilege"


def test_a_row_without_tenant_is_nobodys(world):
    both, _ = world
    with system_scope(reason="test"):
        sql(
            "INSERT INTO console_historicalinvitation SELECT (jsonb_populate_record(h, "
            "jsonb_build_object('tenant_id', NULL, 'history_id', -1))).* FROM console_historicalinvitation h LIMIT 1"
        )
        made = sql("SELECT count(*) FROM console_historicalinvitation WHERE tenant_id IS NULL")
    assert made == [(1,)]
    with tenant_scope(both.a):
        assert sql("SELECT * FROM console_historicalinvitation WHERE tenant_id IS NULL") == []
        refused = sql("INSERT INTO console_historicalinvitation (tenant_id) VALUES (NULL)")
        assert refused == "InsufficientPrivilege"


def point_order_at(key):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE testapp_order SET customer_id = %s", [key])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_foreign_key_and_an_absent_one_break_alike(world):
    """The database's message is the same but for the key itself."""
    both, _ = world
    from tests.testapp.models import Customer

    foreign = both.rows[Customer][1].pk
    absent = "00000000-0000-4000-8000-000000000000"
    said = []
    for key in (foreign, absent):
        with tenant_scope(both.a), pytest.raises(DatabaseError) as error, transaction.atomic():
            point_order_at(key)
        said.append(str(error.value).replace(str(key), "·"))
    assert said[0] == said[1]


def test_audit_events_and_job_runs_are_read_in_their_tenant_alone(tenant_a, tenant_b):
    for tenant in (tenant_a, tenant_b, None):
        audit.record("tenant.visited", by=None, tenant=tenant)
        with system_scope(reason="test"):
            JobRun.objects.create(name="test", tenant_id=tenant and tenant.pk)
    for table, column in (("operations_auditevent", "tenant_key"), ("console_jobrun", "tenant_id")):
        with tenant_scope(tenant_a):
            assert {key for (key,) in sql(f"SELECT {column} FROM {table}")} == {tenant_a.pk}
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
                assert sql(statement) == "InsufficientPrivilege"
            assert sql(f"INSERT INTO {table} ({column}) VALUES (%s)", [tenant_a.pk]) == "InsufficientPrivilege"


@pytest.mark.django_db(transaction=True)
def test_a_data_migration_sees_every_row(tenant_a, tenant_b):
    """As the owner, with the models of the migrations' state, whose managers ask no scope."""
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            Label.objects.create(word="own")
    seen = []

    def look(apps, schema_editor):
        seen.append(apps.get_model("testapp", "Label").objects.count())

    with owner_connection("default"):
        state = MigrationExecutor(connection).loader.project_state()
        with connection.schema_editor() as editor:
            RunPython(look).database_forwards("testapp", editor, state, state)
    assert seen == [2]
