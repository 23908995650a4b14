"""The backup and the restore of docs/runbook.md, with the programs that they name."""

from __future__ import annotations

import os
import subprocess

import psycopg
import pytest

from console.database import owner_database
from console.embedded.binaries import DEFAULT_VERSION, find_binaries
from tenancy.db.cluster_roles import database_sql, new_database_sql
from tests.factories import make_membership, make_tenant

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def address(database: str) -> str:
    owner = owner_database()
    return psycopg.conninfo.make_conninfo(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        dbname=database,
    )


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    binaries = find_binaries(os.environ.get("TEST_POSTGRES", DEFAULT_VERSION))
    return subprocess.run([binaries.program(program), *arguments], capture_output=True, text=True)


def query(database: str, sql: str) -> list[tuple]:
    with psycopg.connect(address(database)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def restored():
    name = f"restored_{os.getpid()}"
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        connection.execute(new_database_sql(name))
    with psycopg.connect(address(name), autocommit=True) as connection:
        for statement in database_sql(name):
            connection.execute(statement)
    yield name
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")


def test_a_backup_by_the_owner_is_whole_and_comes_back_with_its_walls(restored, settings, tmp_path):
    for slug in ("acme", "globex"):
        make_membership(make_tenant(slug), role="owner")
    source, dump = settings.DATABASES["default"]["NAME"], str(tmp_path / "console.dump")
    done = run("pg_dump", "--format=custom", "--enable-row-security", f"--file={dump}", address(source))
    assert done.returncode == 0, done.stderr
    done = run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={address(restored)}", dump)
    assert done.returncode == 0, done.stderr
    slugs = query(restored, "SELECT slug FROM tenancy_tenant ORDER BY slug")
    assert slugs == [("acme",), ("globex",)]
    for walls in (
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relforcerowsecurity ORDER BY 1",
        "SELECT tablename, policyname, roles::text, qual, with_check FROM pg_policies ORDER BY 1, 2",
        "SELECT relname, acl::text FROM pg_class, unnest(relacl) AS acl WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace ORDER BY 1, 2",
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated ORDER BY 1",
    ):
        there = query(restored, walls)
        assert there
        assert there == query(source, walls)


def test_a_backup_without_the_option_fails_instead_of_missing_rows(settings, tmp_path):
    done = run("pg_dump", f"--file={tmp_path / 'console.sql'}", address(settings.DATABASES["default"]["NAME"]))
    assert done.returncode != 0
    assert "row-level security" in done.stderr
