"""Contacts: list, search, one contact with its timeline, create, change, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pii.restricted import restriction_of
from tenancy.decorators import require_action
from tenancy.roles import Action

from ..bulk import matching
from ..forms import ContactForm, NoteForm, TagNameForm
from ..models import Contact, ContactTag, Tag
from ..paging import keyset_page
from ..people import mark_actors, name_of, names_of
from ..records import access_contact_by_id, delete_record, save_record
from ..timeline import timeline_of
from ..uploads import ACCEPTED_TYPES, MAX_ATTACHMENT_BYTES

PAGE_SIZE = 50
TIMELINE_SIZE = 20
MOST_TAGS = 200
ORDERS = {"name": ("name_key", "id"), "newest": ("-created_at", "-id")}


@require_GET
@require_action(Action.RECORDS_READ)
def contact_list(request: HttpRequest) -> HttpResponse:
    """One page of contacts, searched and filtered; htmx gets the table alone."""
    found, text, tag = filtered_contacts(request)
    order = request.GET.get("order", "name")
    order = order if order in ORDERS else "name"
    tags = list(Tag.objects.order_by("name_key")[:MOST_TAGS])
    taggings = ContactTag.objects.select_related("tag").order_by("tag__name_key")
    page = keyset_page(
        found.prefetch_related(Prefetch("taggings", queryset=taggings)),
        ORDERS[order],
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    kept = request.GET.copy()
    for key in ("after", "before"):
        kept.pop(key, None)
    context = {
        "page": page,
        "q": text,
        "tag": tag,
        "tags": tags,
        "order": order,
        "kept": kept.urlencode(),
        "filtered": bool(text or tag),
        "tag_form": TagNameForm(auto_id="bulk-%s"),
    }
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    response = render(request, f"workspace/contact_{'rows' if partial else 'list'}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def filtered_contacts(request: HttpRequest) -> tuple[QuerySet[Contact], str, Tag | None]:
    """The contacts that the request's search text and tag select, and both of these."""
    text = request.GET.get("q", "").strip()[:200]
    try:
        tag = Tag.objects.filter(pk=UUID(request.GET.get("tag", ""))).first()
    except ValueError:
        tag = None
    return matching(text, tag.pk if tag is not None else None), text, tag


@require_GET
@require_action(Action.RECORDS_READ)
def contact_detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """Everything about one contact."""
    return show_contact(request, access_contact_by_id(key))


def show_contact(request: HttpRequest, contact: Contact, status: int = 200, **forms: Any) -> HttpResponse:
    """The contact's page, with a refused form where there is one."""
    notes = list(contact.notes.order_by("-created_at", "-id")[:50])
    files = list(contact.attachments.order_by("-created_at", "-id")[:100])
    events, older = timeline_of(contact, size=TIMELINE_SIZE, before=parse_moment(request.GET.get("older")))
    keys = [note.author_id for note in notes] + [file.uploaded_by_id for file in files]
    names = names_of([*keys, *(event.actor_id for event in events)])
    mark_actors(events, names)
    context = {
        "contact": contact,
        "restriction": restriction_of(contact),
        "notes": [(note, name_of(note.author_id, names)) for note in notes],
        "files": [(file, name_of(file.uploaded_by_id, names)) for file in files],
        "taggings": contact.taggings.select_related("tag").order_by("tag__name_key"),
        "tags": Tag.objects.order_by("name_key")[:MOST_TAGS],
        "events": events,
        "older": older.isoformat() if older else "",
        "note_form": NoteForm(),
        "tag_form": TagNameForm(),
        "accepted": ",".join(ACCEPTED_TYPES),
        "most_bytes": MAX_ATTACHMENT_BYTES,
        **forms,
    }
    return render(request, "workspace/contact_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.RECORDS_WRITE)
def contact_create(request: HttpRequest) -> HttpResponse:
    """A new contact."""
    return _edit(request, Contact())


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.RECORDS_WRITE)
def contact_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a contact."""
    return _edit(request, access_contact_by_id(key))


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.RECORDS_WRITE)
def contact_delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask, then delete."""
    contact = access_contact_by_id(key)
    if request.method != "POST":
        hanging = {"notes": contact.notes.count(), "files": contact.attachments.count()}
        return render(request, "workspace/contact_delete.html", {"contact": contact, **hanging})
    delete_record(contact, by=request.user)
    messages.success(request, _("The contact was deleted."))
    return redirect("workspace_contacts")


def _edit(request: HttpRequest, contact: Contact) -> HttpResponse:
    new = contact._state.adding
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                save_record(form.instance, by=request.user)
        except IntegrityError as error:  # somebody else took the address or the id in this very moment
            form.refuse_taken("external_id" if "external_id" in str(error) else "email")
        else:
            messages.success(request, _("The contact was created.") if new else _("The contact was saved."))
            return redirect("workspace_contact", contact.pk)
    status = 422 if form.is_bound else 200
    return render(request, "workspace/contact_form.html", {"form": form, "contact": contact, "new": new}, status=status)


def parse_moment(text: str | None) -> datetime | None:
    """The aware moment that a link carries; None for anything else."""
    try:
        found = parse_datetime(text.replace(" ", "+")) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
