"""The page of a request for rectification: choose a column of the person's, and what is true instead."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import site
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from console.pages import page
from pii.models import DataRequest, Kind
from tenancy import TenantRefused

from .correcting import choices, correct


class CorrectionForm(forms.Form):
    """Which column, and the corrected value."""

    target = forms.ChoiceField(label=_("Column"), widget=UnfoldAdminSelectWidget)
    value = forms.CharField(
        label=_("Correct value"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("As the person gave it. Empty: nothing is known. What stands there now is not shown."),
    )


@page("privacy/requests/<uuid:key>/rectify/", name="pii_rectify", permission="pii.enter_datarequest")
@never_cache
def rectify_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """A GET shows the columns; a POST corrects one, with the request's number in the history."""
    asked = get_object_or_404(DataRequest, pk=key)
    if asked.kind != Kind.RECTIFICATION or not asked.is_open:
        raise Http404
    form = CorrectionForm(request.POST or None)
    form.fields["target"].choices = choices(asked)  # type: ignore[attr-defined]  # a ChoiceField
    if request.method == "POST" and form.is_valid():
        try:
            correct(asked, form.cleaned_data["target"], form.cleaned_data["value"], by=request.user)
        except TenantRefused as refused:
            form.add_error(None, str(refused))
        except ValidationError as error:
            form.add_error("value", error.messages)
        else:
            messages.success(request, _("Corrected."))
            return redirect("admin:pii_rectify", key)
    context = {**site.each_context(request), "title": _("Rectification"), "form": form, "asked": asked}
    return TemplateResponse(request, "admin/privacy/rectify.html", context)
