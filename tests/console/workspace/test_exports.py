"""Taking data out: everything of one tenant and nothing of another, checked to the byte; no cell that runs."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from console.operations.models import AuditEvent
from console.workspace.contact_tables import contact_lines
from console.workspace.exporting.tables import LEFT_OUT
from console.workspace.jobs import purge_exports
from console.workspace.models import Contact, Note, TenantExport
from tenancy import TenantRefused, system_scope, tenant_scope
from tenancy.models import TenantOwnedModel

from ...fleet import fleet
from .conftest import SENTINEL


@pytest.fixture
def archive(client, tenant_a, own, other, enter, django_capture_on_commit_callbacks):
    """The downloaded archive of tenant A, ordered and taken through the pages."""
    enter(tenant_a, "owner")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/t/northwind/export/")
    with tenant_scope(tenant_a):
        export = TenantExport.objects.exclude(size=0).get()
    assert export.state == "ready"
    answer = client.get(f"/t/northwind/export/{export.pk}/", follow=True)
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == export.sha256
    assert answer["Content-Disposition"].startswith('attachment; filename="northwind-')
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_manifest_names_every_entry_with_its_checksum(archive):
    manifest = json.loads(archive.read("manifest.json"))
    assert {entry["path"] for entry in manifest["entries"]} == set(archive.namelist()) - {"manifest.json"}
    for entry in manifest["entries"]:
        content = archive.read(entry["path"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (entry["bytes"], entry["sha256"])
        if "rows" in entry:
            assert content.count(b"\n") == entry["rows"]
    assert "token_hash" in manifest["withheld"]["tenancy.invitation"]


def test_it_holds_the_own_rows_and_files_and_no_other_tenants(archive, own, tenant_b):
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Ownword" in everything
    assert SENTINEL.encode() not in everything
    assert SENTINEL.lower().encode() not in everything
    assert str(tenant_b.pk).encode() not in everything
    contacts = [json.loads(line) for line in archive.read("records/workspace.contact.jsonl").splitlines()]
    assert [row["id"] for row in contacts] == [str(own.contact.pk)]
    assert "name_key" not in contacts[0]
    assert archive.read(f"files/{own.attachment.pk}/Ownword.txt") == b"text"
    assert archive.read("records/workspace.historicalcontact.jsonl")
    assert b"tenant.export_ordered" in archive.read("records/operations.auditevent.jsonl")


def test_every_kind_of_record_is_in_it(tenant_a, tenant_b, media, client, enter, django_capture_on_commit_callbacks):
    fleet(tenant_a, tenant_b)
    enter(tenant_a, "owner")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/t/northwind/export/")
    with tenant_scope(tenant_a):
        contents = TenantExport.objects.exclude(size=0).get().contents
    from django.apps import apps

    for model in apps.get_models():
        if issubclass(model, TenantOwnedModel) and model._meta.label_lower not in LEFT_OUT and not model._meta.proxy:
            assert contents.get(model._meta.label_lower), model


def test_only_owners_order_and_one_at_a_time(client, tenant_a, enter):
    from console.workspace.exporting.orders import order_export

    own = enter(tenant_a, "admin")
    assert client.post("/t/northwind/export/").status_code == 403
    with tenant_scope(tenant_a):
        order_export(tenant_a, by=own.user)
        with pytest.raises(TenantRefused, match="already"):
            order_export(tenant_a, by=own.user)


def test_a_download_is_recorded_and_the_archive_is_purged(archive, client, tenant_a, settings):
    with system_scope(reason="test"):
        assert AuditEvent.objects.filter(verb="tenant.export_downloaded", tenant_key=tenant_a.pk).count() == 1
        TenantExport.objects.exclude(size=0).update(keep_until=timezone.now() - timedelta(minutes=1))
        export = TenantExport.objects.exclude(size=0).get()
    stored = settings.MEDIA_ROOT / export.file.name
    assert stored.exists()
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        purge_exports("now")
    assert not stored.exists()
    assert client.get(f"/t/northwind/export/{export.pk}/").status_code == 404


def test_cells_are_harmless_and_filters_hold(client, tenant_a, own, other, enter):
    enter(tenant_a, "admin")
    with tenant_scope(tenant_a):
        Contact.objects.create(first_name="=cmd|' /C calc'!A0", last_name="Zed", phone="+49 30", company="@SUM(1)")
    page = b"".join(client.get("/t/northwind/contacts/export.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(page)))
    assert [row["last_name"] for row in rows] == ["Person", "Zed"]
    assert rows[0]["tags"] == "Ownword friends"
    assert rows[1]["first_name"].startswith("'=")
    assert rows[1]["phone"] == "'+49 30"
    assert rows[1]["company"] == "'@SUM(1)"
    found = b"".join(client.get("/t/northwind/contacts/export.csv", {"q": "zed"}).streaming_content).decode()
    assert "Ownword" not in found
    book = b"".join(client.get("/t/northwind/contacts/export.xlsx").streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert client.get("/t/northwind/contacts/export.pdf").status_code == 404
    with system_scope(reason="test"):
        assert AuditEvent.objects.filter(verb="contacts.exported").count() == 3


def test_a_long_export_is_read_in_batches(tenant_a, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("console.workspace.contact_tables.BATCH", 10)
    with tenant_scope(tenant_a):
        Contact.objects.bulk_create(Contact(last_name=f"N{number:02}") for number in range(25))
        assert [line[1] for line in contact_lines(Contact.objects.all())] == [f"N{number:02}" for number in range(25)]
        assert not Note.objects.exists()
