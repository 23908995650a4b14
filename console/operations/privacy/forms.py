"""Intake by hand: for people who wrote, called or came, with or without an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from pii.identifiers import normal_email, normal_phone
from pii.models import DataRequest


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]


class IntakeForm(forms.ModelForm):
    """Who asks, for what, and when it arrived."""

    emails = forms.CharField(
        label=_("Addresses of the person"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("One per line."),
    )
    phones = forms.CharField(label=_("Phone numbers"), required=False, widget=UnfoldAdminTextInputWidget)
    received_at = forms.SplitDateTimeField(
        label=_("Arrived"), required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text=_("Empty: now.")
    )

    class Meta:
        model = DataRequest
        fields = ["kind", "tenant", "contact_name", "contact_email", "message"]

    def clean_emails(self) -> list[str]:
        values = _lines(self.cleaned_data["emails"])
        if any(not normal_email(value) for value in values):
            raise ValidationError(_("Write one address per line."))
        return values

    def clean_phones(self) -> list[str]:
        values = _lines(self.cleaned_data["phones"])
        if any(not normal_phone(value) for value in values):
            raise ValidationError(_("Write numbers like +49 170 1234567."))
        return values

    def clean(self) -> Any:
        data = super().clean() or {}
        if not self.errors and not (data.get("emails") or data.get("phones")):
            raise ValidationError(_("Name the person by an address or a phone number."))
        return data
