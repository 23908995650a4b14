"""Forms of the tenant pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from console.admin import ReasonForm
from tenancy.models import Tenant


class TenantForm(forms.ModelForm):
    """A new tenant may name its first owner."""

    owner = forms.EmailField(
        label=_("First owner"),
        required=False,
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("Address. Somebody without an account gets an invitation to become owner."),
    )

    class Meta:
        model = Tenant
        fields = ["name", "slug"]


class SuspendForm(ReasonForm):
    """A suspension may end by itself."""

    until = forms.SplitDateTimeField(
        label=_("Until"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("Empty: until somebody restores the tenant. Members are shown the reason and this date."),
    )


class TransferForm(ReasonForm):
    """Who becomes owner, and perhaps who steps down."""

    to = forms.EmailField(
        label=_("New owner"),
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("Address of an active member."),
    )
    step_down = forms.EmailField(
        label=_("Steps down"),
        required=False,
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("Address of an owner who becomes administrator in the same breath. Empty: all stay owners."),
    )
    field_order = ("to", "step_down", "reason")


class PurgeForm(ReasonForm):
    """Why, and the slug typed out."""

    slug = forms.CharField(
        label=_("Slug of the tenant"),
        help_text=_("Type it to ask for the purge."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    field_order = ("slug", "reason")
