"""Addresses of the workspace; behind /t/<slug>/ or a subdomain they are that tenant's, else the session's."""

from django.urls import path

from .views import activity, attachments, bulk, contacts, home, invitations, members, notes, tags

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
    path("members/", members.member_list, name="workspace_members"),
    path("members/invite/", invitations.invitation_create, name="workspace_member_invite"),
    path("members/invitations/<uuid:key>/resend/", invitations.invitation_resend, name="workspace_member_resend"),
    path("members/invitations/<uuid:key>/revoke/", invitations.invitation_revoke, name="workspace_member_revoke"),
    path("members/transfer/", members.member_transfer, name="workspace_member_transfer"),
    path("members/leave/", members.member_leave, name="workspace_member_leave"),
    path("members/<uuid:key>/", members.member_detail, name="workspace_member"),
    path("members/<uuid:key>/role/", members.member_role, name="workspace_member_role"),
    path("members/<uuid:key>/deactivate/", members.member_deactivate, name="workspace_member_deactivate"),
    path("members/<uuid:key>/reactivate/", members.member_reactivate, name="workspace_member_reactivate"),
    path("activity/", activity.activity, name="workspace_audit"),
    path("download/<str:token>/", attachments.attachment_download, name="workspace_download"),
]
