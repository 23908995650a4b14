"""Dialogs of a request's first days: who is asking, and until when the answer is due."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from console.admin import dialog_action
from pii import requests as verbs
from pii.models import DataRequest

from .dialogs import AttestForm, CodeForm


class IdentityVerbs:
    """Mixin of the request's page; the permissions are its own."""

    identity_verbs = ("send_code", "check_code", "attest_identity", "doubt_identity", "extend")

    @dialog_action(
        permission="enter",
        title=_("Send a code"),
        consequence=_("A one-time code goes to every address on file, never to one that came with the request."),
        icon="pin",
    )
    def send_code(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.send_code(obj, by=request.user)
        return _("The code is on its way.")

    @dialog_action(
        permission="enter",
        title=_("Enter the code"),
        consequence=_(
            "The right code confirms who asks. It counts for 24 hours and five tries; then a new one is sent."
        ),
        form=CodeForm,
        icon="password",
    )
    def check_code(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        if not verbs.confirm_code(obj, form.cleaned_data["code"], by=request.user):
            return _("That is not the code; the try is counted.")
        return _("The identity is confirmed.")

    @dialog_action(
        permission="enter",
        title=_("Attest the identity"),
        consequence=_("You vouch for it; your name stands beside the method."),
        form=AttestForm,
        icon="verified_user",
    )
    def attest_identity(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.attest(obj, by=request.user, method=form.cleaned_data["method"])
        return _("The identity is confirmed.")

    @dialog_action(
        permission="enter",
        title=_("Doubt the identity"),
        consequence=_("The clock stops until it is confirmed."),
        icon="person_alert",
    )
    def doubt_identity(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.doubt_identity(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("The clock is stopped.")

    @dialog_action(
        permission="enter",
        title=_("Extend"),
        consequence=_("Two further months, once, before the date; the person is told why."),
        icon="more_time",
    )
    def extend(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.extend(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("Extended.")
