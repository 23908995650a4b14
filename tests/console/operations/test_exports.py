"""Exports of lists and of the trail: masked as on the page, harmless in a spreadsheet, the maker's alone, forgotten."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from console.operations.exports import orders
from console.operations.models import AuditEvent, ListExport
from console.operations.purging import forget_tenant
from console.operations.sessions import open_session
from pii.hooks import cleans
from tenancy import lifecycle, staff_scope, system_scope
from tenancy.jobs import get_job
from tests.factories import make_membership, make_user

MAY = ("operations.export_list", "operations.view_auditevent", "operations.browse_history", "accounts.view_user")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def export(client, source, kind="csv", **query):
    where = reverse("admin:export_list", args=[source])
    return client.post(f"{where}?{'&'.join(f'{k}={v}' for k, v in query.items())}", {"format": kind, "reason": "audit"})


def lines(response):
    return response.content.decode("utf-8-sig").splitlines()


@pytest.fixture
def jane(tenant_a):
    person = make_user("jane.canary@example.test", full_name="Jane Canarybird")
    make_membership(tenant_a, person)
    return person


def test_a_short_list_comes_at_once_as_the_page_shows_it(staff_client, jane, tenant_a):
    client = staff_client(*MAY, "operations.open_session", "tenancy.view_usertenantmembership")
    found = export(client, "accounts.user", q="jane.canary@example.test")
    assert "no-store" in found["Cache-Control"]
    assert len(lines(found)) == 2
    assert str(jane.pk) in lines(found)[1]
    assert "anary" not in found.content.decode()
    with staff_scope(actor=client.user, reason="test"):
        open_session(tenant_a, by=client.user, reason="ticket", ticket="T-1")
    assert "jane.canary@example.test" in export(client, "accounts.user", q="jane.canary@example.test").content.decode()
    with system_scope(reason="test"):
        act = AuditEvent.objects.filter(verb="list.exported").first()
    assert (act.reason, act.details) == ("audit", {"source": "accounts.user", "format": "csv", "rows": 1})


def test_all_three_formats_say_the_same_and_run_no_formula(root, tenant_a):
    with system_scope(reason="test"):
        lifecycle.rename_tenant(tenant_a, name="=HYPERLINK(1)", by=root.user, reason="=1+2")
    comma = lines(export(root, "tenancy.tenant", slug=tenant_a.slug))
    assert "'=HYPERLINK(1)" in comma[1]
    told = json.loads(export(root, "tenancy.tenant", "json", slug=tenant_a.slug).content)
    assert told[0]["name"] == "=HYPERLINK(1)"
    book = openpyxl.load_workbook(io.BytesIO(export(root, "tenancy.tenant", "xlsx", slug=tenant_a.slug).content))
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "'=HYPERLINK(1)" in [cell.value for cell in cells]
    trail = export(root, "trail", tenant=tenant_a.slug)
    assert any("tenant.renamed" in line and "'=1+2" in line for line in lines(trail))


def test_the_trail_is_exported_as_it_is_filtered_and_masked(staff_client, jane, tenant_a):
    with system_scope(reason="test"):
        lifecycle.rename_tenant(tenant_a, name="New", by=jane, reason="self service")
    client = staff_client(*MAY)
    text = export(client, "trail", tenant=tenant_a.slug).content.decode()
    assert "tenant.renamed" in text
    assert "anary" not in text
    assert "tenant.renamed" not in export(client, "trail", verb="tenant.archived").content.decode()


def test_a_long_list_is_a_job_for_its_maker_alone_and_is_purged(
    root, staff_client, tenant_a, monkeypatch, django_capture_on_commit_callbacks, files
):
    monkeypatch.setattr(orders, "AT_ONCE", 2)
    for _ in range(4):
        make_membership(tenant_a)
    with django_capture_on_commit_callbacks(execute=True):
        assert export(root, "tenancy.usertenantmembership").status_code == 302
    with system_scope(reason="test"):
        made = ListExport.objects.get()
    assert (made.state, made.rows) == ("ready", 5)
    where = reverse("admin:download_export", args=[made.pk])
    assert b"Download" in root.get(reverse("admin:my_exports")).content
    given = root.get(where)
    assert len(b"".join(given.streaming_content).splitlines()) == 6
    other = staff_client(*MAY)
    assert other.get(where).status_code == 404
    assert b"Download" not in other.get(reverse("admin:my_exports")).content
    with system_scope(reason="test"):
        verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
        assert verbs == ["list.export_ordered", "list.exported", "list.downloaded"]
        ListExport.objects.update(keep_until=timezone.now() - timedelta(seconds=1))
    assert root.get(where).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        get_job("operations.purge_list_exports").run("now")
    with system_scope(reason="test"):
        made.refresh_from_db()
    assert (made.state, made.query, made.file.name) == ("purged", {}, "")
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_an_erasure_deletes_every_kept_export(
    root, jane, tenant_a, monkeypatch, django_capture_on_commit_callbacks, files
):
    monkeypatch.setattr(orders, "AT_ONCE", 0)
    with django_capture_on_commit_callbacks(execute=True):
        export(root, "accounts.user")
    assert [path for path in files.rglob("*") if path.is_file()]
    with system_scope(reason="test"), django_capture_on_commit_callbacks(execute=True):
        assert cleans()["exports of lists"](None) == 1
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_a_purge_deletes_every_kept_export_and_gives_up_those_being_written(
    root, tenant_a, monkeypatch, django_capture_on_commit_callbacks, files
):
    monkeypatch.setattr(orders, "AT_ONCE", 0)
    with django_capture_on_commit_callbacks(execute=True):
        export(root, "tenancy.tenant")
    with system_scope(reason="test"):
        running = ListExport.objects.create(
            source="tenancy.tenant", format="csv", reason="x", requested_by=root.user, state="running"
        )
        with django_capture_on_commit_callbacks(execute=True):
            counts = forget_tenant(sender=None, tenant_id=tenant_a.pk)
    assert counts["operations_listexport.file"] == 2
    assert not [path for path in files.rglob("*") if path.is_file()]
    with staff_scope(actor=root.user, reason="test"):
        orders._write(running, root.user)  # its job goes on with what it has read
        running.refresh_from_db()
    assert (running.state, bool(running.file)) == ("failed", False)
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_an_export_needs_its_permission_and_that_of_the_list(staff_client, root, tenant_a):
    where = reverse("admin:export_list", args=["tenancy.tenant"])
    assert staff_client("tenancy.view_tenant").get(where).status_code == 403
    assert staff_client("tenancy.view_tenant").post(where, {"format": "csv", "reason": "x"}).status_code == 403
    assert staff_client("operations.export_list").get(where).status_code == 403
    assert staff_client("operations.export_list").get(reverse("admin:export_list", args=["trail"])).status_code == 403
    for name in ("no.model", "nonsense", "sessions.session"):
        assert root.get(reverse("admin:export_list", args=[name])).status_code == 404
    may = staff_client("operations.export_list", "tenancy.view_tenant")
    assert may.get(where).status_code == 200
    assert b"required" in may.post(where, {"format": "csv", "reason": ""}).content
    assert b"Export" in may.get(reverse("admin:tenancy_tenant_changelist")).content


@pytest.mark.parametrize("lost", ["permission", "is_staff", "is_active"])
def test_whoever_lost_the_permission_gets_no_file(staff_client, tenant_a, monkeypatch, lost):
    monkeypatch.setattr(orders, "AT_ONCE", 0)
    client = staff_client(*MAY)
    export(client, "accounts.user")
    with system_scope(reason="test"):
        made = ListExport.objects.get()
        if lost == "permission":
            client.user.user_permissions.clear()
        else:
            setattr(client.user, lost, False)
            client.user.save()
    with pytest.raises((PermissionError, PermissionDenied)):
        get_job(orders.JOB).run(str(made.pk))
    with system_scope(reason="test"):
        made.refresh_from_db()
    assert (made.state, made.file.name) == ("failed", "")
