"""The search as a page: for those without the palette's keys, for long results, and to send somebody a link to it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from console.pages import page

from .search import PER_KIND, jump, read, search


@page("find/", name="find", permission="tenancy.view_tenant")
def find(request: HttpRequest) -> HttpResponse:
    """Everything that fits what was typed, by kind. A pasted address or the id of one thing leads straight there."""
    text = request.GET.get("q", "").strip()[:500]
    target = jump(request, text)
    if target:
        return HttpResponseRedirect(target)
    found = search(request, text)
    if read(text).keys and sum(len(hits) for _entry, hits in found) == 1:
        return HttpResponseRedirect(found[0][1][0].url)
    groups = [
        {
            "title": entry.title,
            "hits": hits,
            "more": f"{reverse(f'admin:{entry.list_name}_changelist')}?{urlencode({'q': text})}"
            if len(hits) == PER_KIND
            else "",
        }
        for entry, hits in found
    ]
    context = {**site.each_context(request), "title": _("Find"), "text": text, "groups": groups, "per_kind": PER_KIND}
    response = TemplateResponse(request, "operations/find.html", context)
    add_never_cache_headers(response)
    return response
