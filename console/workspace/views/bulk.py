"""Acts on several contacts at once: on the ticked ones, or on everybody whom the list's search finds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tenancy.decorators import require_action
from tenancy.roles import Action

from ..bulk import matching, order_tagging, stop_tagging
from ..forms import TagNameForm
from ..models import BulkTagging, Tag
from ..records import find_or_make_tag, tag_contacts, untag_contacts

MOST = 500
"""So many are changed while the person waits; more of them are a job."""


@require_POST
@require_action(Action.RECORDS_WRITE)
def bulk_tag(request: HttpRequest) -> HttpResponse:
    """Put a tag on contacts, or take it off. Keys out of reach are passed over, like absent ones."""
    kept = request.POST.get("kept", "")[:500]
    everybody = request.POST.get("which") == "all"
    text, among = _search_of(QueryDict(kept))
    keys = list(matching(text, among).values_list("pk", flat=True)[: MOST + 1]) if everybody else _ticked(request)
    form = TagNameForm(request.POST)
    if not keys:
        said = _("Nobody matches.") if everybody else _("Tick at least one contact first.")
        messages.warning(request, said)
    elif not form.is_valid():
        messages.error(request, _("Type the name of a tag."))
    else:
        tag = find_or_make_tag(form.cleaned_data["name"], by=request.user)
        adds = request.POST.get("act") != "remove"
        if len(keys) > MOST:
            order = order_tagging(tag, adds=adds, text=text, among=among, by=request.user)
            return redirect("workspace_contact_tagging", order.pk)
        _change(request, keys, tag, adds)
    return redirect(reverse("workspace_contacts") + (f"?{kept}" if kept else ""))


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.RECORDS_WRITE)
def tagging(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far a change of tags is; a POST stops it."""
    order = access_tagging_by_id(key)
    if request.method == "POST":
        stop_tagging(order)
        return redirect("workspace_contact_tagging", key)
    partial = request.headers.get("HX-Request")
    response = render(request, f"workspace/tagging_{'state' if partial else 'page'}.html", {"order": order})
    if partial and not order.is_busy:
        response["HX-Refresh"] = "true"
    return response


def access_tagging_by_id(key: UUID) -> BulkTagging:
    """The change of tags in scope. Raises Http404 for an absent one and another tenant's alike."""
    found: BulkTagging | None = BulkTagging.objects.select_related("tag").filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _change(request: HttpRequest, keys: list[UUID], tag: Tag, adds: bool) -> None:
    if adds:
        count = tag_contacts(keys, tag, by=request.user)
        text = ngettext("“%(tag)s” was put on %(n)d contact.", "“%(tag)s” was put on %(n)d contacts.", count)
    else:
        count = untag_contacts(keys, tag, by=request.user)
        text = ngettext("“%(tag)s” was taken off %(n)d contact.", "“%(tag)s” was taken off %(n)d contacts.", count)
    messages.success(request, text % {"tag": tag.name, "n": count})


def _search_of(kept: QueryDict) -> tuple[str, Any]:
    """The search text and the tag's key in the list's address; a tag out of reach filters nothing, as in the list."""
    try:
        key = UUID(kept.get("tag", ""))
    except ValueError:
        key = None
    known = key is not None and Tag.objects.filter(pk=key).exists()
    return str(kept.get("q", "")).strip()[:200], key if known else None


def _ticked(request: HttpRequest) -> list[UUID]:
    keys = []
    for value in request.POST.getlist("contact")[:MOST]:
        try:
            keys.append(UUID(value))
        except ValueError:
            continue
    return keys
