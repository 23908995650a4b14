"""The roles that the walls stand on: what each may, on a server of its own, created by superuser or by a DBA."""

from __future__ import annotations

import json
import subprocess
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command

from console.embedded.binaries import find_binaries
from console.embedded.throwaway import throwaway_server
from tenancy.db.cluster_roles import Roles

ROLES = Roles("toc")


@pytest.fixture(scope="module", params=["18", "16"])
def server(request):
    server = throwaway_server(version=request.param)
    server.ensure()
    yield server
    server.stop()


@pytest.fixture
def query(server):
    def run(sql: str, *, user: str = "postgres", name: str = "postgres") -> list[tuple]:
        with psycopg.connect(server.url(user=user, name=name), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    return run


def run_command(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("tenancy_roles", *arguments, stdout=out, stderr=err)
    except SystemExit as exit:
        return int(exit.code), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_makes_roles_of_which_none_passes_by_a_policy(server, query, monkeypatch):
    monkeypatch.setenv("TENANCY_APP_PASSWORD", "a secret word")
    code, out, _ = run_command("--url", server.url(), "--database", "acme", "--json")
    outcome = json.loads(out)
    assert (code, outcome["created"], outcome["left_to_superuser"]) == (0, True, [])
    assert outcome["passwords"] == {"toc_owner": "unchanged", "toc_app": "set", "toc_worker": "unchanged"}
    assert run_command("--url", server.url(), "--database", "acme")[0] == 0  # and again
    attributes = {
        name: (login, inherit, createdb)
        for name, login, inherit, createdb, powerful in query(
            "SELECT rolname, rolcanlogin, rolinherit, rolcreatedb, rolsuper OR rolbypassrls OR rolcreaterole "
            "OR rolreplication FROM pg_roles WHERE rolname LIKE 'toc%'"
        )
        if not powerful
    }
    assert attributes == {
        "toc_owner": (True, True, True),
        "toc_app": (True, False, False),
        "toc_worker": (True, False, False),
        **dict.fromkeys(ROLES.entered, (False, False, False)),
    }
    ((verifier,),) = query("SELECT rolpassword FROM pg_authid WHERE rolname = 'toc_app'")
    assert verifier.startswith("SCRAM-SHA-256$")


def test_the_logins_inherit_nothing_and_may_enter_every_scope(server, query):
    run_command("--url", server.url(), "--database", "acme")
    for login in (ROLES.app, ROLES.worker):
        for name in ROLES.entered:
            assert query(f"SELECT pg_has_role('{login}', '{name}', 'USAGE')") == [(False,)]
            query(f"BEGIN; SET LOCAL ROLE {name}; SELECT 1; COMMIT", user=login, name="acme")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(f"SET ROLE {ROLES.owner}", user=login, name="acme")
        assert query("SHOW track_activities", user=login, name="acme") == [("off",)]


def test_only_the_owner_makes_tables_temporary_ones_included(server, query):
    run_command("--url", server.url(), "--database", "acme")
    for user in (ROLES.app, ROLES.worker):
        for sql in ("CREATE TEMPORARY TABLE t (n int)", "CREATE TABLE t (n int)", "CREATE SCHEMA s"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                query(sql, user=user, name="acme")
    query("CREATE TABLE t (n int); CREATE SCHEMA s; DROP TABLE t; DROP SCHEMA s", user=ROLES.owner, name="acme")


def test_a_role_that_had_grown_powerful_is_put_back(server, query):
    run_command("--url", server.url(), "--database", "acme")
    query("ALTER ROLE toc_app SUPERUSER BYPASSRLS INHERIT; ALTER ROLE toc_tenant BYPASSRLS LOGIN")
    run_command("--url", server.url(), "--database", "acme")
    assert (
        query(
            "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls OR rolname = 'toc_tenant' AND rolcanlogin "
            "OR rolname = 'toc_app' AND rolinherit) AND rolname LIKE 'toc%'"
        )
        == []
    )


def test_what_a_dba_without_superuser_cannot_do_is_named(server, query, settings):
    settings.TENANCY = {**settings.TENANCY, "ROLE_PREFIX": "hosted"}
    query("CREATE ROLE dba LOGIN CREATEROLE CREATEDB")
    code, out, _ = run_command("--url", server.url(user="dba"), "--database", "hosted_db", "--json")
    assert code == 1
    assert json.loads(out)["left_to_superuser"] == [
        f"ALTER ROLE hosted_{login} SET track_activities = off" for login in ("app", "worker")
    ]
    query("CREATE TABLE mine (n int)", user="hosted_owner", name="hosted_db")


def test_the_printed_sql_does_the_same(server, query):
    _, script, _ = run_command("--sql", "--database", "printed one")
    psql = find_binaries(server.version).program("psql")
    done = subprocess.run(
        [psql, "-v", "ON_ERROR_STOP=1", "-q", "-f", "-", server.url()], input=script, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query("CREATE TEMPORARY TABLE t (n int)", user=ROLES.app, name="printed one")
    query("CREATE TABLE t (n int)", user=ROLES.owner, name="printed one")


def test_wrong_usage_and_a_silent_server_have_their_exit_codes(monkeypatch):
    monkeypatch.delenv("DATABASE_ADMIN_URL", raising=False)
    code, _, err = run_command()
    assert (code, "--url" in err) == (2, True)
    code, _, err = run_command("--url", "postgres://nobody@127.0.0.1:1/none")
    assert (code, "refused" in err) == (1, True)


def test_a_prefix_that_is_no_name_is_refused():
    with pytest.raises(ValueError, match="prefix"):
        Roles("toc; DROP")
