"""The organisation's own setting decides how long the sweep leaves what it keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from console.workspace.models import Attachment, Contact, Note
from pii.declarations import ModelPII
from pii.exceptions import DeclarationError
from pii.models import DataRequest, ItemDecision, LegalHold, PlanRow
from pii.registry import Registry
from pii.requests import place_hold, release_hold
from pii.retention import Swept, offered, record_of_processing, spans, sweep
from tenancy import TenantRefused, system_scope, tenant_scope
from tenancy.models import Invitation
from tenancy.settings.store import change, change_platform

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitations(tenant_a, tenant_b):
    with system_scope(reason="test"):
        for tenant in (tenant_a, tenant_b):
            for days in (40, 100, 200):
                Invitation.objects.create(
                    tenant=tenant,
                    email=f"{days}@{tenant.slug}.test",
                    token_hash=f"{tenant.slug}{days}",
                    expires_at=timezone.now() - timedelta(days=days),
                )


def left():
    with system_scope(reason="test"):
        return sorted(Invitation.objects.values_list("email", flat=True))


def found(**options):
    return {(line.tenant, line.days, line.rows) for line in sweep(**options) if line.model == "tenancy.Invitation"}


def test_flipping_the_setting_changes_the_sweep(invitations, tenant_a, tenant_b):
    assert found(dry_run=True) == {(tenant_a.pk, 180, 1), (tenant_b.pk, 180, 1)}
    with tenant_scope(tenant_a):
        change(tenant_a, {"privacy.retention": "P90D"}, by=None)
    assert found(dry_run=True) == {(tenant_a.pk, 90, 2), (tenant_b.pk, 180, 1)}
    assert len(left()) == 6
    sweep()
    assert left() == ["100@contoso.test", "40@contoso.test", "40@northwind.test"]


def test_a_hold_keeps_them(invitations, tenant_a):
    with system_scope(reason="test"):
        LegalHold.objects.create(tenant=tenant_a, ground="lawsuit")
    sweep()
    assert "200@northwind.test" in left()
    assert "200@contoso.test" not in left()


def test_the_record_says_where_organisations_chose_less(tenant_a, tenant_b):
    def kept(label, tenant=None):
        (line,) = [line for line in record_of_processing(tenant) if line["model"] == label]
        return line["retention"]

    assert kept("tenancy.Invitation") == "365 days from: expires; 180 days in 2 organisations"
    assert kept("workspace.Note") == "as long as its owner"
    with tenant_scope(tenant_a):
        change(tenant_a, {"retention.workspace_note": 60}, by=None)
    assert kept("workspace.Note") == "as long as its owner; 60 days in 1 organisation"
    assert kept("workspace.Note", tenant_a.pk) == "60 days from: changed"
    assert kept("workspace.Note", tenant_b.pk) == "as long as its owner"


@pytest.fixture
def records(tenant_a, tenant_b):
    """An old contact with an old note and a file, and one with a young note, in each of two organisations."""

    def age(row, days):
        with system_scope(reason="test"):
            for name in ("updated_at", "created_at"):
                if name in {field.name for field in row._meta.fields}:
                    type(row)._base_manager.filter(pk=row.pk).update(**{name: timezone.now() - timedelta(days=days)})

    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            old, used = (
                Contact.objects.create(first_name=name, email=f"{name.lower()}@example.test")
                for name in ("Old", "Used")
            )
            for contact, days in ((old, 200), (used, 10)):
                age(Note.objects.create(contact=contact, body=f"said something {days} days ago"), days)
            stored = ContentFile(b"words", name="a.txt")
            file = Attachment.objects.create(
                contact=old, file=stored, name="a.txt", content_type="text/plain", size=5, sha256="0" * 64
            )
            for row in (file, old, used):
                age(row, 200)


def names(tenant):
    with system_scope(reason="test"):
        return sorted(Contact.objects.filter(tenant=tenant).values_list("first_name", flat=True))


def choose(tenant, **values):
    with tenant_scope(tenant):
        change(tenant, {f"retention.{key}": value for key, value in values.items()}, by=None)


def test_every_declared_model_offers_its_span_and_the_sweep_obeys_it(records, tenant_a, tenant_b):
    offers = {model._meta.label for model, _declaration in offered()}
    assert offers == {
        "tenancy.Invitation", "workspace.Attachment", "workspace.BulkTagging", "workspace.Contact", "workspace.Note",
    }  # fmt: skip
    assert sweep(dry_run=True) == []
    choose(tenant_a, workspace_note=90)
    assert sweep(dry_run=True) == [Swept("workspace.Note", tenant_a.pk, 90, 1)]
    assert sweep() == [Swept("workspace.Note", tenant_a.pk, 90, 1)]
    with system_scope(reason="test"):
        assert Note.objects.filter(tenant=tenant_a).count() == 1
        assert Note.objects.filter(tenant=tenant_b).count() == 2
        assert not Note.history.filter(tenant_id=tenant_a.pk, body__contains="200").exists()
    assert sweep() == []


def test_a_record_goes_with_what_hangs_on_it_and_stays_while_that_is_young(
    records, tenant_a, tenant_b, django_capture_on_commit_callbacks
):
    with system_scope(reason="test"):
        path = Attachment.objects.get(tenant=tenant_a).file
    choose(tenant_a, workspace_contact=100)
    assert sweep(dry_run=True) == [Swept("workspace.Contact", tenant_a.pk, 100, 1)]
    sweep()
    assert names(tenant_a) == ["Used"]
    assert names(tenant_b) == ["Old", "Used"]
    assert not path.storage.exists(path.name)
    with system_scope(reason="test"):
        assert not Contact.history.filter(tenant_id=tenant_a.pk, email="old@example.test").exists()
        assert Attachment.objects.filter(tenant=tenant_b).exists()


def test_nobody_chooses_beyond_the_declared_bounds(tenant_a, settings):
    for key, days in (("workspace_note", 29), ("workspace_bulktagging", 1096), ("workspace_contact", 1)):
        with pytest.raises(TenantRefused):
            choose(tenant_a, **{key: days})
    settings.PII = {**settings.PII, "RETENTION": lambda label, tenants: dict.fromkeys(tenants, 1)}
    assert {spans(model, declaration, [tenant_a.pk])[tenant_a.pk] for model, declaration in offered()} == {30, 90}
    settings.PII = {**settings.PII, "RETENTION": lambda label, tenants: dict.fromkeys(tenants, 9999)}
    own = {model._meta.label: spans(model, declaration, [tenant_a.pk])[tenant_a.pk] for model, declaration in offered()}
    assert (own["tenancy.Invitation"], own["workspace.BulkTagging"], own["workspace.Note"]) == (365, 1095, 9999)


def test_the_platforms_default_holds_for_whoever_says_nothing(records, tenant_a, tenant_b):
    with system_scope(reason="test"):
        change_platform({"retention.workspace_note": 120}, by=None, reason="default")
    choose(tenant_b, workspace_note=300)
    assert sweep(dry_run=True) == [Swept("workspace.Note", tenant_a.pk, 120, 1)]


def test_a_hold_on_one_person_and_an_item_kept_on_a_ground_stay(records, tenant_a, officer):
    with system_scope(reason="test"):
        old = Contact.objects.get(tenant=tenant_a, first_name="Old")
        note = Note.objects.get(tenant=tenant_a, contact=old)
    choose(tenant_a, workspace_contact=100, workspace_note=100, workspace_attachment=100)
    assert sum(line.rows for line in sweep(dry_run=True)) == 3
    hold = place_hold(by=officer, ground="lawsuit", tenant=tenant_a, row=old)
    assert sweep() == []
    release_hold(hold, by=officer, reason="settled")
    with system_scope(reason="test"):
        request = DataRequest.objects.create(
            number="DSR-1", kind="erasure", state="done", received_at=timezone.now(), due_on=timezone.now().date()
        )
        PlanRow.objects.create(request=request, model="workspace.note", key=str(note.pk), tenant_key=tenant_a.pk)
        ItemDecision.objects.create(
            request=request, model="workspace.note", tenant_key=tenant_a.pk, ground="duty", decided_at=timezone.now()
        )
    assert {(line.model, line.rows) for line in sweep()} == {("workspace.Attachment", 1)}
    with system_scope(reason="test"):
        assert Note.objects.filter(pk=note.pk).exists()


def test_the_command_counts_and_prints_an_organisations_record(records, tenant_a, capsys):
    choose(tenant_a, workspace_note=90)
    call_command("pii_retention", "--dry-run")
    assert f"1  workspace.Note  {tenant_a.pk}  after 90 days" in capsys.readouterr().out
    call_command("pii_retention", "--record", "--tenant", "northwind")
    assert (
        "workspace.Note: The customer's address book · Art. 6(1)(b) · 90 days from: changed" in capsys.readouterr().out
    )
    with pytest.raises(CommandError, match="no tenant 'nowhere'"):
        call_command("pii_retention", "--record", "--tenant", "nowhere")
    with pytest.raises(CommandError, match="goes with --record"):
        call_command("pii_retention", "--tenant", "northwind")


def test_a_declaration_names_the_column_and_sane_bounds():
    def problem(label="workspace.Note", **attributes):
        with pytest.raises(DeclarationError) as refused:
            Registry().declare(label)(type("Bad", (ModelPII,), attributes))
        return str(refused.value)

    assert "'' is none" in problem(retain=30)
    assert "no more than retain" in problem(retain=30, retain_least=31, retain_from="updated_at")
    assert "at least one day" in problem(retain_least=0, retain_from="updated_at")
    assert "have no tenant" in problem("sessions.Session", retain_least=1, retain_from="expire_date")
