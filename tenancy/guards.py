"""What wall 1 asks before and after a row is written: whose it is, whose its relatives are, whose key it took."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, models

from .enforcement import Mode, mode_of, offend
from .exceptions import CrossTenantAccess, KeyNotFree, TenantScopeRequired
from .scope import ScopeKind, current_scope


def refuse_other_tenant(tenant_id: UUID | None, where: str, label: str) -> None:
    """Raise CrossTenantAccess when a tenant is in scope and `tenant_id` names another one.

    `label` is the model whose enforcement decides: a model in ``observe`` only notes it.
    """
    scope = current_scope()
    if scope.kind is ScopeKind.TENANT and tenant_id is not None and tenant_id != scope.tenant_id:
        if mode_of(label) is Mode.ENFORCE:
            from .signals import cross_tenant_refused

            cross_tenant_refused.send(sender=None, scope=scope, tenant_id=tenant_id, where=where)
        offend(
            label, "foreign", CrossTenantAccess(f"{where}: the row belongs to another tenant than the one in scope.")
        )


class one_answer_for_taken_keys:
    """Turn the collision of a new row's primary key into KeyNotFree, in a tenant's scope.

    A primary key is one for all tenants. Whether the row that has it is the tenant's own or another's is not told.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model

    def __enter__(self) -> None:
        """Nothing: what counts is how it ends."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, IntegrityError) and current_scope().kind is ScopeKind.TENANT:
            broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
            if broken.endswith("_pkey"):
                raise KeyNotFree(f"{self.model._meta.label}: the key of the new row is not free.") from error


def guard_row(row: Any) -> None:
    """Check a row before it is written: fill its tenant from the scope, refuse another's, refuse to move it."""
    scope = current_scope()
    label = row._meta.label
    if row.tenant_id is None and scope.kind is ScopeKind.TENANT and (row._state.adding or mode_of(label) != Mode.OFF):
        row.tenant_id = scope.tenant_id
    elif row.tenant_id is None and len(scope.content) == 1:  # a staff session has one tenant's records open
        (row.tenant_id,) = scope.content
    if row.tenant_id is None:
        offend(
            label,
            "write",
            TenantScopeRequired(f"{label} needs a tenant: save it inside `with tenant_scope(tenant):` or set it."),
        )
        return  # while a model is observed, its table's trigger finds the tenant
    if scope.kind in (ScopeKind.NONE, ScopeKind.IDENTITY):
        offend(
            label,
            "write",
            TenantScopeRequired(f"{label} belongs to tenants and is not written in scope '{scope.kind}'."),
        )
    refuse_other_tenant(row.tenant_id, label, label)
    loaded = row.__dict__.get("_loaded_tenant_id")
    if loaded is not None and loaded != row.tenant_id:
        offend(label, "foreign", CrossTenantAccess(f"{label}: a row keeps its tenant for life."))
    for field in row._meta.concrete_fields:
        related = row._state.fields_cache.get(field.name) if field.is_relation else None
        if getattr(related, "tenant_id", None) not in (None, row.tenant_id):
            error = CrossTenantAccess(f"{label}.{field.name} points at a row of another tenant.")
            offend(label, "foreign", error)
