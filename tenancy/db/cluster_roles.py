"""The one text that creates the database roles: who owns, who serves, and the roles that a scope is entered with.

PostgreSQL manual, "Role Membership": a login role that *inherits* another applies its policies at once, without
SET ROLE. So nothing here is inherited: by NOINHERIT on version 15, WITH INHERIT FALSE on 16 and newer. Every
statement may be run again, as superuser or as a role with CREATEROLE and CREATEDB; what only a superuser may do
raises a warning there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PREFIX = re.compile(r"[a-z_][a-z0-9_]{0,39}")
SCOPES = ("identity", "tenant", "wide", "import", "scan", "erase")


@dataclass(frozen=True)
class Roles:
    """The names of all roles that one installation uses; `prefix` keeps two installations apart on one server."""

    prefix: str = "toc"

    def __post_init__(self) -> None:
        if not PREFIX.fullmatch(self.prefix):
            raise ValueError(f"role prefix {self.prefix!r}: lower-case letters, digits and _ only, 40 at most")

    @property
    def owner(self) -> str:
        """Logs in to migrate; owns the database and its tables; may create the test database."""
        return f"{self.prefix}_owner"

    @property
    def app(self) -> str:
        """Logs in to serve; may do nothing until it enters one of `entered`."""
        return f"{self.prefix}_app"

    @property
    def worker(self) -> str:
        """Logs in to run jobs; like `app`, and reaches the queue's tables."""
        return f"{self.prefix}_worker"

    @property
    def logins(self) -> tuple[str, str, str]:
        return self.owner, self.app, self.worker

    @property
    def entered(self) -> tuple[str, ...]:
        """The roles without a login, entered with SET LOCAL ROLE."""
        return tuple(f"{self.prefix}_{scope}" for scope in SCOPES)


def cluster_sql(prefix: str = "toc") -> list[str]:
    """Statements that make the roles; in any database of the server, in this order."""
    roles = Roles(prefix)
    statements = [_exists(name) for name in (*roles.logins, *roles.entered)]
    statements += [_harmless(name) for name in (*roles.logins, *roles.entered)]
    statements.append(f"ALTER ROLE {roles.owner} LOGIN CREATEDB NOCREATEROLE")
    statements += [f"ALTER ROLE {name} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE" for name in (roles.app, roles.worker)]
    statements += [f"ALTER ROLE {name} NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE" for name in roles.entered]
    statements += [_enter(name, login) for login in (roles.app, roles.worker) for name in roles.entered]
    statements += [_hide_statements(name) for name in (roles.app, roles.worker)]
    return [*statements, _lend(roles.owner)]


def database_sql(database: str, prefix: str = "toc") -> list[str]:
    """Statements that close one database to everybody else; inside it, as its owner or above. Test databases too.

    A temporary table or a table in public would shadow the real one for the next tenant on that connection.
    """
    roles = Roles(prefix)
    return [
        f"REVOKE TEMPORARY, CREATE ON DATABASE {_quoted(database)} FROM PUBLIC",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT CREATE, USAGE ON SCHEMA public TO {roles.owner}",
        f"GRANT USAGE ON SCHEMA public TO {', '.join((roles.app, roles.worker, *roles.entered))}",
    ]


def new_database_sql(database: str, prefix: str = "toc") -> str:
    """The statement that creates the database as the owner's; outside any transaction."""
    return f"CREATE DATABASE {_quoted(database)} OWNER {Roles(prefix).owner}"


def hand_over_sql(database: str, prefix: str = "toc") -> str:
    """The statement that gives an existing database to the owner (its tables keep theirs)."""
    return f"ALTER DATABASE {_quoted(database)} OWNER TO {Roles(prefix).owner}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _exists(name: str) -> str:
    return f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name}; END IF;
END $$"""


def _harmless(name: str) -> str:
    # Only when needed: the words themselves are refused to a DBA who is not superuser.
    return f"""DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}' AND (rolsuper OR rolbypassrls OR rolreplication)) THEN
    ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS NOREPLICATION;
  END IF;
END $$"""


def _enter(name: str, login: str) -> str:
    return f"""DO $$ BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    EXECUTE 'GRANT {name} TO {login} WITH INHERIT FALSE, SET TRUE';
  ELSE
    GRANT {name} TO {login};
  END IF;
END $$"""


def _lend(owner: str) -> str:
    # A DBA who is not superuser must be a member of the owner to give it a database.
    return f"""DO $$ BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    IF NOT pg_has_role(current_user, '{owner}', 'SET') THEN
      EXECUTE 'GRANT {owner} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE';
    END IF;
  ELSIF NOT pg_has_role(current_user, '{owner}', 'MEMBER') THEN
    GRANT {owner} TO CURRENT_USER;
  END IF;
END $$"""


def _hide_statements(login: str) -> str:
    # Django binds values on the client, so pg_stat_activity would show one session's values to all others.
    return f"""DO $$ BEGIN
  ALTER ROLE {login} SET track_activities = off;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'a superuser still has to run: ALTER ROLE {login} SET track_activities = off';
END $$"""
