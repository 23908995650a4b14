"""States of an import: two at once, stopped, resumed, discarded, purged, forgotten, invited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from console.members import flow
from console.members.database import ROWS, run, value
from console.members.forgetting import forget
from console.members.jobs import purge
from console.members.models import ImportState, MemberImport
from tenancy import TenantRefused, system_scope, tenant_scope
from tenancy.models import Invitation
from tests.factories import make_membership, make_user

from .helpers import HEAD, imported, listed, member, members, previewed

TWO = HEAD + "anna@x.test,Anna,,,,\nben@x.test,Ben,,,,\n"


def fresh(item):
    with system_scope(reason="test"):
        return MemberImport.objects.select_related("tenant").get(pk=item.pk)


def staged(item):
    with system_scope(reason="test"):
        return value(f"SELECT count(*) FROM {ROWS} WHERE import_id = %(import)s", item)


def test_two_imports_of_one_tenant_do_not_run_at_once(tenant_a, tenant_b):
    first, second = previewed(tenant_a, TWO), previewed(tenant_a, TWO)
    other = previewed(tenant_b, TWO)
    with tenant_scope(tenant_a):
        flow.confirm(first, by=None)
        with pytest.raises(TenantRefused) as refused:
            flow.confirm(second, by=None)
    assert refused.value.code == "busy"
    assert fresh(second).state == "previewed"
    with tenant_scope(tenant_b):
        flow.confirm(other, by=None)


def test_a_confirmed_import_cannot_be_confirmed_again(tenant_a):
    item = imported(tenant_a, TWO)
    with tenant_scope(tenant_a), pytest.raises(TenantRefused) as refused:
        flow.confirm(item, by=None)
    assert refused.value.code == "wrong_state"


def test_a_run_whose_staged_rows_are_lost_fills_them_from_the_kept_file(tenant_a):
    item = previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
        run(f"DELETE FROM {ROWS} WHERE import_id = %(import)s", item)  # what a crash does to an unlogged table
        flow.run(fresh_in_scope(item))
    assert {"anna@x.test", "ben@x.test"} <= members(tenant_a)
    assert fresh(item).state == "done"


def fresh_in_scope(item):
    return MemberImport.objects.select_related("tenant").get(pk=item.pk)


def test_a_partial_run_goes_on_behind_the_last_chunk(tenant_a, monkeypatch):
    monkeypatch.setattr("console.members.merge.CHUNK", 1)
    item = previewed(tenant_a, TWO)
    asked = iter([True])
    monkeypatch.setattr("tenancy.jobs.cancelled", lambda: next(asked, False))
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
        flow.run(item)
        assert item.state == ImportState.STOPPED
        assert "ben@x.test" not in {row["key"] for row in listed(item, "unchanged")}
        assert item.applied["new"] == 1
        flow.run(fresh_in_scope(item))
    assert fresh(item).applied["new"] == 2
    assert {"anna@x.test", "ben@x.test"} <= members(tenant_a)


def test_a_strict_run_that_is_stopped_writes_nothing(tenant_a, monkeypatch):
    monkeypatch.setattr("console.members.merge.CHUNK", 1)
    item = previewed(tenant_a, TWO, strict=True)
    monkeypatch.setattr("tenancy.jobs.cancelled", lambda: True)
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
        flow.run(item)
    assert fresh(item).state == "stopped"
    assert fresh(item).applied == {}
    assert "anna@x.test" not in members(tenant_a)


def test_discarding_deletes_rows_and_file(tenant_a, kept_files, django_capture_on_commit_callbacks):
    item = previewed(tenant_a, TWO)
    assert (kept_files / item.file.name).is_file()
    with tenant_scope(tenant_a), django_capture_on_commit_callbacks(execute=True):
        flow.discard(item, by=None)
    assert (staged(item), fresh(item).state) == (0, "discarded")
    assert not (kept_files / f"tenants/{tenant_a.pk}/imports/{item.pk}").exists()
    with tenant_scope(tenant_a), pytest.raises(TenantRefused):
        flow.discard(item, by=None)


def test_the_kept_file_stands_under_the_tenant_s_prefix_without_its_name(tenant_a):
    item = previewed(tenant_a, TWO)
    assert item.file.name == f"tenants/{tenant_a.pk}/imports/{item.pk}"


def test_kept_files_are_purged_after_their_time_and_orphans_swept(
    tenant_a, kept_files, django_capture_on_commit_callbacks
):
    old, young, left = imported(tenant_a, TWO), imported(tenant_a, TWO), previewed(tenant_a, TWO)
    orphan = kept_files / f"tenants/{tenant_a.pk}/imports/0a0a0a0a-0000-4000-8000-000000000000"
    orphan.write_bytes(b"x")
    with system_scope(reason="test"):
        MemberImport.objects.filter(pk=old.pk).update(keep_until=timezone.now() - timedelta(days=1))
        MemberImport.objects.filter(pk=left.pk).update(created_at=timezone.now() - timedelta(days=8))
    with django_capture_on_commit_callbacks(execute=True):
        purge("0")
    assert [bool(fresh(item).file) for item in (old, young, left)] == [False, True, False]
    assert [staged(item) for item in (old, young, left)] == [0, 2, 0]
    assert fresh(left).state == "discarded"
    assert sorted(path.name for path in orphan.parent.iterdir()) == [str(young.pk)]


def test_an_erasure_takes_the_person_s_files_and_rows_and_no_others(
    tenant_a, tenant_b, django_capture_on_commit_callbacks
):
    hers, other = imported(tenant_a, TWO), imported(tenant_b, HEAD + "cy@x.test,Cy,,,,\n")
    refused = imported(tenant_b, HEAD + "Anna <anna@x.test> und Ben,Cy,,,,\n")
    with django_capture_on_commit_callbacks(execute=True):
        assert forget({"Anna@x.test"}) == 2
    assert (staged(hers), staged(refused), staged(other)) == (0, 0, 1)
    assert [bool(fresh(item).file) for item in (hers, refused, other)] == [False, False, True]
    assert forget({"anna@x.test"}) == 0


def test_new_people_are_invited_once_whether_they_have_an_account_or_not(
    tenant_a, tenant_b, django_capture_on_commit_callbacks
):
    make_membership(tenant_b, make_user("ben@x.test"))
    with django_capture_on_commit_callbacks(execute=True):
        item = imported(tenant_a, TWO, invite=True)
    assert sorted(message.to[0] for message in mail.outbox) == ["anna@x.test", "ben@x.test"]
    assert fresh(item).applied["invited"] == 2
    with django_capture_on_commit_callbacks(execute=True):
        imported(tenant_a, TWO, invite=True)
    assert len(mail.outbox) == 2


def test_an_imported_person_opens_the_account_by_the_mailed_link(tenant_a, django_capture_on_commit_callbacks):
    import re

    from console.accounts.joining import join_as_new

    with django_capture_on_commit_callbacks(execute=True):
        imported(tenant_a, TWO, invite=True)
    message = next(message for message in mail.outbox if message.to == ["anna@x.test"])
    token = re.search(r"/invitations/([\w-]+)", message.body).group(1)
    user, membership = join_as_new(token, full_name="Anna Weiß", password="correct horse battery")
    assert user.has_usable_password()
    assert membership.pk == member(tenant_a, "anna@x.test").pk


def test_an_undo_revokes_the_invitations(tenant_a, django_capture_on_commit_callbacks):
    from console.members import undo

    with django_capture_on_commit_callbacks(execute=True):
        item = imported(tenant_a, TWO, invite=True)
    with tenant_scope(tenant_a):
        item = fresh_in_scope(item)
        undo.request(item, by=None)
        undo.run(item)
        assert not Invitation.objects.filter(revoked_at=None).exists()
    assert fresh(item).applied["revoked"] == 2
