"""A workspace with records in it, for each of the two tenants."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from console.members.models import MemberImport
from console.workspace.models import Attachment, BulkTagging, Contact, ContactTag, Note, Tag, TenantExport
from tenancy import system_scope, tenant_scope
from tenancy.models import Invitation

from ...factories import make_membership

SENTINEL = "Sentinelword"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Files of a test stay with the test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def make_records(tenant, word):
    """One record of each kind that carries `word`."""
    with tenant_scope(tenant):
        contact = Contact.objects.create(
            first_name=word,
            last_name="Person",
            email=f"{word.lower()}@example.test",
            company=f"{word} Ltd",
            phone="+1 555",
        )
        note = Note.objects.create(contact=contact, body=f"{word} was here")
        tag = Tag.objects.create(name=f"{word} friends")
        ContactTag.objects.create(contact=contact, tag=tag)
        attachment = Attachment(
            contact=contact, tenant=tenant, name=f"{word}.txt", content_type="text/plain", size=4, sha256="0" * 64
        )
        attachment.file.save("x", ContentFile(b"text"), save=True)
        export = TenantExport.objects.create(state="ready", file=ContentFile(word.encode(), name="x"))
        upload = MemberImport.objects.create(
            tenant=tenant,
            target="contacts",
            number=MemberImport.objects.count() + 1,
            file_name=f"{word}.csv",
            keep_until=timezone.now(),
        )
        tagging = BulkTagging.objects.create(tag=tag, text=word)
        member = make_membership(tenant, role="member", display_name=f"{word} colleague")
        invitation = Invitation.objects.create(
            tenant=tenant,
            email=f"{word.lower()}.invited@example.test",
            role="viewer",
            token_hash=f"{word:x<64}",
            expires_at=timezone.now() + timedelta(days=7),
        )
    return SimpleNamespace(
        export=export,
        tagging=tagging,
        upload=upload,
        contact=contact,
        note=note,
        tag=tag,
        attachment=attachment,
        member=member,
        invitation=invitation,
    )


@pytest.fixture
def own(tenant_a, media):
    return make_records(tenant_a, "Ownword")


@pytest.fixture
def other(tenant_b, media):
    return make_records(tenant_b, SENTINEL)


@pytest.fixture
def enter(client):
    """Sign the client in as a member of a tenant with a role; returns the membership."""

    def entered(tenant, role="member", **fields):
        membership = make_membership(tenant, role=role, **fields)
        client.force_login(membership.user)
        return membership

    return entered


@pytest.fixture
def walk(client, django_capture_on_commit_callbacks):
    """Upload, check and confirm a file; returns the import."""

    def walked(kind, content, name="people.csv", mapping=None, **choices):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(
                f"/t/northwind/{kind}/import/",
                {"file": SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())},
                follow=True,
            )
        assert answer.status_code == 200, answer.content.decode()
        address = answer.redirect_chain[-1][0]
        with system_scope(reason="test"):
            item = MemberImport.objects.get(pk=address.split("/")[-2])
        names = mapping or {}
        columns = {
            f"column{number}": names.get(column["name"], column["field"])
            for number, column in enumerate(item.detected["columns"])
        }
        for act in ({"act": "check", **columns, **choices}, {"act": "confirm"}):
            with django_capture_on_commit_callbacks(execute=True):
                assert client.post(address, act).status_code == 302
        with system_scope(reason="test"):
            item.refresh_from_db()
        return item, client.get(address).content.decode()

    return walked


@pytest.fixture
def take_back(client, django_capture_on_commit_callbacks):
    """Undo an import through its page; returns it and the page."""

    def taken(item):
        address = f"/t/northwind/imports/{item.pk}/"
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(address, {"act": "undo"}).status_code == 302
        with system_scope(reason="test"):
            item.refresh_from_db()
        return item, client.get(address).content.decode()

    return taken
