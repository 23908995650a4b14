"""Where the database is: with DATABASE_URL nothing embedded is so much as looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import environ
import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from console import database
from console.embedded.throwaway import throwaway_server

ROOT = Path(__file__).resolve().parents[2]
URL = "postgres://toc_app:a%20word@db.internal:6432/console"


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """The variables of a machine on which nothing is configured."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    return monkeypatch


def test_a_url_is_taken_as_it_stands_and_always_with_the_walls_engine(environment):
    environment.setenv("DATABASE_URL", URL)
    default = database.databases(environ.Env())["default"]
    assert default["ENGINE"] == "tenancy.db.postgresql"
    assert (default["USER"], default["PASSWORD"], default["HOST"], default["PORT"], default["NAME"]) == (
        "toc_app", "a word", "db.internal", 6432, "console",
    )  # fmt: skip


def test_the_folder_of_a_socket_may_be_the_host(environment):
    environment.setenv("DATABASE_URL", "postgres://toc_app@%2Frun%2Fpostgresql/console")
    assert database.databases(environ.Env())["default"]["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "mysql://u@h/db"])
def test_another_database_is_refused(environment, url):
    environment.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match="postgres://"):
        database.databases(environ.Env())


def test_the_owner_has_an_address_of_its_own_that_servers_forget(environment):
    environment.setenv("DATABASE_URL", URL)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL"):
        database.owner_database()
    environment.setenv("DATABASE_OWNER_URL", URL.replace("toc_app", "toc_owner"))
    assert database.owner_database()["USER"] == "toc_owner"
    database.forget_owner()
    assert "DATABASE_OWNER_URL" not in os.environ


def test_with_a_url_nothing_embedded_starts(environment, tmp_path):
    environment.setenv("DATABASE_URL", URL)
    database.start_embedded()
    assert database.embedded_server() is None
    assert not (tmp_path / "var").exists()
    done = subprocess.run(
        [sys.executable, "-c", "import console.wsgi, os, sys; print('DATABASE_OWNER_URL' in os.environ, "
         "any(name.startswith('console.embedded') for name in sys.modules))"],
        cwd=ROOT, env={**os.environ, "DATABASE_OWNER_URL": URL}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "False"]
    assert list((tmp_path / "var").glob("postgres*")) == []


def test_without_one_both_addresses_are_derived_from_the_folder(environment, tmp_path):
    app, owner = database.databases(environ.Env())["default"], database.owner_database()
    assert (app["USER"], owner["USER"]) == ("toc_app", "toc_owner")
    assert {**app, "USER": ""} == {**owner, "USER": ""}
    assert not (tmp_path / "var").exists()  # naming it starts nothing


def test_preparing_makes_a_database_that_only_the_owner_can_build_in():
    server = throwaway_server()
    server.ensure(database.prepare, recipe="one")
    database.prepare(server)  # harmless to repeat
    try:
        with psycopg.connect(server.url(user="toc_owner", name=database.NAME)) as connection:
            connection.execute("CREATE SCHEMA s")
        app = psycopg.connect(server.url(user="toc_app", name=database.NAME))
        with app as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TEMPORARY TABLE t (n int)")
    finally:
        server.stop()
