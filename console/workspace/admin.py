"""Contacts in the console: for privacy officers, in an open staff session, masked, and changed by nobody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from console.admin import ReadOnlyAdmin
from console.needs import asks
from console.operations.privacy.person import PersonActions
from tenancy import current_scope

from .models import Contact


@admin.register(Contact)
class ContactAdmin(PersonActions, ReadOnlyAdmin):
    """The contacts of organisations with an open staff session; without one the list is empty."""

    empty_words = _("Open a staff session on the page of a tenant: its contacts show here for that while.")
    list_display = ("id", "tenant", "last_name", "first_name", "email", "created_at")
    list_select_related = ("tenant",)
    exact_search = ("email",)
    search_help_text = _("Address or id, in an open staff session")
    actions_detail = PersonActions.privacy_actions

    def get_queryset(self, request: HttpRequest) -> Any:
        if not current_scope().content:  # the records of tenants are out of reach: nothing is there
            return QuerySet(self.model).none()
        return super().get_queryset(request)

    @asks("view")
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not current_scope().content:
            messages.info(request, _("Open a staff session on an organisation's page first; its contacts stand here."))
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ("tenant", ("first_name", "last_name"), ("email", "phone"), "company", "street")
        return [(None, {"fields": (*names, ("postal_code", "city"), "country", "birth_date", "created_at", "id")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("tenant", "created_at", "id", *super().get_readonly_fields(request, obj))
