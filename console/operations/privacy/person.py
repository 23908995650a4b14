"""The two actions on a person: a copy of everything, or its erasure."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from console.admin import dialog_action
from pii.export import start_export
from pii.models import DataRequest, Kind
from pii.plan import make_plan
from pii.requests import attest, receive
from pii.restricted import restriction_of

from .dialogs import AttestForm


class PersonActions:
    """Mixin for the admin of a user, a member or a contact; list both actions in ``actions_detail``."""

    privacy_actions = ("export_personal_data", "erase_personal_data")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        restriction = restriction_of(obj) if obj is not None and request.method == "GET" else None
        if restriction is not None:
            words = _("Processing of this person's data is restricted since %(at)s (Art. 18 GDPR, %(number)s).")
            said = {"at": date_format(restriction.placed_at), "number": restriction.request.number}
            messages.warning(request, words % said)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]  # a mixin

    def has_privacy_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Privacy officers, whatever else they may do with the row."""
        return request.user.has_perm("pii.enter_datarequest")

    @dialog_action(
        permission="privacy",
        title=_("Export personal data"),
        consequence=_("A package of everything kept about this person is made, as a privacy request on record."),
        form=AttestForm,
        icon="folder_zip",
    )
    def export_personal_data(self, request: HttpRequest, form: Any, obj: Any) -> Any:
        asked = receive(Kind.ACCESS, by=request.user, objects=[obj], contact_email=address_of(obj))
        attest(asked, by=request.user, method=form.cleaned_data["method"])
        start_export(asked, by=request.user)
        return to_the_request(request, asked, _("The package is being made."))

    @dialog_action(
        permission="privacy",
        title=_("Erase personal data"),
        consequence=_("An erasure is planned. Nothing is erased before a second officer has approved the plan."),
        form=AttestForm,
        icon="person_remove",
        danger=True,
    )
    def erase_personal_data(self, request: HttpRequest, form: Any, obj: Any) -> Any:
        asked = receive(Kind.ERASURE, by=request.user, objects=[obj], contact_email=address_of(obj))
        attest(asked, by=request.user, method=form.cleaned_data["method"])
        make_plan(asked, by=request.user)
        return to_the_request(request, asked, _("The erasure is planned; nothing is erased yet."))


def to_the_request(request: HttpRequest, asked: DataRequest, words: Any) -> HttpResponse:
    """Lead on to the request's page."""
    messages.success(request, words)
    return HttpResponse(headers={"HX-Redirect": reverse("admin:pii_datarequest_change", args=[asked.pk])})


def address_of(person: Any) -> str:
    """Where the person is written to: the account's address, the member's account's, or the contact's."""
    return str(getattr(getattr(person, "user", None) or person, "email", "") or "")
