"""The forms of the privacy dialogs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from console.admin import ReasonForm

METHODS = [
    ("seen in person, with an identity document", _("Seen in person, with an identity document")),
    ("called back on a number on file", _("Called back on a number on file")),
    ("answered from an address on file", _("Answered from an address on file")),
    ("signed in while asking", _("Signed in while asking")),
]


class AttestForm(ReasonForm):
    """Why, and how the identity was checked."""

    method = forms.ChoiceField(label=_("Identity checked"), choices=METHODS, widget=UnfoldAdminSelectWidget)


class TypedNumberForm(ReasonForm):
    """Why, and the request's number typed out."""

    typed_number = forms.CharField(
        label=_("Number of the request"),
        help_text=_("Type it to carry the erasure out. It cannot be undone."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )


class PlanHashForm(ReasonForm):
    """Why, and the beginning of the plan's hash as the page shows it: nobody approves a plan they did not see."""

    plan = forms.CharField(
        label=_("Plan"),
        help_text=_("The first eight characters of the plan's number on this page."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )


class ApproveForm(PlanHashForm):
    """The plan's beginning; with the request's number too, the erasure begins at once."""

    typed_number = forms.CharField(
        label=_("Number of the request"),
        required=False,
        help_text=_("Type it to carry the erasure out at once. Leave it empty to approve alone."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )


class CodeForm(ReasonForm):
    """The code that the person told."""

    code = forms.CharField(label=_("Code"), widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}))


class DecisionForm(ReasonForm):
    """One organisation's answer."""

    tenant = forms.SlugField(label=_("Organisation (slug)"), widget=UnfoldAdminTextInputWidget)
    answer = forms.ChoiceField(
        label=_("Decision"),
        choices=[("carry_out", _("Carry out")), ("refuse", _("Refuse"))],
        widget=UnfoldAdminSelectWidget,
    )
