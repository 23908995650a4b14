"""Notes on a contact, and the tags of one contact."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenancy.decorators import require_action
from tenancy.roles import Action

from ..forms import NoteForm, TagNameForm
from ..models import Note
from ..records import (
    access_contact_by_id,
    access_note_by_id,
    access_tag_by_id,
    delete_record,
    find_or_make_tag,
    save_record,
    tag_contacts,
    untag_contacts,
)
from .contacts import show_contact


@require_POST
@require_action(Action.RECORDS_WRITE)
def note_create(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write a note."""
    contact = access_contact_by_id(key)
    form = NoteForm(request.POST, instance=Note(contact=contact, author_id=request.user.pk))
    if not form.is_valid():
        return show_contact(request, contact, 422, note_form=form)
    save_record(form.instance, by=request.user)
    messages.success(request, _("The note was saved."))
    return redirect("workspace_contact", contact.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.RECORDS_WRITE)
def note_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a note."""
    note = access_note_by_id(key)
    form = NoteForm(request.POST or None, instance=note)
    if request.method == "POST" and form.is_valid():
        save_record(form.instance, by=request.user)
        messages.success(request, _("The note was saved."))
        return redirect("workspace_contact", note.contact_id)
    status = 422 if form.is_bound else 200
    return render(request, "workspace/note_form.html", {"form": form, "note": note}, status=status)


@require_POST
@require_action(Action.RECORDS_WRITE)
def note_delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Delete a note; its text stays in the contact's history."""
    note = access_note_by_id(key)
    delete_record(note, by=request.user)
    messages.success(request, _("The note was deleted."))
    return redirect("workspace_contact", note.contact_id)


@require_POST
@require_action(Action.RECORDS_WRITE)
def contact_tag(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a tag on one contact."""
    contact = access_contact_by_id(key)
    form = TagNameForm(request.POST)
    if not form.is_valid():
        return show_contact(request, contact, 422, tag_form=form)
    tag_contacts([contact.pk], find_or_make_tag(form.cleaned_data["name"], by=request.user), by=request.user)
    return redirect("workspace_contact", contact.pk)


@require_POST
@require_action(Action.RECORDS_WRITE)
def contact_untag(request: HttpRequest, key: UUID, tag: UUID) -> HttpResponse:
    """Take a tag off one contact."""
    contact = access_contact_by_id(key)
    untag_contacts([contact.pk], access_tag_by_id(tag), by=request.user)
    return redirect("workspace_contact", contact.pk)
