"""Without DATABASE_URL a test run gets a throwaway PostgreSQL, shared by all its workers."""

from __future__ import annotations

import os

import psycopg
from django.conf import settings

from console.embedded.binaries import DEFAULT_VERSION
from console.embedded.throwaway import throwaway_server
from tenancy.db.cluster_roles import cluster_sql

MARK = "DATABASE_IS_THROWN_AWAY"


def is_thrown_away() -> bool:
    """Whether the whole server goes with the run, so that nothing need be dropped (nor waited for) at its end."""
    return MARK in os.environ


def use_throwaway_server() -> None:
    """Called once, before anything connects; the workers of xdist inherit the two addresses.

    TEST_POSTGRES=/usr/lib/postgresql/15 runs the suite on that installation instead of the embedded one.

    pytest-django has read the settings by now, so the connection that they describe is changed in place.
    """
    server = throwaway_server(version=os.environ.get("TEST_POSTGRES", DEFAULT_VERSION))
    server.ensure()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for statement in cluster_sql():
            connection.execute(statement.encode())
    os.environ[MARK] = "1"
    os.environ["DATABASE_URL"] = server.url(user="toc_app")
    os.environ["DATABASE_OWNER_URL"] = server.url(user="toc_owner")
    settings.DATABASES["default"].update(server.settings(user="toc_app"))
