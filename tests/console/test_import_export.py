"""Import and export of tenants in the admin: preview, verbs, formulas, and what an abandoned preview leaves behind."""

from __future__ import annotations

import os
import time

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from console import import_previews
from console.operations.models import AuditEvent
from tenancy import system_scope
from tenancy.models import Tenant
from tests.factories import make_tenant

IMPORT = "admin:tenancy_tenant_import"


@pytest.fixture(autouse=True)
def previews(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "import-previews"


def upload(client, text):
    file = SimpleUploadedFile("tenants.csv", text.encode(), content_type="text/csv")
    return client.post(reverse(IMPORT), {"import_file": file, "format": "0", "resource": ""})


def test_a_preview_then_the_verbs(root, tenant_a, previews):
    shown = upload(root, "slug,name\nacme,Acme\nnorthwind,Northwind Inc\n")
    assert shown.status_code == 200
    assert b"Acme" in shown.content
    assert not Tenant.objects.filter(slug="acme").exists()
    (waiting,) = previews.iterdir()
    assert (waiting.stat().st_mode & 0o777, waiting.name.isalnum()) == (0o600, True)
    form = shown.context["confirm_form"].initial
    done = root.post(reverse("admin:tenancy_tenant_process_import"), form)
    assert done.status_code == 302
    assert list(previews.iterdir()) == []
    assert dict(Tenant.objects.values_list("slug", "name")) == {"acme": "Acme", "northwind": "Northwind Inc"}
    with system_scope(reason="test"):
        verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
        assert AuditEvent.objects.filter(actor_id=root.user.pk).count() == 3
    assert verbs == ["tenant.created", "tenant.renamed", "tenants.imported"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slug,name\nadmin,Reserved\n", b"reserved"),
        ("slug,name\nNot OK,Bad\n", b"lower-case"),
        ("name\nNo slug\n", b"slug"),
    ],
)
def test_bad_rows_are_said_in_words_and_nothing_goes_in(root, text, words):
    shown = upload(root, text)
    assert words in shown.content
    assert b"psycopg" not in shown.content
    assert not Tenant.objects.exists()


def test_import_needs_its_own_permission(staff_client):
    client = staff_client("tenancy.view_tenant", "tenancy.add_tenant", "tenancy.change_tenant")
    assert client.get(reverse(IMPORT)).status_code == 403
    assert client.get(reverse("admin:tenancy_tenant_export")).status_code == 403


def test_the_file_name_of_the_confirmation_is_not_believed(root, tmp_path):
    (tmp_path / "secret").write_text("slug,name\nstolen,Stolen\n")
    for name in ("../secret", "/etc/passwd", "x"):
        with pytest.raises(SuspiciousFileOperation):
            import_previews.PreviewStorage(name=name).path()
    form = {"import_file_name": "../secret", "original_file_name": "x.csv", "format": "0", "resource": ""}
    assert root.post(reverse("admin:tenancy_tenant_process_import"), form).status_code == 400


def test_abandoned_previews_are_forgotten(root, previews):
    upload(root, "slug,name\nacme,Acme\n")
    (waiting,) = previews.iterdir()
    assert import_previews.forget_abandoned() == 0
    long_ago = time.time() - import_previews.KEEP_SECONDS - 1
    os.utime(waiting, (long_ago, long_ago))
    assert import_previews.forget_abandoned() == 1
    assert list(previews.iterdir()) == []


def test_an_export_is_recorded_and_neutralises_formulas(root):
    make_tenant("formula", name='=HYPERLINK("http://evil")')
    sent = root.post(
        reverse("admin:tenancy_tenant_export"),
        {"format": "0", "resource": "", "tenantresource_slug": "on", "tenantresource_name": "on"},
    )
    body = sent.content.decode()
    assert "formula" in body
    assert ",=HYP" not in body
    assert ',"=HYP' not in body
    with system_scope(reason="test"):
        assert AuditEvent.objects.get(verb="tenants.exported").details == {"rows": 1}
