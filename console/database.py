"""Where the database is: DATABASE_URL, or a server of our own in VAR_DIR; and who connects to it as whom."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from console.embedded.server import EmbeddedServer

ENGINE = "tenancy.db.postgresql"
NAME = "console"
ROOT = Path(__file__).resolve().parent.parent


def databases(env: environ.Env) -> dict[str, dict[str, Any]]:
    """The DATABASES setting. It only names the server; `start_embedded` makes sure that one is there."""
    if env.str("DATABASE_URL", default=""):
        return {"default": _from_url(env, "DATABASE_URL")}
    return {"default": _embedded(env, "app")}


def owner_database() -> dict[str, Any]:
    """The connection of the role that owns the tables, for migrate, flush and whatever changes the schema.

    Evaluated when it is asked for, never at import: the web process does without it (`forget_owner`).
    """
    env = environ.Env()
    if not env.str("DATABASE_URL", default=""):
        return _embedded(env, "owner")
    if not env.str("DATABASE_OWNER_URL", default=""):
        raise ImproperlyConfigured("Set DATABASE_OWNER_URL: changing the schema needs the role that owns it.")
    return _from_url(env, "DATABASE_OWNER_URL")


def forget_owner() -> None:
    """Called where requests are served: what the process does not hold, an attacker cannot read."""
    os.environ.pop("DATABASE_OWNER_URL", None)


def embedded_server(env: environ.Env | None = None) -> EmbeddedServer | None:
    """The embedded server of this installation; None with DATABASE_URL. Starts nothing."""
    env = env or environ.Env()
    if env.str("DATABASE_URL", default=""):
        return None
    from console.embedded.server import EmbeddedServer

    var = Path(env.str("VAR_DIR", default=str(ROOT / "var")))
    return EmbeddedServer(var / "postgres", version=env.str("EMBEDDED_POSTGRES", default="18"))


def start_embedded() -> None:
    """Find or start the embedded server, with its roles and its database; with DATABASE_URL nothing happens."""
    if server := embedded_server():
        server.ensure(prepare, recipe=_recipe())


def prepare(server: EmbeddedServer, *, prefix: str = "toc") -> None:
    """Create the roles and the database in a new data folder, as its superuser; harmless to repeat."""
    import psycopg

    from tenancy.db.cluster_roles import cluster_sql, database_sql, new_database_sql

    with psycopg.connect(server.url(), autocommit=True) as connection:
        for statement in cluster_sql(prefix):
            connection.execute(statement.encode())
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).rowcount:
            connection.execute(new_database_sql(NAME, prefix).encode())
    with psycopg.connect(server.url(name=NAME), autocommit=True) as connection:
        for statement in database_sql(NAME, prefix):
            connection.execute(statement.encode())


def _recipe() -> str:
    from tenancy.db.cluster_roles import cluster_sql, database_sql

    return hashlib.sha256("\n".join([*cluster_sql(), *database_sql(NAME)]).encode()).hexdigest()


def _embedded(env: environ.Env, login: str) -> dict[str, Any]:
    server = embedded_server(env)
    assert server
    return {"ENGINE": ENGINE, **server.settings(user=f"toc_{login}", name=NAME)}


def _from_url(env: environ.Env, variable: str) -> dict[str, Any]:
    settings: dict[str, Any] = env.db_url(variable, engine=ENGINE)
    if not env.str(variable).startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{variable} must start with postgres:// (this product runs on PostgreSQL only).")
    # libpq spells a socket folder as a percent-encoded host
    settings["HOST"] = unquote(settings["HOST"])
    return settings
