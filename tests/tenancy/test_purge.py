"""The end of a tenant: after its waiting period every row and file goes, and only by the one way there is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from console.operations.models import AuditEvent, StaffNote
from pii.models import DataRequest, LegalHold
from tenancy import TenantRefused, jobs, lifecycle, staff_scope, system_scope, tenant_scope
from tenancy.files import tenant_prefix
from tenancy.models import SettingChange, Tenant, TenantPurge, UserTenantMembership
from tenancy.purge import carry_out_purge, purge_tenant, purged_tables
from tests.factories import make_membership, make_user
from tests.fleet import fleet

FLOORED = "SELECT count(*) FROM {table} WHERE {column} = %s"


@pytest.fixture
def archived(tenant_a, tenant_b, settings, tmp_path):
    """Both tenants with a row of everything; the first is archived, its waiting period over."""
    settings.MEDIA_ROOT = tmp_path
    fleet(tenant_a, tenant_b)
    with system_scope(reason="test"):
        lifecycle.archive_tenant(tenant_a, by=None, reason="left")
        Tenant.objects.filter(pk=tenant_a.pk).update(archived_at=timezone.now() - timedelta(days=31))
    return tenant_a


def rows_of(tenant):
    """How many rows of a tenant stand in each purged table."""
    with system_scope(reason="test"), connection.cursor() as cursor:
        found = {}
        for table, column in purged_tables().items():
            cursor.execute(FLOORED.format(table=table, column=column), [tenant.pk])
            found[table] = cursor.fetchone()[0]
    return found


def refused(tenant, **given):
    with system_scope(reason="test"), pytest.raises(TenantRefused) as refusal:
        purge_tenant(tenant, **{"by": None, "reason": "contract ended", **given})
    return refusal.value.code


def test_nothing_of_the_tenant_is_left_and_all_of_the_other(archived, tenant_b, django_capture_on_commit_callbacks):
    boss, approver = make_user("boss@example.test"), make_user()
    both = make_membership(archived)
    make_membership(tenant_b, both.user)
    before, others = rows_of(archived), rows_of(tenant_b)
    assert sum(bool(number) for number in before.values()) > 15, before
    with system_scope(reason="test"):
        StaffNote.objects.create(tenant=archived, text="Owes us a call")
        people = UserTenantMembership.objects.filter(tenant=archived).count()
    assert default_storage.listdir(tenant_prefix(archived.pk).rstrip("/"))[0]
    with django_capture_on_commit_callbacks(execute=True), system_scope(reason="test"):
        purge_tenant(archived, by=boss, reason="contract ended", approved_by=approver)
    after = rows_of(archived)
    assert after.pop("console_historicaltenant") == 1  # the one that says it was purged, and by whom
    assert set(after.values()) == {0}
    assert rows_of(tenant_b) == others
    with pytest.raises(FileNotFoundError):
        default_storage.listdir(tenant_prefix(archived.pk).rstrip("/"))
    assert default_storage.listdir(tenant_prefix(tenant_b.pk).rstrip("/"))[0]
    with system_scope(reason="test"):
        purge = TenantPurge.objects.get(tenant_key=archived.pk)
        left = Tenant.objects.get(pk=archived.pk)
        last = AuditEvent.objects.filter(tenant_key=archived.pk).latest("id")
        assert not StaffNote.objects.exists()
    assert (left.state, left.settings, "orthwind" in left.name + left.slug) == ("purged", {}, False)
    assert (purge.ordered_by_id, purge.approved_by_id, purge.reason) == (boss.pk, approver.pk, "contract ended")
    report = purge.report
    assert {name: report["rows"][name] for name in before} == before
    assert report["rows"]["operations_staffnote"] == 1
    assert report["files"] >= 2
    assert report["accounts_left_without_tenant"] == people - 1
    assert (last.verb, last.details["rows"]) == ("tenant.purged", sum(report["rows"].values()))


def test_accounts_belong_to_their_people(archived, django_capture_on_commit_callbacks):
    member = make_membership(archived)
    with django_capture_on_commit_callbacks(execute=True), system_scope(reason="test"):
        purge_tenant(archived, by=None, reason="contract ended")
    with system_scope(reason="test"):
        member.user.refresh_from_db()
    assert member.user.is_active


def test_a_purge_waits_for_the_archive_and_its_period(tenant_a, settings):
    assert refused(tenant_a) == "not_archived"
    with system_scope(reason="test"):
        lifecycle.suspend_tenant(tenant_a, by=None, reason="unpaid")
        assert refused(tenant_a) == "not_archived"
        lifecycle.archive_tenant(tenant_a, by=None, reason="left")
    assert refused(tenant_a) == "waiting"
    assert refused(tenant_a, reason=" ") == "reason_required"
    settings.TENANCY = {**settings.TENANCY, "PURGE_WAIT_DAYS": 0}
    with system_scope(reason="test"):
        lifecycle.restore_tenant(tenant_a, by=None)
        assert refused(tenant_a) == "not_archived"
        lifecycle.archive_tenant(tenant_a, by=None, reason="left")
        purge_tenant(tenant_a, by=None, reason="contract ended")
        assert refused(tenant_a) == "purge_ordered"
        with pytest.raises(TenantRefused) as refusal:
            lifecycle.restore_tenant(tenant_a, by=None)
    assert refusal.value.code == "purge_ordered"


def test_holds_and_open_requests_stop_it_even_after_the_order(archived):
    with system_scope(reason="test"):
        member = UserTenantMembership.objects.filter(tenant=archived).first()
        today = timezone.now().date()
        for about in (
            {"tenant": archived},
            {"model": "accounts.User", "key": str(member.user_id)},
            {"model": "tenancy.UserTenantMembership", "key": str(member.pk)},
        ):
            hold = LegalHold.objects.create(ground="lawsuit", **about)
            assert refused(archived) == "legal_hold", about
            hold.released_at = timezone.now()
            hold.save()
        asked = DataRequest.objects.create(
            number="R-1", kind="access", tenant=archived, received_at=timezone.now(), due_on=today
        )
        assert refused(archived) == "privacy_request"
        DataRequest.objects.filter(pk=asked.pk).update(state="done")
        purge = purge_tenant(archived, by=None, reason="contract ended")
        LegalHold.objects.create(ground="lawsuit", tenant=archived)
    before = rows_of(archived)
    with pytest.raises(TenantRefused, match="legal hold"):
        jobs.run(jobs.Order("tenancy.purge", str(purge.pk)))
    assert rows_of(archived) == before


def test_a_purged_tenant_is_over(archived, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), system_scope(reason="test"):
        purge = purge_tenant(archived, by=None, reason="contract ended")
    with system_scope(reason="test"):
        for verb in (lifecycle.restore_tenant, lifecycle.archive_tenant, lifecycle.suspend_tenant):
            with pytest.raises(TenantRefused) as refusal:
                verb(archived, by=None, reason="x")
            assert refusal.value.code == "purged"
    finished = carry_out_purge(purge.pk)
    with system_scope(reason="test"):
        assert AuditEvent.objects.filter(verb="tenant.purged").count() == 1
    assert finished.finished_at is not None


def test_a_killed_purge_goes_on_with_the_files(archived, monkeypatch, django_capture_on_commit_callbacks):
    def killed(tenant_id):
        raise OSError("no disk")

    with system_scope(reason="test"):
        purge = purge_tenant(archived, by=None, reason="contract ended")
    with monkeypatch.context() as broken:
        broken.setattr("tenancy.purge.remove_files", killed)
        with pytest.raises(OSError, match="no disk"):
            carry_out_purge(purge.pk)
    assert sum(rows_of(archived).values()) == 1
    assert default_storage.listdir(tenant_prefix(archived.pk).rstrip("/"))[0]
    assert carry_out_purge(purge.pk).report["files"] >= 2


REFUSED = [
    ("no order stands", "tenancy_settingchange", "tenant_id", "no purge"),
    ("the tenant is not archived", "tenancy_settingchange", "tenant_id", "no purge"),
    ("another scope", "tenancy_settingchange", "tenant_id", "system scope"),
    ("a table of everybody's", "auth_group", "id", "holds no rows of tenants"),
    ("another column", "tenancy_usertenantmembership", "user_id", "holds no rows of tenants"),
    ("the tenant's own row", "tenancy_tenant", "id", "holds no rows of tenants"),
]


@pytest.mark.parametrize(("case", "table", "column", "words"), REFUSED, ids=[one[0] for one in REFUSED])
def test_the_database_opens_the_way_for_an_ordered_purge_alone(archived, case, table, column, words):
    scope = system_scope(reason="test")
    with scope:
        if case != "no order stands":
            TenantPurge.objects.create(tenant_key=archived.pk, reason="x")
        if case == "the tenant is not archived":
            Tenant.objects.filter(pk=archived.pk).update(state="suspended", archived_at=None)
    if case == "another scope":
        scope = staff_scope(actor=make_user(), reason="test")
    with scope:
        assert words in asked("SELECT tenancy.purge_rows(%s, %s::regclass, %s)", archived.pk, table, column)


def asked(sql, *params):
    """What the database answers to a statement that it refuses."""
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, list(params))
    return str(refusal.value)


def test_no_role_deletes_history_while_a_purge_stands_open(archived):
    """The order opens the function, nothing else: a plain DELETE stays refused in every scope."""
    with system_scope(reason="test"):
        TenantPurge.objects.create(tenant_key=archived.pk, reason="x")
    for scope in (system_scope(reason="test"), tenant_scope(archived)):
        for table in ("tenancy_settingchange", "console_historicalusertenantmembership", "operations_auditevent"):
            with scope:
                assert "permission denied" in asked(f"DELETE FROM {table}"), (scope, table)
    with tenant_scope(archived):
        call = "SELECT tenancy.purge_rows(%s, 'tenancy_settingchange'::regclass, 'tenant_id')"
        assert "permission denied" in asked(call, archived.pk)
    with system_scope(reason="test"):
        assert SettingChange.objects.filter(tenant=archived).exists()
