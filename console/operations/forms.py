"""Forms that several pages share."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from console.admin import ReasonForm


class SessionForm(ReasonForm):
    """Why a tenant's content is opened, and for which ticket."""

    ticket = forms.CharField(label=_("Ticket"), max_length=100, widget=UnfoldAdminTextInputWidget)
    field_order = ("ticket", "reason")
