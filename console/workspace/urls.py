"""Addresses of the workspace; behind /t/<slug>/ or a subdomain they are that tenant's, else the session's."""

from django.urls import path

from .views import attachments, bulk, contacts, home, notes, tags

urlpatterns = [
    path("", home.home, name="home"),
    path("organisations/", home.choose, name="workspace_choose"),
    path("roles/", home.matrix, name="workspace_matrix"),
    path("contacts/", contacts.contact_list, name="workspace_contacts"),
    path("contacts/new/", contacts.contact_create, name="workspace_contact_create"),
    path("contacts/tag/", bulk.bulk_tag, name="workspace_contact_bulk_tag"),
    path("contacts/tags/", tags.tag_list, name="workspace_contact_tags"),
    path("contacts/tags/<uuid:key>/", tags.tag_edit, name="workspace_contact_tag_edit"),
    path("contacts/tags/<uuid:key>/delete/", tags.tag_delete, name="workspace_contact_tag_delete"),
    path("contacts/<uuid:key>/", contacts.contact_detail, name="workspace_contact"),
    path("contacts/<uuid:key>/edit/", contacts.contact_edit, name="workspace_contact_edit"),
    path("contacts/<uuid:key>/delete/", contacts.contact_delete, name="workspace_contact_delete"),
    path("contacts/<uuid:key>/tags/", notes.contact_tag, name="workspace_contact_tag"),
    path("contacts/<uuid:key>/tags/<uuid:tag>/remove/", notes.contact_untag, name="workspace_contact_untag"),
    path("contacts/<uuid:key>/notes/", notes.note_create, name="workspace_contact_note_create"),
    path("contacts/<uuid:key>/files/", attachments.attachment_create, name="workspace_contact_file_create"),
    path("notes/<uuid:key>/", notes.note_edit, name="workspace_contact_note_edit"),
    path("notes/<uuid:key>/delete/", notes.note_delete, name="workspace_contact_note_delete"),
    path("files/<uuid:key>/", attachments.attachment_open, name="workspace_contact_file"),
    path("files/<uuid:key>/delete/", attachments.attachment_delete, name="workspace_contact_file_delete"),
    path("download/<str:token>/", attachments.attachment_download, name="workspace_download"),
]
