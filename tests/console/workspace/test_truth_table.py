"""Every page of the workspace, every role, own, another tenant's and absent row, generated from the URLs."""

import uuid
from dataclasses import dataclass, field

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console.workspace.downloads import sign_download
from console.workspace.models import Attachment, BulkTagging, Contact, ContactTag, Note, Tag
from console.workspace.urls import urlpatterns
from tenancy import system_scope, tenant_scope
from tenancy.models import Invitation, UserTenantMembership
from tenancy.roles import Action, Role, can

from ...factories import make_membership, make_user
from .conftest import SENTINEL

READ, WRITE, MANAGE = Action.RECORDS_READ, Action.RECORDS_WRITE, Action.MEMBERS_MANAGE


@dataclass
class Case:
    """How a page is asked: method, action, which record its address names, what is posted, what the allowed get."""

    action: Action | None
    path: str
    record: str = ""
    method: str = "get"
    data: dict = field(default_factory=dict)
    answer: int = 200

    def address(self, key):
        return self.path.format(key=key)


def upload():
    return {"file": SimpleUploadedFile("note.txt", b"hello")}


CASES = {
    "home": Case(None, "/"),
    "workspace_matrix": Case(None, "/roles/"),
    "workspace_contacts": Case(READ, "/contacts/"),
    "workspace_contact_create": Case(WRITE, "/contacts/new/"),
    "workspace_contact_bulk_tag": Case(WRITE, "/contacts/tag/", method="post", data={"name": "x"}, answer=302),
    "workspace_contact_tagging": Case(WRITE, "/contacts/tag/{key}/", "tagging", "post", answer=302),
    "workspace_contact_tags": Case(READ, "/contacts/tags/"),
    "workspace_contact_tag_edit": Case(WRITE, "/contacts/tags/{key}/", "tag"),
    "workspace_contact_tag_delete": Case(WRITE, "/contacts/tags/{key}/delete/", "tag", "post", answer=302),
    "workspace_contact": Case(READ, "/contacts/{key}/", "contact"),
    "workspace_contact_edit": Case(WRITE, "/contacts/{key}/edit/", "contact"),
    "workspace_contact_delete": Case(WRITE, "/contacts/{key}/delete/", "contact", "post", answer=302),
    "workspace_contact_tag": Case(WRITE, "/contacts/{key}/tags/", "contact", "post", {"name": "x"}, 302),
    "workspace_contact_untag": Case(WRITE, "/contacts/{key}/tags/{tag}/remove/", "contact", "post", answer=302),
    "workspace_contact_note_create": Case(WRITE, "/contacts/{key}/notes/", "contact", "post", {"body": "x"}, 302),
    "workspace_contact_file_create": Case(WRITE, "/contacts/{key}/files/", "contact", "post", {"file": upload}, 302),
    "workspace_contact_note_edit": Case(WRITE, "/notes/{key}/", "note", "post", {"body": "new"}, 302),
    "workspace_contact_note_delete": Case(WRITE, "/notes/{key}/delete/", "note", "post", answer=302),
    "workspace_contact_file": Case(READ, "/files/{key}/", "attachment", answer=302),
    "workspace_contact_file_delete": Case(WRITE, "/files/{key}/delete/", "attachment", "post", answer=302),
    "workspace_members": Case(Action.MEMBERS_READ, "/members/"),
    "workspace_member_invite": Case(
        MANAGE, "/members/invite/", method="post", data={"email": "new@example.test", "role": "viewer"}, answer=302
    ),
    "workspace_member_resend": Case(MANAGE, "/members/invitations/{key}/resend/", "invitation", "post", answer=302),
    "workspace_member_revoke": Case(MANAGE, "/members/invitations/{key}/revoke/", "invitation", "post", answer=302),
    "workspace_member_transfer": Case(Action.OWNERSHIP_TRANSFER, "/members/transfer/"),
    "workspace_member_leave": Case(None, "/members/leave/"),
    "workspace_member": Case(MANAGE, "/members/{key}/", "member"),
    "workspace_member_role": Case(MANAGE, "/members/{key}/role/", "member", "post", {"role": "viewer"}, 302),
    "workspace_member_deactivate": Case(MANAGE, "/members/{key}/deactivate/", "member", "post", answer=302),
    "workspace_member_reactivate": Case(MANAGE, "/members/{key}/reactivate/", "member", "post", answer=302),
    "workspace_privacy": Case(Action.PRIVACY_MANAGE, "/privacy/"),
    "workspace_privacy_find": Case(Action.PRIVACY_MANAGE, "/privacy/find/"),
    "workspace_privacy_kept": Case(Action.PRIVACY_MANAGE, "/privacy/kept/"),
    "workspace_privacy_record": Case(Action.PRIVACY_MANAGE, "/privacy/record/"),
    "workspace_audit": Case(Action.AUDIT_READ, "/activity/"),
    "workspace_contact_csv": Case(Action.RECORDS_IMPORT, "/contacts/export.csv"),
    "workspace_contact_xlsx": Case(Action.RECORDS_IMPORT, "/contacts/export.xlsx"),
    "workspace_export": Case(Action.TENANT_EXPORT, "/export/"),
    "workspace_export_open": Case(Action.TENANT_EXPORT, "/export/{key}/", "export", answer=302),
    "workspace_export_download": Case(Action.TENANT_EXPORT, "/export/download/{token}/", "export"),
    "workspace_settings": Case(Action.SETTINGS_MANAGE, "/settings/"),
    "workspace_settings_history": Case(Action.SETTINGS_MANAGE, "/settings/history/"),
    "workspace_contact_import": Case(Action.RECORDS_IMPORT, "/contacts/import/"),
    "workspace_member_import": Case(MANAGE, "/members/import/"),
    "workspace_import": Case(Action.RECORDS_IMPORT, "/imports/{key}/", "upload", "post", {"act": "discard"}, 302),
    "workspace_import_refused": Case(Action.RECORDS_IMPORT, "/imports/{key}/refused/", "upload", answer=302),
    "workspace_download": Case(READ, "/download/{token}/", "attachment"),
}
OUTSIDE = {
    "workspace_privacy_rectify": "keyed by a request: tests/console/workspace/test_privacy_tools.py",
    "workspace_privacy_request": "keyed by a request: tests/console/workspace/test_privacy.py",
    "workspace_privacy_review": "keyed by a request: tests/console/workspace/test_privacy.py",
    "workspace_privacy_package": "keyed by a request: tests/console/workspace/test_privacy.py",
    "workspace_choose": "belongs to a person and not to a tenant: tests/console/workspace/test_landing.py",
    "workspace_settings_group": "its parameter is a declared group: tests/console/workspace/test_settings.py",
}


def test_every_page_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == set(CASES) | set(OUTSIDE)


def token_of(record, user):
    with tenant_scope(record.tenant_id):
        return sign_download(record, user)


def ask(client, slug, case, record, user):
    path = case.path
    if "{token}" in path:
        path = path.replace("{token}", token_of(record, user) if hasattr(record, "pk") else "forged")
    path = path.replace("{tag}", str(getattr(record, "tag_key", uuid.uuid4())))
    path = path.replace("{key}", str(getattr(record, "pk", record)))
    data = {name: value()[name] if callable(value) else value for name, value in case.data.items()}
    return getattr(client, case.method)(f"/t/{slug}{path}", data)


def everything():
    """All rows of all tenants, to see that a refusal changed nothing."""
    with system_scope(reason="test"):
        return {
            model.__name__: sorted(map(str, model.objects.values_list()))
            for model in (Contact, Note, Tag, ContactTag, Attachment, BulkTagging, UserTenantMembership, Invitation)
        }


@pytest.mark.parametrize("role", [*Role.values, "anonymous", "stranger", "removed"])
@pytest.mark.parametrize("name", CASES)
def test_page(client, tenant_a, tenant_b, own, other, media, name, role):
    case = CASES[name]
    own.contact.tag_key, other.contact.tag_key = own.tag.pk, other.tag.pk
    user = make_user()
    if role in Role.values:
        make_membership(tenant_a, user, role)
    elif role == "stranger":
        make_membership(tenant_b, user, "owner")
    elif role == "removed":
        make_membership(tenant_a, user, "owner", is_active=False)
    if role != "anonymous":
        client.force_login(user)
    before = everything()
    allowed = role in Role.values and (case.action is None or can(role, case.action))

    if case.record:
        for record in (getattr(other, case.record), uuid.uuid4()):
            answer = ask(client, "northwind", case, record, user)
            expected = {"anonymous": 302, "stranger": 404, "removed": 404}.get(role, 404 if allowed else 403)
            assert answer.status_code == expected, record
            if role == "anonymous":
                assert answer["Location"].startswith("/t/northwind/accounts/login/") or "login" in answer["Location"]
            if expected == 404 and allowed:
                refused_body = answer.content
                assert SENTINEL.encode() not in refused_body
        assert everything() == before

    answer = ask(client, "northwind", case, getattr(own, case.record) if case.record else "", user)
    expected = {"anonymous": 302, "stranger": 404, "removed": 404}.get(role, case.answer if allowed else 403)
    assert answer.status_code == expected
    if not allowed:
        assert everything() == before
    else:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert SENTINEL.encode() not in body
        assert "login" not in answer.get("Location", "")
