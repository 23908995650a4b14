"""Where the measurements run: BENCH_OWNER_URL (a role that may create databases), or a throwaway server of our own."""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

from console.embedded.throwaway import throwaway_server
from tenancy.db.cluster_roles import cluster_sql

Address = Callable[[str, str], str]


def bench_server() -> Address:
    """A function (database, user) -> URL; an empty user is the one who may create databases. The roles exist."""
    given = os.environ.get("BENCH_OWNER_URL")
    if given:
        parts = urlsplit(given)

        def address(database: str, user: str = "") -> str:
            host = parts.netloc.rpartition("@")[2]
            netloc = f"{user}@{host}" if user else parts.netloc
            return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))

        return address
    server = throwaway_server()
    server.ensure()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for statement in cluster_sql():
            connection.execute(statement.encode())
    return lambda database, user="": server.url(user=user or "postgres", name=database)


def as_settings(url: str) -> dict[str, object]:
    """A URL as Django's DATABASES spells it; a host that is a socket's folder is quoted in the URL."""
    parts = urlsplit(url)
    return {
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.netloc.rpartition("@")[2].partition(":")[0]),
        "PORT": str(parts.port or ""),
    }
