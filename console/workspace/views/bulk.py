"""Acts on several contacts at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tenancy.decorators import require_action
from tenancy.roles import Action

from ..forms import TagNameForm
from ..records import find_or_make_tag, tag_contacts, untag_contacts

MOST = 500


@require_POST
@require_action(Action.RECORDS_WRITE)
def bulk_tag(request: HttpRequest) -> HttpResponse:
    """Put a tag on the ticked contacts, or take it off. Keys out of reach are passed over, like absent ones."""
    keys = _keys(request.POST.getlist("contact"))
    form = TagNameForm(request.POST)
    if not keys:
        messages.warning(request, _("Tick at least one contact first."))
    elif not form.is_valid():
        messages.error(request, _("Type the name of a tag."))
    else:
        tag = find_or_make_tag(form.cleaned_data["name"], by=request.user)
        if request.POST.get("act") == "remove":
            count = untag_contacts(keys, tag, by=request.user)
            text = ngettext("“%(tag)s” was taken off %(n)d contact.", "“%(tag)s” was taken off %(n)d contacts.", count)
        else:
            count = tag_contacts(keys, tag, by=request.user)
            text = ngettext("“%(tag)s” was put on %(n)d contact.", "“%(tag)s” was put on %(n)d contacts.", count)
        messages.success(request, text % {"tag": tag.name, "n": count})
    kept = request.POST.get("kept", "")[:500]
    return redirect(reverse("workspace_contacts") + (f"?{kept}" if kept else ""))


def _keys(values: list[str]) -> list[UUID]:
    keys = []
    for value in values[:MOST]:
        try:
            keys.append(UUID(value))
        except ValueError:
            continue
    return keys
