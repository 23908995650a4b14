"""Without DATABASE_URL a test run gets a throwaway PostgreSQL, shared by all its workers."""

from __future__ import annotations

import os

import psycopg
from django.conf import settings

from console.embedded.throwaway import throwaway_server
from tenancy.db.cluster_roles import cluster_sql


def use_throwaway_server() -> None:
    """Called once, before anything connects; the workers of xdist inherit the two addresses.

    pytest-django has read the settings by now, so the connection that they describe is changed in place.
    """
    server = throwaway_server()
    server.ensure()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for statement in cluster_sql():
            connection.execute(statement.encode())
    os.environ["DATABASE_URL"] = server.url(user="toc_app")
    os.environ["DATABASE_OWNER_URL"] = server.url(user="toc_owner")
    settings.DATABASES["default"].update(server.settings(user="toc_app"))
