"""The two actions on a person: a copy of everything, or its erasure."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from console.admin import dialog_action
from pii.export import start_export
from pii.models import DataRequest, Kind
from pii.plan import make_plan
from pii.requests import attest, receive

from .dialogs import AttestForm


class PersonActions:
    """Mixin for the admin of a user, a member or a contact; list both actions in ``actions_detail``."""

    privacy_actions = ("export_personal_data", "erase_personal_data")

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
        asked = receive(Kind.ACCESS, by=request.user, objects=[obj])
        attest(asked, by=request.user, method=form.cleaned_data["method"])
        start_export(asked, by=request.user)
        return linked(_("The package is being made: %s"), asked)

    @dialog_action(
        permission="privacy",
        title=_("Erase personal data"),
        consequence=_("An erasure is planned. Nothing is erased before a second officer has approved the plan."),
        form=AttestForm,
        icon="person_remove",
        danger=True,
    )
    def erase_personal_data(self, request: HttpRequest, form: Any, obj: Any) -> Any:
        asked = receive(Kind.ERASURE, by=request.user, objects=[obj])
        attest(asked, by=request.user, method=form.cleaned_data["method"])
        make_plan(asked, by=request.user)
        return linked(_("The erasure is planned: %s"), asked)


def linked(words: Any, asked: DataRequest) -> Any:
    """Words with a link to the request's page."""
    url = reverse("admin:pii_datarequest_change", args=[asked.pk])
    return format_html(str(words).replace("%s", '<a href="{}" class="underline">{}</a>'), url, asked.number)
