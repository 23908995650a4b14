"""A workspace with records in it, for each of the two tenants."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from console.members.models import MemberImport
from console.workspace.models import Attachment, BulkTagging, Contact, ContactTag, Note, Tag, TenantExport
from tenancy import tenant_scope
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
