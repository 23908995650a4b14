"""The app on stock django.contrib.admin, and a mixin for any ModelAdmin.

With the mixin, declared columns are masked in lists, forms and history, and look-ups on them are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import HttpRequest

from tenancy.admin import ReadOnlyMixin

from .masking import hides, shown, viewer_of
from .masking.shown import is_masked_column
from .models import DataRequest, LegalHold, Reappearance, RequestEvent, Reveal
from .tombstones.meet import is_erased


class Unnamed:
    """A row that templates can ask everything but its name."""

    def __init__(self, row: models.Model) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def __str__(self) -> str:
        return f"{self._row._meta.verbose_name} {self._row.pk}"


class MaskedAdminMixin:
    """Put it first among the bases. A masked column is text and never an input, so that no mask is saved as a value."""

    model: Any

    def get_list_display(self, request: HttpRequest) -> Any:
        names = super().get_list_display(request)  # type: ignore[misc]  # a mixin
        if any(self._is_masked(name) for name in names):
            _ = viewer_of(request).reveals  # one query, however many rows
        return [self._masked(request, name) if self._is_masked(name) else name for name in names]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return super().get_list_display_links(request, list_display)  # type: ignore[misc]  # a mixin

    def get_ordering(self, request: HttpRequest) -> Any:
        ordering = super().get_ordering(request) or self.model._meta.ordering or ()  # type: ignore[misc]  # a mixin
        names = [name.lstrip("-") if isinstance(name, str) else "" for name in ordering]
        return ("pk",) if any(self._is_masked(name) for name in names) else ordering

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """``?phone__startswith=`` tells what the mask hides."""
        model: Any = self.model
        for part in lookup.split("__"):
            try:
                field = model._meta.get_field(part)
            except FieldDoesNotExist:
                break
            if is_masked_column(model, field.name):
                return False
            model = getattr(field, "related_model", None) or model
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]  # a mixin

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]  # a mixin
        if obj is None:
            return fieldsets
        return [
            (title, {**options, "fields": self._cover(request, obj, options["fields"])}) for title, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_readonly_fields(request, obj)  # type: ignore[misc]  # a mixin
        if obj is None:
            return names
        covers = [
            self._masked(request, field.name)
            for field in self.model._meta.concrete_fields
            if self._is_masked(field.name) and hides(viewer_of(request), obj, field.name)
        ]
        return [*names, *covers]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Models of other apps spell their address out in titles and breadcrumbs: then the key stands there."""
        row = kwargs.get("obj") or context.get("original")
        if row is not None and self._spells_out(request, row):
            context["original"] = Unnamed(row)
            context["subtitle"] = str(context["original"])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]  # a mixin

    def _spells_out(self, request: HttpRequest, row: Any) -> bool:
        text = str(row)
        for field in self.model._meta.concrete_fields:
            if self._is_masked(field.name) and hides(viewer_of(request), row, field.name):
                value = str(getattr(row, field.attname) or "")
                if value and value in text:
                    return True
        return False

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> Any:
        """A revert of an erased object is refused: its history holds nothing that was true."""
        if request.method == "POST" and is_erased(self.model._meta.label_lower, object_id):
            raise PermissionDenied("This object was erased; it cannot be brought back.")
        return super().history_form_view(request, object_id, version_id, extra_context)  # type: ignore[misc]  # a mixin

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, *args: Any, **kwargs: Any
    ) -> None:
        """simple-history's page of changes prints values: it names columns only where the viewer sees them all."""
        if not any(self._is_masked(field.name) for field in self.model._meta.concrete_fields):
            super().set_history_delta_changes(request, historical_records, *args, **kwargs)  # type: ignore[misc]

    def _is_masked(self, name: Any) -> bool:
        return isinstance(name, str) and is_masked_column(self.model, name)

    def _cover(self, request: HttpRequest, obj: Any, entries: Any) -> list[Any]:
        covered: list[Any] = []
        for entry in entries:
            if isinstance(entry, (list, tuple)):
                covered.append(tuple(self._cover(request, obj, entry)))
            elif self._is_masked(entry) and hides(viewer_of(request), obj, entry):
                covered.append(self._masked(request, entry))
            else:
                covered.append(entry)
        return covered

    def _masked(self, request: HttpRequest, name: str) -> Callable[[models.Model], Any]:
        made: dict[str, Any] = request.__dict__.setdefault("_pii_columns", {})
        key = f"{self.model._meta.label}.{name}"
        if key not in made:

            def masked_column(row: models.Model) -> Any:
                return shown(viewer_of(request), row, name)

            masked_column.__name__ = f"masked_{name}"
            masked_column.short_description = self.model._meta.get_field(name).verbose_name  # type: ignore[attr-defined]
            made[key] = masked_column
        return made[key]  # type: ignore[no-any-return]


@admin.register(DataRequest)
class DataRequestAdmin(ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """The worklist, due first. Work on a request is done by `pii.requests` and the commands, never by a form.

    Who it is about is not shown: the number leads there (`manage.py pii_plan`), and the look would go unrecorded.
    """

    list_display = ("number", "kind", "state", "tenant", "received_at", "due_on", "finished_at")
    list_filter = ("state", "kind")
    list_select_related = ("tenant",)
    search_fields = ("number",)
    ordering = ("due_on", "number")
    fields = (*list_display, "identity_method", "is_partial", "report")


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """What may not be erased for now, and why."""

    list_display = ("id", "model", "key", "tenant", "ground", "until", "released_at")
    list_select_related = ("tenant",)
    fields = list_display


@admin.register(RequestEvent)
class RequestEventAdmin(ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """Each step of each request; append-only."""

    list_display = ("at", "request_id", "verb")
    fields = list_display


@admin.register(Reveal)
class RevealAdmin(ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who looked at masked data, whose, and why."""

    list_display = ("at", "actor_id", "model", "key", "reason", "expires_at")
    fields = list_display


@admin.register(Reappearance)
class ReappearanceAdmin(ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """Erased people who came back: by import or restore (a task), by their own sign-up (a note)."""

    list_display = ("at", "how", "model", "closed_at")
    fields = list_display
