"""Forms of the tenant pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSplitDateTimeWidget

from console.admin import ReasonForm
from tenancy.models import Tenant


class TenantForm(forms.ModelForm):
    """A new tenant may name the account that becomes its first owner."""

    owner = forms.EmailField(
        label=_("First owner"),
        required=False,
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("Address of an account. Somebody without one is invited after the tenant was made."),
    )

    class Meta:
        model = Tenant
        fields = ["name", "slug"]

    def clean_owner(self) -> Any:
        email = self.cleaned_data.get("owner")
        if not email:
            return None
        user = get_user_model().objects.filter(email=email.strip().lower(), is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("No active account has this address. Make the tenant first, then invite."))
        return user


class SuspendForm(ReasonForm):
    """A suspension may end by itself."""

    until = forms.SplitDateTimeField(
        label=_("Until"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("Empty: until somebody restores the tenant. Members are shown the reason and this date."),
    )
