"""The tenant's tags: rename and delete."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenancy.decorators import require_action
from tenancy.roles import Action

from ..forms import TagForm
from ..models import Tag
from ..paging import keyset_page
from ..records import access_tag_by_id, delete_record, save_record

PAGE_SIZE = 50


@require_GET
@require_action(Action.RECORDS_READ)
def tag_list(request: HttpRequest) -> HttpResponse:
    """One page of tags."""
    page = keyset_page(
        Tag.objects.all(),
        ("name_key", "id"),
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    return render(request, "workspace/tag_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.RECORDS_WRITE)
def tag_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Rename a tag."""
    tag = access_tag_by_id(key)
    form = TagForm(request.POST or None, instance=tag)
    if request.method == "POST" and form.is_valid():
        try:
            save_record(form.instance, by=request.user)
        except IntegrityError:
            form.add_error("name", _("Another tag has this name."))
        else:
            messages.success(request, _("The tag was renamed."))
            return redirect("workspace_contact_tags")
    status = 422 if form.is_bound else 200
    return render(request, "workspace/tag_form.html", {"form": form, "tag": tag}, status=status)


@require_POST
@require_action(Action.RECORDS_WRITE)
def tag_delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Delete a tag; the contacts stay."""
    delete_record(access_tag_by_id(key), by=request.user)
    messages.success(request, _("The tag was deleted."))
    return redirect("workspace_contact_tags")
