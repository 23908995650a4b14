"""Wall 1: querysets that carry the tenant condition and read the scope only when their SQL is compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.core.exceptions import FullResultSet
from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND

from .enforcement import Mode, mode_of, offend
from .exceptions import CrossTenantAccess, TenantScopeRequired
from .guards import guard_row, one_answer_for_taken_keys, refuse_other_tenant
from .scope import ScopeKind, current_scope

if TYPE_CHECKING:
    from .models import Tenant

M = TypeVar("M", bound=models.Model)


class InTenantScope(Exact):
    """``tenant_id = <the tenant in scope>``, decided at compile time.

    Raises TenantScopeRequired without a scope: fail closed, never all rows, never silently none. A where tree covers
    every query path (subqueries, exists, explain, update, delete), which a list of overridden methods never does.
    """

    prepare_rhs = False

    def __init__(self, column: Any, label: str, visibility: str) -> None:
        super().__init__(column, None)
        self.label = label
        self.visibility = visibility

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        scope = current_scope()
        if scope.kind is ScopeKind.SYSTEM or mode_of(self.label) is Mode.OFF:
            raise FullResultSet
        column, params = self.process_lhs(compiler, connection)
        if scope.kind is ScopeKind.TENANT:
            return f"{column} = %s", [*params, scope.tenant_id]
        if self.visibility == "directory" and scope.kind in (ScopeKind.STAFF, ScopeKind.IDENTITY):
            raise FullResultSet
        if scope.content:
            return f"{column} = ANY(%s)", [*params, sorted(scope.content)]
        offend(self.label, "read", self._refusal())
        raise FullResultSet

    def _refusal(self) -> TenantScopeRequired:
        scope = current_scope()
        if scope.kind is ScopeKind.STAFF:
            return TenantScopeRequired(
                f"{self.label} holds tenants' records: staff read them inside a staff session for one tenant."
            )
        return TenantScopeRequired(
            f"{self.label} belongs to tenants and no tenant is in scope ('{scope.kind}'). "
            "Open one with `with tenant_scope(tenant):`, or `system_scope(reason=...)` to walk over all."
        )

    def relabeled_clone(self, relabels: Mapping[str, str]) -> InTenantScope:
        return InTenantScope(self.lhs.relabeled_clone(relabels), self.label, self.visibility)


def scope_query(query: Any, model: type[models.Model]) -> None:
    """Add the tenant condition to a query over `model` (which has a ``tenant`` field, its own or inherited)."""
    field: Any = model._meta.get_field("tenant")
    alias = query.get_initial_alias()
    owner = field.model._meta.concrete_model
    if owner is not model._meta.concrete_model:
        alias = query.join_parent_model(model._meta, owner, alias, {None: alias})
    column = field.get_col(alias, field.target_field)
    visibility = getattr(model, "tenancy_visibility", "content")
    query.where.add(InTenantScope(column, model._meta.label, visibility), AND)


class TenantQuerySet(models.QuerySet[M]):
    """A queryset over rows of tenants: reads are scoped by the manager, writes are guarded here."""

    def for_tenant(self, tenant: Tenant | UUID) -> TenantQuerySet[M]:
        """The rows of `tenant`. Raises CrossTenantAccess in the scope of another one."""
        tenant_id = tenant if isinstance(tenant, UUID) else tenant.pk
        refuse_other_tenant(tenant_id, f"{self.model._meta.label}.for_tenant()", self.model._meta.label)
        return self.filter(tenant_id=tenant_id)

    def update(self, **kwargs: Any) -> int:
        if {"tenant", "tenant_id"} & kwargs.keys():
            raise CrossTenantAccess(
                f"{self.model._meta.label}: a row keeps its tenant for life; update() may not set it."
            )
        for value in kwargs.values():
            if isinstance(value, models.Model) and hasattr(value, "tenant_id"):
                label = self.model._meta.label
                refuse_other_tenant(value.tenant_id, f"{label}.update()", label)
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        for row in rows:
            guard_row(row)
        unique_fields = kwargs.get("unique_fields")
        if (
            kwargs.get("update_conflicts")
            and "tenant" not in (unique_fields or ())
            and "tenant_id" not in (unique_fields or ())
        ):
            raise CrossTenantAccess(
                f"{self.model._meta.label}.bulk_create(update_conflicts=True) needs unique_fields that start with the "
                "tenant: a conflict on another tenant's row would be an update of it."
            )
        with one_answer_for_taken_keys(self.model):
            return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        if {"tenant", "tenant_id"} & set(fields):
            raise CrossTenantAccess(
                f"{self.model._meta.label}: a row keeps its tenant for life; bulk_update() may not set it."
            )
        rows = list(objs)
        for row in rows:
            guard_row(row)
        return super().bulk_update(rows, list(fields), *args, **kwargs)

    bulk_update.alters_data = True  # type: ignore[attr-defined]


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Default and base manager of every tenant-owned model."""

    use_in_migrations = False

    def get_queryset(self) -> TenantQuerySet[Any]:
        queryset: TenantQuerySet[Any] = super().get_queryset()
        scope_query(queryset.query, self.model)
        return queryset
