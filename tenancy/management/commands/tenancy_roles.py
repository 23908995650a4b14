"""Creates the database roles on a real server, or prints the SQL for the DBA who does."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from tenancy import conf
from tenancy.db.cluster_roles import Roles, cluster_sql, database_sql, hand_over_sql, new_database_sql


class Command(BaseCommand):
    help = (
        "Create the roles that own, serve and separate the tenants' rows, and close the database to everybody else.\n"
        "Needs a privileged connection once (a superuser, or a role with CREATEROLE and CREATEDB), from --url or "
        "DATABASE_ADMIN_URL; it is not kept. Safe to run again. Passwords of the logins are taken from "
        "TENANCY_OWNER_PASSWORD, TENANCY_APP_PASSWORD and TENANCY_WORKER_PASSWORD where set, and sent hashed.\n"
        "Exit code: 0 done, 1 refused or left in part to a superuser, 2 wrong usage."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=os.environ.get("DATABASE_ADMIN_URL"), help="postgres://… of the DBA")
        parser.add_argument("--database", help="database to create or close (default: that of the serving connection)")
        parser.add_argument("--sql", action="store_true", help="print the statements for psql and connect to nothing")
        parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")

    def handle(self, *args: Any, url: str | None, database: str | None, sql: bool, json: bool, **options: Any) -> None:
        prefix: str = conf.get("ROLE_PREFIX")
        database = database or str(connections["default"].settings_dict["NAME"])
        if sql:
            self.stdout.write(script(database, prefix))
            return
        if not url:
            self.stderr.write("Give --url or DATABASE_ADMIN_URL (a superuser's), or --sql to print the statements.")
            sys.exit(2)
        try:
            outcome = create(url, database, prefix)
        except psycopg.Error as error:
            self.stderr.write(f"The server refused: {error.diag.message_primary or type(error).__name__}")
            sys.exit(1)
        self.report(outcome, as_json=json)
        if outcome["left_to_superuser"]:
            sys.exit(1)

    def report(self, outcome: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(outcome, indent=2))
            return
        self.stdout.write(f"Roles: {', '.join(outcome['roles'])}")
        self.stdout.write(f"Database {outcome['database']}: {'created' if outcome['created'] else 'was there'}, closed")
        for login, state in outcome["passwords"].items():
            self.stdout.write(f"Password of {login}: {state}")
        for statement in outcome["left_to_superuser"]:
            self.stdout.write(f"Left: {statement}")


def script(database: str, prefix: str) -> str:
    """The same statements for psql, which connects to the database by itself."""
    quoted = database.replace("'", "''")
    create = new_database_sql(database, prefix).replace("'", "''")
    return "\n".join(
        [
            "-- psql -v ON_ERROR_STOP=1 -f - as superuser; then \\password for each login role",
            *(f"{statement};" for statement in cluster_sql(prefix)),
            f"SELECT '{create}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{quoted}') \\gexec",  # noqa: S608 (printed)
            f"{hand_over_sql(database, prefix)};",
            f'\\connect "{database}"',
            *(f"{statement};" for statement in database_sql(database, prefix)),
        ]
    )


def create(url: str, database: str, prefix: str) -> dict[str, Any]:
    """Run them; says what was done and what only a superuser may still do. Raises psycopg.Error."""
    roles, left = Roles(prefix), []
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.add_notice_handler(lambda notice: left.extend(_left(notice)))
        for statement in cluster_sql(prefix):
            connection.execute(statement.encode())
        passwords = {
            roles.owner: _set_password(connection, roles.owner, os.environ.get("TENANCY_OWNER_PASSWORD")),
            roles.app: _set_password(connection, roles.app, os.environ.get("TENANCY_APP_PASSWORD")),
            roles.worker: _set_password(connection, roles.worker, os.environ.get("TENANCY_WORKER_PASSWORD")),
        }
        is_there = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).rowcount
        if not is_there:
            connection.execute(new_database_sql(database, prefix).encode())
        else:
            connection.execute(hand_over_sql(database, prefix).encode())
    with psycopg.connect(url, dbname=database, autocommit=True) as connection:
        for statement in database_sql(database, prefix):
            connection.execute(statement.encode())
    return {
        "roles": [*roles.logins, *roles.entered],
        "database": database,
        "created": not is_there,
        "passwords": passwords,
        "left_to_superuser": left,
    }


def _set_password(connection: psycopg.Connection[Any], login: str, password: str | None) -> str:
    """Send the verifier, never the password: statements end in logs."""
    if not password:
        return "unchanged"
    hashed = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    connection.execute(f"ALTER ROLE {login} PASSWORD '{hashed}'".encode())
    return "set"


def _left(notice: psycopg.errors.Diagnostic) -> list[str]:
    """The statement named by the generator's own warning."""
    _, found, statement = (notice.message_primary or "").partition("a superuser still has to run: ")
    return [statement] if found else []
