"""What the trail is read from: each table of acts or history, and which of its columns answer which filter."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from simple_history.utils import get_history_manager_for_model

from console.history import short
from pii.models import RequestEvent, Reveal
from tenancy import current_scope
from tenancy.models import PlatformSettingChange, SettingChange

from ..models import AuditEvent

HISTORY = "operations.browse_history"
Match = Callable[[Any], Q]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail, before it is masked for its viewer."""

    at: Any
    kind: str
    key: Any  # of the row itself
    what: str
    actor_id: str
    actor_address: str
    why: str
    object_model: str
    object_id: str
    request: str
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """One table. `matches` names the filters that an index answers; where another is set, the table is left out."""

    kind: str
    label: str
    permission: str
    model: Any
    at: str
    matches: Mapping[str, Match]
    read: Callable[[Any], Entry]
    reason: str = ""
    is_content: bool = False  # tenants' own records: out of sight without a staff session

    @property
    def is_in_sight(self) -> bool:
        return not self.is_content or not current_scope().is_wide or bool(current_scope().content)


def tracked_models() -> dict[str, Any]:
    """Every model that keeps history, by lower-case label."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute")
    }


def history_of(label: str) -> Any:
    """The history model of a tracked model. Raises KeyError for another label."""
    return get_history_manager_for_model(tracked_models()[label]).model


@functools.cache
def sources() -> dict[str, Source]:
    """Every source by its kind, acts first."""
    listed = [_acts(), *(_history(label) for label in sorted(tracked_models())), *_settings(), _requests(), _reveals()]
    return {source.kind: source for source in listed}


def may_see(request: HttpRequest) -> list[Source]:
    """The sources that the person may read now."""
    return [source for source in sources().values() if request.user.has_perm(source.permission)]  # type: ignore[union-attr]  # staff pages have a user


def equal(column: str) -> Match:
    return lambda value: Q(**{column: value})


def _acts() -> Source:
    def read(row: AuditEvent) -> Entry:
        return Entry(
            row.at,
            "acts",
            row.pk,
            row.verb,
            str(row.actor_id or ""),
            row.actor_address,
            row.reason,
            row.target_model,
            row.target_id,
            row.request_id,
            reverse("admin:operations_auditevent_change", args=[row.pk]),
        )

    matches: dict[str, Match] = {
        "tenant": equal("tenant_key"),
        "person": lambda key: Q(target_id__in=[str(key), *_memberships(key)]),
        "actor": equal("actor_id"),
        "object": equal("target_id"),
        "verb": equal("verb"),
        "request": lambda value: Q(request_id=value) & ~Q(request_id=""),
        "reason": lambda value: Q(reason=value) & short("reason"),
    }
    return Source("acts", "recorded acts", "operations.view_auditevent", AuditEvent, "at", matches, read, "reason")


def _memberships(person: UUID) -> list[str]:
    from tenancy.models import UserTenantMembership

    return [str(key) for key in UserTenantMembership.objects.filter(user=person).values_list("pk", flat=True)]


def _history(label: str) -> Source:
    tracked, model = tracked_models()[label], history_of(label)
    key = tracked._meta.pk.attname
    names = {field.name for field in tracked._meta.fields}

    def read(row: Any) -> Entry:
        return Entry(
            row.history_date,
            label,
            row.history_id,
            str(row.get_history_type_display()),
            str(row.history_user_id or ""),
            row.history_actor,
            row.history_change_reason or "",
            label,
            str(getattr(row, key)),
            row.history_request_id,
            reverse("admin:audit_change", args=[label, row.history_id]),
        )

    matches: dict[str, Match] = {
        "actor": equal("history_user"),
        "object": lambda value: Q(**{key: value}) if _is_key(tracked, value) else Q(pk__in=[]),
        "request": lambda value: Q(history_request_id=value) & ~Q(history_request_id=""),
        "reason": lambda value: Q(history_change_reason=value) & short("history_change_reason"),
    }
    if label == "tenancy.tenant":
        matches["tenant"] = equal(key)
    elif "tenant" in names:
        matches["tenant"] = equal("tenant")
    if tracked is get_user_model():
        matches["person"] = equal(key)
    elif "user" in names:
        matches["person"] = equal("user")
    return Source(
        label,
        str(tracked._meta.verbose_name_plural),
        HISTORY,
        model,
        "history_date",
        matches,
        read,
        "history_change_reason",
        is_content=getattr(model, "tenancy_visibility", "directory") == "content",
    )


def _is_key(model: Any, value: str) -> bool:
    try:
        model._meta.pk.to_python(value)
    except (ValidationError, ValueError):
        return False
    return True


def _settings() -> list[Source]:
    def read(row: Any) -> Entry:
        tenant = str(getattr(row, "tenant_id", ""))
        kind = row._meta.label_lower
        words = f"version {row.version}: {', '.join(row.names[:5])}"
        target = ("tenancy.tenant", tenant) if tenant else ("tenancy.platformsettings", "")
        return Entry(row.created_at, kind, row.pk, words, row.actor_id, "", row.reason, *target, "", "")

    actor: dict[str, Match] = {"actor": lambda key: Q(actor_id=str(key))}
    tenant: dict[str, Match] = {"tenant": equal("tenant")}
    return [
        Source(
            model._meta.label_lower,
            str(model._meta.verbose_name_plural),
            f"tenancy.view_{model._meta.model_name}",
            model,
            "created_at",
            matches,
            read,
            "reason",
        )
        for model, matches in ((SettingChange, actor | tenant), (PlatformSettingChange, actor))
    ]


def _requests() -> Source:
    def read(row: RequestEvent) -> Entry:
        return Entry(
            row.at,
            "pii.requestevent",
            row.pk,
            row.verb,
            row.actor_key,
            "",
            row.note,
            "pii.datarequest",
            str(row.request_id),
            "",
            "",
        )

    matches: dict[str, Match] = {"actor": lambda key: Q(actor_key=str(key))}
    label = str(RequestEvent._meta.verbose_name_plural)
    return Source("pii.requestevent", label, "pii.view_requestevent", RequestEvent, "at", matches, read, "note")


def _reveals() -> Source:
    def read(row: Reveal) -> Entry:
        return Entry(
            row.at,
            "pii.reveal",
            row.pk,
            "revealed",
            str(row.actor_id or ""),
            "",
            row.reason,
            row.model,
            row.key,
            "",
            reverse("admin:pii_reveal_change", args=[row.pk]),
        )

    matches: dict[str, Match] = {
        "actor": equal("actor"),
        "person": lambda key: Q(model=get_user_model()._meta.label_lower, key=str(key)),
    }
    return Source(
        "pii.reveal", str(Reveal._meta.verbose_name_plural), "pii.view_reveal", Reveal, "at", matches, read, "reason"
    )
