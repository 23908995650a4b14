"""Migration operations that raise the walls: one per table, forward and backward, unseen by the autodetector.

They act where the database runs with wall 2 (the backend `tenancy.db.postgresql`); elsewhere they do nothing, and
``manage.py isolation --apply`` raises what they declare when a project is ready for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db.migrations.operations.base import Operation

from tenancy.conf import role_name
from tenancy.exceptions import TenancyError

from . import policies
from .briefly import briefly
from .policies import TablePolicy


def has_wall_two(connection: Any) -> bool:
    """Whether this database runs with row-level security: our backend, on PostgreSQL."""
    return hasattr(connection, "has_wide_savepoint")


class TableOperation(Operation):
    """Base of the operations that say what wall 2 does with one table, named by model or by table."""

    reversible = True
    reduces_to_sql = True
    elidable = False

    def __init__(self, model_name: str = "", *, table: str = "") -> None:
        if bool(model_name) == bool(table):
            raise ValueError(f"{type(self).__name__} takes a model's name, or table=, and not both.")
        self.model_name = model_name
        self.table = table

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: the walls are not part of the models' state."""

    def table_name(self, app_label: str, apps: Apps) -> str:
        """The table in the database."""
        return self.table or apps.get_model(app_label, self.model_name)._meta.db_table

    def policy(self, app_label: str, apps: Apps) -> TablePolicy:
        """What this operation declares."""
        raise TypeError(f"{type(self).__name__} declares no policy.")

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if has_wall_two(schema_editor.connection):
            briefly(schema_editor, *self.policy(app_label, to_state.apps).apply())

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if has_wall_two(schema_editor.connection):
            briefly(schema_editor, *self.policy(app_label, from_state.apps).remove())

    def describe(self) -> str:
        return f"{type(self).__name__} {self.model_name or self.table}"

    @property
    def migration_name_fragment(self) -> str:
        return f"wall_{(self.model_name or self.table).lower()}"


class IsolateTable(TableOperation):
    """The table's rows belong to tenants (a history table of such a model too: pass ``append_only=True``).

    `visibility` is the model's `tenancy_visibility`; `identity` gives sign-in the right to read (memberships).
    `tenant` and `wide` override the privileges of those roles, for example ``("SELECT", "UPDATE (name)")``.
    `exempt` says why a check of the isolation report does not apply: ``{"tenant": "…", "uniques:token": "…"}``.
    """

    def __init__(
        self,
        model_name: str = "",
        *,
        table: str = "",
        column: str = "tenant_id",
        visibility: str = "content",
        append_only: bool = False,
        tenant: Sequence[str] | None = None,
        wide: Sequence[str] | None = None,
        identity: Sequence[str] = (),
        exempt: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(model_name, table=table)
        usual = policies.APPEND if append_only else policies.WRITE
        self.column = column
        self.visibility = visibility
        self.tenant = tuple(tenant if tenant is not None else usual)
        self.wide = tuple(wide if wide is not None else usual)
        self.identity = tuple(identity)
        self.exempt = dict(exempt or {})

    def policy(self, app_label: str, apps: Apps) -> TablePolicy:
        return policies.isolated_table(
            self.table_name(app_label, apps),
            column=self.column,
            visibility=self.visibility,
            tenant=self.tenant,
            wide=self.wide,
            identity=self.identity,
            exempt=self.exempt,
        )


class ProtectPeopleTable(TableOperation):
    """The table holds accounts, sessions or second factors: for sign-in and staff only.

    With `membership_column` (the user's key) and `tenant_columns`, a tenant reads those columns of its own members.
    """

    def __init__(
        self,
        model_name: str = "",
        *,
        table: str = "",
        membership_column: str = "",
        tenant_columns: Iterable[str] = (),
        append_only: bool = False,
    ) -> None:
        super().__init__(model_name, table=table)
        self.append_only = append_only
        self.membership_column = membership_column
        self.tenant_columns = tuple(tenant_columns)

    def policy(self, app_label: str, apps: Apps) -> TablePolicy:
        table = self.table_name(app_label, apps)
        rows = ""
        if self.membership_column:
            rows = (
                "EXISTS (SELECT 1 FROM tenancy_usertenantmembership m "
                f"WHERE m.user_id = {policies.quote(table)}.{policies.quote(self.membership_column)} "
                f"AND m.tenant_id = (SELECT nullif(current_setting('tenancy.tenant', true), '')::uuid))"
            )
        return policies.people_table(
            table, tenant_rows=rows, tenant_columns=self.tenant_columns, append_only=self.append_only
        )


class ProtectStaffTable(TableOperation):
    """The table belongs to the operators (admin log, job queue). `worker` gives the queue's login its privileges.

    `grants_only` is the reason why the table goes without policies and is guarded by grants alone.
    """

    def __init__(
        self,
        model_name: str = "",
        *,
        table: str = "",
        append_only: bool = False,
        worker: Sequence[str] = (),
        grants_only: str = "",
    ) -> None:
        super().__init__(model_name, table=table)
        self.grants_only = grants_only
        self.append_only = append_only
        self.worker = tuple(worker)

    def policy(self, app_label: str, apps: Apps) -> TablePolicy:
        return policies.staff_table(
            self.table_name(app_label, apps),
            wide=policies.APPEND if self.append_only else policies.WRITE,
            worker=self.worker,
            grants_only=self.grants_only,
        )


class ShareTable(TableOperation):
    """The table holds nothing of any tenant or person; says why. Roles in `write` may write, everybody reads."""

    def __init__(self, model_name: str = "", *, table: str = "", reason: str, write: Iterable[str] = ("wide",)) -> None:
        super().__init__(model_name, table=table)
        if not reason:
            raise ValueError("ShareTable needs a reason: why does no row of this table belong to anybody?")
        self.reason = reason
        self.write = tuple(write)

    def policy(self, app_label: str, apps: Apps) -> TablePolicy:
        return policies.shared_table(self.table_name(app_label, apps), reason=self.reason, write=self.write)


class PrepareDatabase(Operation):
    """Create the schema and functions that the policies call. Raises where the database roles are missing."""

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not has_wall_two(schema_editor.connection):
            return
        with schema_editor.connection.cursor() as cursor:
            needed = [role_name(name) for name in policies.ALL_ROLES]
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [needed])
            missing = sorted(set(needed) - {name for (name,) in cursor.fetchall()})
        if missing:
            raise TenancyError(
                f"The database roles {', '.join(missing)} do not exist. "
                "Create them with `manage.py tenancy_roles`, or give its `--sql` output to your DBA."
            )
        schema_editor.execute(policies.FUNCTIONS, params=None)
        # A temporary table shadows the real one for whoever gets the connection next.
        database = policies.quote(schema_editor.connection.settings_dict["NAME"])
        schema_editor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC", params=None)
        schema_editor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC", params=None)
        for name in policies.ALL_ROLES:
            schema_editor.execute(
                f"GRANT USAGE ON SCHEMA {policies.SCHEMA}, public TO {policies.role(name)}", params=None
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if has_wall_two(schema_editor.connection):
            schema_editor.execute(f"DROP SCHEMA IF EXISTS {policies.SCHEMA} CASCADE", params=None)

    def describe(self) -> str:
        return "Create the functions that the row-level security policies call"
