"""What staff may read without a staff session: the directory, named here table by table, and nothing else."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import connection
from django.urls import reverse

from console.members import flow
from console.members.database import ROWS
from console.models import JobRun
from console.operations.sessions import open_session
from tenancy import TenantScopeRequired, audit, staff_scope, system_scope, tenant_scope
from tenancy.db.declared import declared_tables
from tenancy.db.policies import quote
from tenancy.testing.isolation import owned_models
from tests.fleet import fleet

# Tables with a tenant's key that staff read as a whole; why: docs/decisions/0034-what-staff-see.md.
DIRECTORY = {
    "console_historicalinvitation",
    "console_historicaltenant",
    "console_historicalusertenantmembership",
    "console_jobrun",
    "members_memberimport",
    "operations_auditevent",
    "staging.import_row",  # of files of members; the policy asks each row, see below
    "tenancy_invitation",
    "tenancy_settingchange",
    "tenancy_tenant",
    "tenancy_usertenantmembership",
}


def visible(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {quote(table)})")
        return cursor.fetchone()[0]


def test_only_the_directory_is_open_to_staff(tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fleet(tenant_a, tenant_b)
    audit.record("tenant.visited", by=None, tenant=tenant_a)
    with system_scope(reason="test"):
        JobRun.objects.create(name="test", tenant_id=tenant_a.pk)
        tables = [name for name, policy in declared_tables(connection).items() if policy.floor]
        filled = {name for name in tables if visible(name)}
    with staff_scope(actor=1, reason="test"):
        seen = {name for name in tables if visible(name)}
    with staff_scope(actor=1, reason="test", content=frozenset([tenant_a.pk])):
        assert {name for name in tables if visible(name)} == filled
    assert seen == DIRECTORY - {ROWS}
    assert filled - seen, "there were records that could have shown"
    assert {model._meta.db_table for model in owned_models()} & filled - seen


def test_models_and_policies_agree_on_what_the_directory_is(tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fleet(tenant_a, tenant_b)
    for model in owned_models():
        with staff_scope(actor=1, reason="test"):
            if model.tenancy_visibility == "directory":
                assert model._meta.db_table in DIRECTORY
                model.objects.exists()
            else:
                assert model._meta.db_table not in DIRECTORY
                with pytest.raises(TenantScopeRequired):
                    model.objects.exists()


# Files on their way in ---------------------------------------------------------------------------------------------

PEOPLE = "email,name\nann@mill.test,Ann Sentinel\nnot an address,Sentinel\n"


@pytest.fixture
def previewed(tenant_a, settings, tmp_path):
    """`previewed(target)` is an import of A that waits for its confirmation, two rows staged."""
    settings.MEDIA_ROOT = tmp_path

    def make(target, by=None):
        with TemporaryDirectory() as folder, tenant_scope(tenant_a):
            path = Path(folder) / "people.csv"
            path.write_text(PEOPLE)
            item = flow.upload(tenant_a, path, name="people.csv", by=by, target=target)
            flow.preview(item)
        return item

    return make


def staged(item):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {ROWS} WHERE import_id = %s", [item.pk])
        return cursor.fetchone()[0]


def addresses(item):
    """Every page and file of the import that shows its rows."""
    own = [reverse("admin:members_memberimport_change", args=[item.pk])]
    own += [
        f"{reverse('admin:members_memberimport_change', args=[item.pk])}?list={name}" for name in ("new", "refused")
    ]
    own += [reverse("admin:members_memberimport_download", args=[item.pk, name]) for name in ("new", "refused")]
    return [*own, reverse("admin:members_memberimport_refused", args=[item.pk])]


def test_staged_rows_of_members_are_staffs_and_those_of_contacts_a_tenants_records(previewed, tenant_b):
    members, contacts = previewed("members"), previewed("contacts")
    with staff_scope(actor=1, reason="test"):
        assert (staged(members), staged(contacts)) == (2, 0)
    with staff_scope(actor=1, reason="test", content=frozenset([members.tenant_id])):
        assert (staged(members), staged(contacts)) == (2, 2)
    with tenant_scope(members.tenant_id):
        assert (staged(members), staged(contacts)) == (2, 2)
    with tenant_scope(tenant_b):
        assert (staged(members), staged(contacts)) == (0, 0)


def test_a_file_of_contacts_is_shown_in_a_staff_session_of_its_tenant_alone(previewed, root, tenant_a, tenant_b):
    item = previewed("contacts", by=root.user)
    verbs = ("sample", "check", "confirm", "reopen", "resume", "stop", "discard", "undo")

    def refused():
        for address in addresses(item):
            response = root.get(address)
            assert response.status_code == 302, address
            assert response["Location"] == reverse("admin:tenant_page", args=[tenant_a.pk])
        for verb in verbs:
            answer = root.post(reverse(f"admin:members_memberimport_{verb}", args=[item.pk]))
            assert answer["Location"] == reverse("admin:tenant_page", args=[tenant_a.pk])

    refused()
    with staff_scope(actor=root.user.pk, reason="test"):
        open_session(tenant_b, by=root.user, reason="another tenant's", ticket="T-1")
    refused()
    with staff_scope(actor=root.user.pk, reason="test"):
        open_session(tenant_a, by=root.user, reason="why a file fails", ticket="T-2")
    for address in addresses(item):
        assert root.get(address).status_code == 200, address
    download = root.get(reverse("admin:members_memberimport_download", args=[item.pk, "new"]))
    assert "ann@mill.test" in b"".join(download.streaming_content).decode()
    with system_scope(reason="test"):
        item.refresh_from_db()
    assert item.state == "previewed"


def test_a_file_of_members_is_shown_to_staff_with_the_permission(previewed, root, staff_client):
    item = previewed("members", by=root.user)
    for address in addresses(item):
        assert root.get(address).status_code == 200
        assert staff_client("tenancy.view_tenant").get(address).status_code == 403

    assert sum("entinel" in page_text(root.get(address)) for address in addresses(item)) > 2


def test_a_file_of_members_that_somebody_else_brought_is_masked(previewed, root, tenant_a):
    *lists, corrections = addresses(previewed("members"))
    for address in lists:
        assert root.get(address).status_code == 200
        assert "entinel" not in page_text(root.get(address)), address
    assert root.get(corrections).status_code == 302
    with staff_scope(actor=root.user.pk, reason="test"):
        open_session(tenant_a, by=root.user, reason="why a file fails", ticket="T-3")
    assert "entinel" in page_text(root.get(corrections))


def page_text(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()
