"""The base classes of every model whose rows belong to one tenant."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models.signals import class_prepared, pre_save
from django.utils.translation import gettext_lazy as _

from ..enforcement import Mode, mode_of, offend
from ..exceptions import CrossTenantAccess, NotInScope
from ..guards import guard_row, one_answer_for_taken_keys
from ..managers import TenantManager
from ..scope import ScopeKind, current_scope


class TenantScoped(models.Model):
    """A row of one tenant, whatever its key: the one base class that a model of an older project gets.

    The tenant is filled from the scope on save and never changes. Default and base manager are scoped, so forward
    keys, `refresh_from_db`, cascades and `save()` are too. Every read of an instance is checked against the scope, so
    that raw SQL and joins do not carry another tenant's row past wall 1. ``TENANCY["ENFORCEMENT"]`` loosens this per
    model while a project adopts it.

    `tenancy_visibility` says what staff and sign-in may see without a staff session: ``content`` (nothing) or
    ``directory`` (all rows: memberships, invitations).
    """

    tenant = models.ForeignKey(
        "tenancy.Tenant",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        db_index=False,
        verbose_name=_("tenant"),
    )

    objects: ClassVar[TenantManager] = TenantManager()
    tenant_rows: ClassVar[TenantManager] = TenantManager()  # base manager where a model's `objects` is its own

    tenancy_visibility: ClassVar[str] = "content"

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any) -> Any:
        row = super().from_db(db, field_names, values)
        tenant_id = row.__dict__.get("tenant_id")
        row.__dict__["_loaded_tenant_id"] = tenant_id
        scope = current_scope()
        if scope.kind is ScopeKind.TENANT and tenant_id is not None and tenant_id != scope.tenant_id:
            offend(
                cls._meta.label,
                "foreign",
                CrossTenantAccess(
                    f"{cls._meta.label}: a row of another tenant was read. The query went round the scope."
                ),
            )
        return row

    def clean_fields(self, exclude: Any = None) -> None:
        """Django's, with the tenant filled from the scope: nobody types it, so nobody can have forgotten it."""
        if self.tenant_id is None and current_scope().kind is ScopeKind.TENANT:
            self.tenant_id = current_scope().tenant_id
        elif self.tenant_id is None and mode_of(self._meta.label) is not Mode.ENFORCE:
            exclude = {*(exclude or ()), "tenant"}
        super().clean_fields(exclude=exclude)

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *args: Any) -> bool:
        # While a model is observed, a trigger may have found the tenant of a row that Python saved without one.
        values = [one for one in values if one[0].attname != "tenant_id" or one[2] is not None]
        # A row that is gone, or another tenant's, must not be inserted a second time: say that it is not there.
        updated = super()._do_update(base_qs, using, pk_val, values, *args)
        if not updated and not self._state.adding and mode_of(self._meta.label) is not Mode.OFF:
            raise _not_in_scope(self)
        return updated

    def _do_insert(self, *args: Any, **kwargs: Any) -> Any:
        with one_answer_for_taken_keys(type(self)):
            return super()._do_insert(*args, **kwargs)  # type: ignore[misc]

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Delete the row. Raises DoesNotExist when it is not in scope (Django's collector deletes by key alone)."""
        manager = type(self)._base_manager
        if not manager.using(using or self._state.db).filter(pk=self.pk).exists():
            raise _not_in_scope(self)
        return super().delete(using=using, keep_parents=keep_parents)


class TenantOwnedModel(TenantScoped):
    """A row of one tenant under a UUID key, which nobody can guess: the base class for new models."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
        base_manager_name = "objects"


def _not_in_scope(row: TenantScoped) -> Exception:
    """The model's own DoesNotExist, which the middleware answers as a 404: a write is never a 500, never silent."""
    model = type(row)
    answer = type("DoesNotExist", (model.DoesNotExist, NotInScope), {"__module__": model.__module__})
    error: Exception = answer(f"{model._meta.label} {row.pk} does not exist in this scope.")
    return error


def _guard_save(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    guard_row(instance)


def _watch(sender: type[models.Model], **kwargs: Any) -> None:
    # A signal, not save(): fixtures call Model.save_base() unbound and would pass an override by.
    if not issubclass(sender, TenantScoped) or sender._meta.abstract:
        return
    pre_save.connect(_guard_save, sender=sender, dispatch_uid=f"tenancy-guard-{sender._meta.label}")
    if not isinstance(sender._meta.base_manager, TenantManager):
        # Meta.base_manager_name is lost where a model's Meta does not inherit ours, and forward keys with it.
        # `objects` where it is ours: then the migrations' autodetector has nothing to say.
        own = type(sender._meta.managers_map.get("objects")) is TenantManager
        sender._meta.base_manager_name = "objects" if own else "tenant_rows"
        sender._meta._expire_cache(reverse=False)  # type: ignore[attr-defined]  # Django's own, untyped


class_prepared.connect(_watch, dispatch_uid="tenancy-guard")
