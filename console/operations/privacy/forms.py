"""Intake by hand: for people who wrote, called or came, with or without an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from pii.identifiers import normal_email, normal_phone
from pii.models import DataRequest, LegalHold
from tenancy.models import Tenant


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]


def tenant_by_slug(help_text: Any) -> forms.ModelChoiceField:
    """A tenant by its slug, typed: a list of thousands would be no help."""
    return forms.ModelChoiceField(
        queryset=Tenant.objects.all(),
        to_field_name="slug",
        required=False,
        label=_("Organisation (slug)"),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=help_text,
        error_messages={"invalid_choice": _("No organisation has this slug.")},
    )


class HoldForm(forms.ModelForm):
    """What is held: an organisation as a whole, or one person by the id of a row."""

    model = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[
            ("", _("Everything of an organisation")),
            ("accounts.user", _("A person, by the id of the account")),
            ("tenancy.usertenantmembership", _("A member, by the id of the membership")),
            ("workspace.contact", _("A contact, by its id")),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    tenant = tenant_by_slug(_("Needed for everything of an organisation."))

    class Meta:
        model = LegalHold
        fields = ["model", "key", "tenant", "ground", "until"]

    def clean(self) -> Any:
        data = super().clean() or {}
        if bool(data.get("model")) != bool(data.get("key")):
            raise ValidationError(_("Name a person by kind and id, or an organisation alone."))
        if not data.get("key") and not data.get("tenant") and "tenant" not in self.errors:
            raise ValidationError(_("Name an organisation or a person."))
        return data


class IntakeForm(forms.ModelForm):
    """Who asks, for what, and when it arrived."""

    emails = forms.CharField(
        label=_("Addresses of the person"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("One per line."),
    )
    phones = forms.CharField(label=_("Phone numbers"), required=False, widget=UnfoldAdminTextInputWidget)
    tenant = tenant_by_slug(_("Empty: every organisation concerned."))
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
