"""Who changed what, when and why: history of the models of accounts and tenancy, kept in this app."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from simple_history import register
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from console.request_id import current_request_id
from tenancy.audit import current_change
from tenancy.managers import TenantManager, scope_query
from tenancy.models import Invitation, Tenant, UserTenantMembership

REASON_LIMIT = 500  # characters; a longer reason does not fit into an index and is found by other filters


def short(column: str) -> models.Q:
    """The condition of an index over reasons, and of the queries that use it."""
    return models.Q(LessThanOrEqual(Length(column), REASON_LIMIT))


class HistoryRow(models.Model):
    """What every history row says beyond the changed row itself.

    The actor's address stands here as text, as it was at that moment: a deactivated or erased actor stays readable in
    other people's trails (and is declared as personal data).
    """

    history_actor = models.CharField(max_length=254, blank=True, default="")
    history_request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        abstract = True


class TenantHistoryRow(HistoryRow):
    """A history row of a tenant's row: scoped exactly like it."""

    tenancy_visibility: ClassVar[str] = "directory"
    objects: ClassVar[TenantManager] = TenantManager()

    class Meta:
        abstract = True


class RecordHistoryRow(TenantHistoryRow):
    """A history row of a tenant's record: like the record, out of sight without a staff session."""

    tenancy_visibility: ClassVar[str] = "content"

    class Meta:
        abstract = True


class ScopedHistoryManager(HistoryManager):
    """`Model.history` of a tenant-owned model: carries the tenant condition as `Model.objects` does."""

    def get_super_queryset(self) -> Any:
        queryset = super().get_super_queryset()
        scope_query(queryset.query, self.model)
        return queryset


class Trail(HistoricalRecords):
    """simple-history, with the actor and the reason of `tenancy.audit.changing`, and no row where nothing changed."""

    def __init__(self, *, found_by: tuple[str, ...] = (), **options: Any) -> None:
        self.found_by = found_by  # columns by which rows of a tie are looked up, each behind an index
        options.setdefault("history_id_field", models.BigAutoField())
        options.setdefault("history_change_reason_field", models.TextField(null=True, blank=True))
        options.setdefault("bases", (HistoryRow,))
        super().__init__(**options)

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        options: dict[str, Any] = super().get_meta_options(model)
        name = f"history_{model.__name__.lower()[:14]}"
        newest = ["-history_date", "-history_id"]
        options["default_permissions"] = ("view",)
        options["indexes"] = [  # one per filter of the trail, each in the order in which it is read
            models.Index(fields=[model._meta.pk.attname, *newest], name=f"{name}_row"),
            models.Index(fields=newest, name=f"{name}_new"),
            models.Index(fields=["history_user", *newest], name=f"{name}_act"),
            models.Index(
                fields=["history_request_id", *newest], name=f"{name}_req", condition=~models.Q(history_request_id="")
            ),
            models.Index(
                fields=["history_change_reason", *newest], name=f"{name}_why", condition=short("history_change_reason")
            ),
        ]
        options["indexes"] += [models.Index(fields=[one, *newest], name=f"{name}_{one[:3]}") for one in self.found_by]
        if any(field.name == "user" for field in model._meta.fields):
            options["indexes"].append(models.Index(fields=["user", *newest], name=f"{name}_per"))
        if any(issubclass(base, TenantHistoryRow) for base in self.bases):
            options["base_manager_name"] = "objects"
            options["indexes"].append(models.Index(fields=["tenant", *newest], name=f"{name}_ten"))
        return options

    def _get_history_user_fields(self) -> dict[str, Any]:
        # No constraint and no SET NULL: these tables are append-only, and whoever left stays the one who did it.
        user: models.ForeignKey[Any, Any] = models.ForeignKey(
            get_user_model(),
            null=True,
            related_name="+",
            on_delete=models.DO_NOTHING,
            db_constraint=False,
            db_index=False,  # an index of the table begins with it
        )
        return {"history_user": user}

    def get_history_user(self, instance: Any) -> Any:
        change = current_change()
        if change.by is not None:
            return change.by if isinstance(change.by, models.Model) else get_user_model()(pk=change.by)
        return super().get_history_user(instance)

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: str | None) -> str | None:
        # Never the `_change_reason` of the instance: it sticks to it and would explain the next save too.
        return current_change().reason or None

    def create_historical_record(self, instance: Any, history_type: str, using: str | None = None) -> None:
        if history_type == "~" and self.unchanged(instance):
            return
        at = current_change().at
        if at is not None:
            instance._history_date = at
        try:
            super().create_historical_record(instance, history_type, using=using)
        finally:
            if at is not None:
                del instance._history_date

    def unchanged(self, instance: Any) -> bool:
        """Whether the newest history row says the same (columns that move by themselves do not count)."""
        fields = [field for field in self.fields_included(instance) if not getattr(field, "auto_now", False)]
        names = [field.attname for field in fields]
        manager = getattr(type(instance), self.manager_name)
        last = manager.filter(**{instance._meta.pk.attname: instance.pk}).values_list(*names).first()
        return last is not None and last == tuple(field.to_python(getattr(instance, field.attname)) for field in fields)


def record_trail(*, excluded_fields: list[str] | None = None, found_by: tuple[str, ...] = ()) -> Trail:
    """The `history` of a model of tenants' records."""
    return Trail(
        found_by=found_by,
        bases=(RecordHistoryRow,),
        history_manager=ScopedHistoryManager,
        no_db_index=["id", "tenant"],
        excluded_fields=excluded_fields or [],
    )


def fill_actor(sender: type[models.Model], history_instance: Any, history_user: Any, **kwargs: Any) -> None:
    """Copy the actor's address and the request's id into the row (receiver of `pre_create_historical_record`)."""
    if not hasattr(history_instance, "history_actor"):
        return
    history_instance.history_actor = getattr(history_user, "email", "") or ""
    history_instance.history_request_id = current_request_id()


_tenant_owned = {"bases": (TenantHistoryRow,), "history_manager": ScopedHistoryManager, "no_db_index": ["id", "tenant"]}

register(
    Tenant,
    app="console",
    records_class=Trail,
    excluded_fields=["settings", "settings_version"],  # tenancy keeps their history itself, without secrets
    no_db_index=["id", "slug"],
)
register(
    UserTenantMembership,
    app="console",
    records_class=Trail,
    excluded_fields=["entered_at"],  # set once, by the person's own coming in
    **{**_tenant_owned, "no_db_index": ["id", "tenant", "user"]},
)
register(Invitation, app="console", records_class=Trail, excluded_fields=["token_hash"], **_tenant_owned)
register(
    get_user_model(),
    app="console",
    records_class=Trail,
    excluded_fields=["password", "last_login"],
    no_db_index=["id"],
)
