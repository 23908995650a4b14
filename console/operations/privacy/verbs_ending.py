"""Dialogs that end a request: refuse, withdraw, close."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from console.admin import dialog_action
from pii import requests as verbs
from pii.models import DataRequest


class EndingVerbs:
    """Mixin of the request's page; the permissions are its own."""

    ending_verbs = ("refuse", "withdraw", "finish")

    @dialog_action(
        permission="enter",
        title=_("Refuse"),
        consequence=_("The person is told the reason and where to complain."),
        icon="block",
        danger=True,
    )
    def refuse(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.refuse(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("Refused.")

    @dialog_action(
        permission="enter",
        title=_("Withdraw"),
        consequence=_("The person took the request back; its identifiers are scrubbed."),
        icon="undo",
    )
    def withdraw(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.withdraw(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("Withdrawn.")

    @dialog_action(
        permission="enter",
        title=_("Close"),
        consequence=_("For a rectification that was carried out; the person is told."),
        icon="done_all",
    )
    def finish(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.finish_by_hand(obj, by=request.user, note=form.cleaned_data["reason"])
        return _("Closed.")
