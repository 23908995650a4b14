"""Find: everything about a person across all organisations, as a map of where and how much."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from console.pages import page
from pii.models import DataRequest, Kind
from tenancy import TenantRefused

from .looking import BY, MODELS, earlier, look, open_request


class FindForm(forms.Form):
    """By what, and the value; a value that is personal data is posted and never stands in an address."""

    by = forms.ChoiceField(label=_("Look by"), choices=list(BY.items()), widget=UnfoldAdminSelectWidget)
    value = forms.CharField(
        label=_("Value"), max_length=254, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    )


@page("privacy/find/", name="pii_find", permission="pii.enter_datarequest")
@never_cache
def find_person(request: HttpRequest) -> HttpResponse:
    """A GET shows the form, filled with an id from a link; a POST looks the person up, or opens a request."""
    given = request.GET.get("by", "")
    initial = {"by": given, "value": request.GET.get("value", "")[:36]} if given in MODELS else None
    form = FindForm(request.POST or None, initial=initial)
    lines: list[dict[str, Any]] | None = None
    requests: list[DataRequest] = []
    if request.method == "POST" and form.is_valid():
        asked = {"by": form.cleaned_data["by"], "value": form.cleaned_data["value"]}
        kind = request.POST.get("kind", "")
        try:
            if kind in Kind.values:
                made = open_request(kind, **asked, actor=request.user)
                messages.success(request, _("The request is entered."))
                return redirect("admin:pii_datarequest_change", made.pk)
            lines = look(**asked, actor=request.user)
            requests = earlier(**asked)
        except TenantRefused as refused:
            form.add_error("value", str(refused))
    context = {
        **site.each_context(request),
        "title": _("Find a person's data"),
        "form": form,
        "lines": lines,
        "requests": requests,
        "rows": sum(line["rows"] for line in lines or ()),
        "organisations": len({line["tenant"] for line in lines or () if line["tenant"]}),
        "kinds": Kind.choices,
    }
    response = TemplateResponse(request, "admin/privacy/find.html", context)
    response["Cache-Control"] = "no-store, private"
    return response
