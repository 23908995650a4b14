"""Tenants' states, invitations and files go back by their verbs; where nothing can go back, the page says why."""

from __future__ import annotations

import functools
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from console.operations.models import AuditEvent
from console.operations.sessions import open_session
from console.operations.trail import tracked_models
from console.operations.trail.related import ties
from console.operations.trail.reverting import way_of
from console.workspace.attachments import attach
from console.workspace.models import Attachment, Contact, ContactTag, Tag
from tenancy import TenantRefused, audit, invitations, lifecycle, staff_scope, system_scope, tenant_scope
from tenancy.models import Invitation, Tenant, TenantPurge, UserTenantMembership
from tests.factories import make_membership, make_user

from .test_reverting import newest, post, revert_url

TENANT, INVITATION, ATTACHMENT = "tenancy.tenant", "tenancy.invitation", "workspace.attachment"
RIGHTS = ("operations.revert_history", "operations.browse_history", "tenancy.change_tenant")


def at_work(root, tenant):
    with staff_scope(actor=root.user, reason="test"):
        open_session(tenant, by=root.user, reason="a mistake", ticket="T-1")


def verbs():
    with system_scope(reason="test"):
        return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def test_every_kind_with_a_history_has_a_way_back():
    assert [label for label in tracked_models() if way_of(label) is None] == []


@pytest.fixture
def life(tenant_a):
    """A tenant that was suspended until a day, then archived: its history rows by state."""
    until = timezone.now() + timedelta(days=9)
    with system_scope(reason="test"):
        lifecycle.suspend_tenant(tenant_a, by=None, reason="unpaid", until=until)
        lifecycle.archive_tenant(tenant_a, by=None, reason="left")
        rows = {row.state: row for row in tenant_a.history.order_by("history_id")}
    return tenant_a, rows, until


def test_an_archived_tenant_goes_back_to_its_suspension_with_its_words_and_end(root, life):
    tenant, rows, until = life
    page = root.get(revert_url(TENANT, rows["suspended"])).content.decode()
    assert 'value="state" checked' in page
    assert 'value="suspended_reason"' not in page
    assert "is_active" not in page  # goes with the state
    post(root, TENANT, rows["suspended"], newest(tenant).history_id, "state", reason="paid half")
    with system_scope(reason="test"):
        tenant = Tenant.objects.get(pk=tenant.pk)
    assert (tenant.state, tenant.suspended_reason, tenant.suspended_until) == ("suspended", "unpaid", until)
    assert tenant.archived_at is None
    assert verbs()[-3:] == ["tenant.restored", "tenant.suspended", "history.reverted"]


def test_a_closed_tenant_goes_back_to_active_and_a_running_one_to_the_archive(root, life):
    tenant, rows, _until = life
    with system_scope(reason="test"):
        first = tenant.history.order_by("history_id").first()
    post(root, TENANT, first, newest(tenant).history_id, "state")
    with system_scope(reason="test"):
        assert Tenant.objects.get(pk=tenant.pk).state == "active"
    post(root, TENANT, rows["archived"], newest(tenant).history_id, "state", reason="left after all")
    with system_scope(reason="test"):
        again = Tenant.objects.get(pk=tenant.pk)
        assert (again.state, again.history.first().history_change_reason) == ("archived", "left after all")
    assert verbs()[-4:] == ["tenant.restored", "history.reverted", "tenant.archived", "history.reverted"]


def test_a_state_wants_the_right_of_its_dialog_and_the_verb_still_refuses(root, staff_client, life):
    tenant, rows, _until = life
    seen = {"fields": ["state"], "seen": newest(tenant).history_id, "reason": "x"}
    where = revert_url(TENANT, rows["suspended"])
    renamer = staff_client(*RIGHTS)
    assert b'value="state"' not in renamer.get(where).content
    assert renamer.post(where, seen).status_code == 403
    assert b'value="state"' in staff_client(*RIGHTS, "tenancy.suspend_tenant").get(where).content
    with system_scope(reason="test"):
        TenantPurge.objects.create(tenant_key=tenant.pk, reason="left")
    assert b"purge is ordered" in root.post(where, seen).content
    with system_scope(reason="test"):
        assert Tenant.objects.get(pk=tenant.pk).state == "archived"
        Tenant.objects.filter(pk=tenant.pk).update(state="purged")
    page = root.get(where).content.decode()
    assert "nothing of it is left" in page
    assert 'name="fields"' not in page
    assert 'name="reason"' not in page


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    return functools.partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def invitation(tenant_a):
    with system_scope(reason="test"):
        made = invitations.invite("ada@example.test", tenant_a, "admin", by=None)
        invitations.revoke(made, by=None, reason="wrong person")
        made.first = made.history.order_by("history_id").first()
    mail.outbox.clear()
    return made


def test_a_revoked_invitation_opens_again_with_a_new_link(root, invitation, commits):
    page = root.get(revert_url(INVITATION, invitation.first)).content.decode()
    assert 'value="revoked_at" checked' in page
    assert "a new mail, a new link" in page
    before = newest(invitation)
    with system_scope(reason="test"):
        old = Invitation.objects.get(pk=invitation.pk).token_hash
    with commits():
        post(root, INVITATION, invitation.first, before.history_id, "revoked_at")
    with system_scope(reason="test"):
        again = Invitation.objects.get(pk=invitation.pk)
    assert again.is_open
    assert again.token_hash != old
    assert again.sent_count == 2
    assert [message.to for message in mail.outbox] == [["ada@example.test"]]
    assert [verb for verb in verbs() if verb.startswith(("invitation", "history"))][-2:] == [
        "invitation.reinstated",
        "history.reverted",
    ]
    post(root, INVITATION, before, newest(invitation).history_id, "revoked_at", reason="wrong after all")
    with system_scope(reason="test"):
        assert not Invitation.objects.get(pk=invitation.pk).is_open


def test_an_invitation_does_not_open_beside_another_nor_for_a_member(tenant_a, invitation):
    with system_scope(reason="test"):
        other = invitations.invite("ada@example.test", tenant_a, "member", by=None)
        with pytest.raises(TenantRefused, match="invited already") as refused:
            invitations.reinstate(invitation, by=None)
        assert refused.value.code == "already_invited"
        with pytest.raises(TenantRefused) as refused:
            invitations.reinstate(other, by=None)
        assert refused.value.code == "not_revoked"
        invitations.revoke(other, by=None)
        make_membership(tenant_a, make_user("ada@example.test"))
        with pytest.raises(TenantRefused) as refused:
            invitations.reinstate(invitation, by=None)
        assert refused.value.code == "already_member"
        Invitation.objects.filter(pk=invitation.pk).update(accepted_at=timezone.now(), revoked_at=None)
        with pytest.raises(TenantRefused) as refused:
            invitations.reinstate(Invitation.objects.get(pk=invitation.pk), by=None)
        assert refused.value.code == "accepted"


def test_a_used_invitation_says_that_the_membership_is_what_changes(root, tenant_a, invitation):
    with system_scope(reason="test"):
        used = Invitation.objects.get(pk=invitation.pk)
        used.revoked_at, used.accepted_at = None, timezone.now()
        used.save()
    page = root.get(revert_url(INVITATION, invitation.first)).content.decode()
    assert "a membership came of it" in page
    assert reverse("admin:tenant_page", args=[tenant_a.pk]) in page
    assert 'name="fields"' not in page
    refused = post(root, INVITATION, invitation.first, newest(used).history_id, "revoked_at")
    assert b"a membership came of it" in refused.content
    assert "history.reverted" not in verbs()


def test_a_deleted_invitation_returns_as_a_new_one(root, tenant_a, invitation, commits):
    with system_scope(reason="test"):
        key = invitation.pk
        Invitation.objects.get(pk=key).delete()
        row = Invitation.history.filter(id=key).first()
    with commits():
        post(root, INVITATION, row, row.history_id)
    with system_scope(reason="test"):
        made = Invitation.objects.get(tenant=tenant_a, email="ada@example.test")
    assert (made.pk != key, made.role, made.is_open, len(mail.outbox)) == (True, "admin", True, 1)


@pytest.fixture
def deleted_file(tenant_a, commits, settings, tmp_path):
    """The last history row of a deleted attachment, and the bytes it had."""
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.filter(tenant=tenant_a).first().user
        contact = Contact.objects.create(tenant=tenant_a, first_name="Ada", email="ada@example.test")
    settings.MEDIA_ROOT = tmp_path
    body = b"Name;Town\nAda;London\n"
    with tenant_scope(tenant_a.pk):
        made = attach(contact, SimpleUploadedFile("towns.csv", body, "text/csv"), by=owner)
    with commits(), system_scope(reason="test"):
        storage, path, key = made.file.storage, made.file.name, made.pk
        made.delete()
    with system_scope(reason="test"):
        return Attachment.history.filter(id=key).first(), storage, path, body


def test_a_deleted_file_returns_while_its_bytes_stand_there_and_says_why_not_otherwise(root, tenant_a, deleted_file):
    row, storage, path, body = deleted_file
    at_work(root, tenant_a)
    assert not storage.exists(path)
    page = root.get(revert_url(ATTACHMENT, row)).content.decode()
    assert "Its bytes were deleted with it" in page
    assert 'name="reason"' not in page
    assert reverse("admin:tenant_page", args=[tenant_a.pk]) in page
    assert b"Its bytes were deleted" in post(root, ATTACHMENT, row, row.history_id).content
    storage.save(path, SimpleUploadedFile("x", b"other bytes"))
    assert b"Its bytes were deleted" in post(root, ATTACHMENT, row, row.history_id).content
    storage.delete(path)
    storage.save(path, SimpleUploadedFile("x", body))
    post(root, ATTACHMENT, row, row.history_id, reason="back from the backup")
    with system_scope(reason="test"):
        again = Attachment.objects.get(pk=row.id)
        with again.file.open() as stored:
            assert stored.read() == body
    assert "history.restored" in verbs()


def test_what_goes_back_elsewhere_is_named_and_led_to(root, tenant_a):
    person = root.user
    with system_scope(reason="test"):
        before = person.history.first()
        person.is_staff, person.full_name = True, "Somebody Else"
        person.email = "moved@example.test"
        with audit.changing(by=None, reason="moved"):
            person.save()
    page = root.get(revert_url("accounts.user", before)).content.decode()
    assert 'value="full_name"' in page
    assert 'value="email"' not in page
    assert "(not from here)" in page
    assert reverse("admin:person_page", args=[person.pk]) in page


def test_the_tags_of_a_contact_as_of_a_moment(root, tenant_a):
    start = timezone.now() - timedelta(days=5)

    def on(day):
        return audit.changing(by=None, at=start + timedelta(days=day))

    with system_scope(reason="test"):
        with on(0):
            contact = Contact.objects.create(tenant=tenant_a, first_name="Ada", email="ada@example.test")
            tags = {name: Tag.objects.create(tenant=tenant_a, name=name) for name in ("Gold", "Press", "Supplier")}
            first = ContactTag.objects.create(tenant=tenant_a, contact=contact, tag=tags["Gold"])
            ContactTag.objects.create(tenant=tenant_a, contact=contact, tag=tags["Press"])
        with on(2):
            first.delete()
            ContactTag.objects.create(tenant=tenant_a, contact=contact, tag=tags["Supplier"])
        with on(3):
            tags["Press"].name = "Media"
            tags["Press"].save()
    at_work(root, tenant_a)
    where = reverse("admin:audit_object", args=["workspace.contact", contact.pk])

    names = {str(tag.pk): name for name, tag in tags.items()}

    def cells(day):
        page = root.get(where, {"at": (start + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%S")})
        (tie,) = page.context["ties"]
        ends = [sorted(names[key] for _label, key, _words in side) for side in (tie.then, tie.now)]
        return (*ends, tie.is_changed), page.content.decode()

    found, page = cells(1)
    assert found == (["Gold", "Press"], ["Press", "Supplier"], True)
    assert f'{reverse("admin:audit_object", args=["workspace.tag", tags["Gold"].pk])}">•••' in page
    assert "Gold" not in page  # a customer's own words are covered here as everywhere
    assert cells(2.5)[0] == (["Press", "Supplier"], ["Press", "Supplier"], False)
    with system_scope(reason="test"):
        newest_row = contact.history.first()
        (tie,) = ties(newest_row, start + timedelta(days=2.5), hides=lambda row, name: False)
        assert [end[2] for end in tie.then] == ["Press", "Supplier"]
        assert [end[2] for end in tie.now] == ["Media", "Supplier"]
        Contact.objects.get(pk=contact.pk).delete()
    assert cells(1)[0] == (["Gold", "Press"], ["Press", "Supplier"], True)
