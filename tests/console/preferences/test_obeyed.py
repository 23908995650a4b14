"""Every setting that the product declares changes what it does when it is flipped; those of members stand beside."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from django.utils.formats import date_format

from console.operations.models import StaffSession
from console.operations.sessions import view_as
from console.preferences.branding import DARK, LIGHT, stylesheet
from console.preferences.region import RegionMiddleware
from console.preferences.retention import purge_invitations
from console.workspace.models import Attachment, BulkTagging, Contact, Note, Tag
from pii.retention import sweep
from tenancy import staff_scope, system_scope, tenant_scope
from tenancy.models import Invitation, Tenant, UserTenantMembership
from tenancy.settings import registry
from tenancy.settings.colours import ENOUGH, contrast, readable
from tests.console.members.helpers import HEAD, imported
from tests.factories import make_membership

from .obeying import refusal, send

HOME = "/t/northwind/"


# mails and branding ----------------------------------------------------------------------------------


def test_sender_name_and_brand_in_mails(tenant_a, flip, mailoutbox, django_capture_on_commit_callbacks):
    flip(
        {
            "mail.sender_name": "Northwind, Ltd.",
            "branding.name": "Northwind <& friends>",
            "branding.logo": "https://cdn.example.test/logo.png",
            "branding.colour": "#ffdd00",
        }
    )
    with django_capture_on_commit_callbacks(execute=True):
        send(tenant_a)
    (mail,) = mailoutbox
    assert mail.from_email.startswith('"Northwind, Ltd." <')
    assert "Northwind <& friends>" in mail.subject
    html = mail.alternatives[0].content
    assert "Northwind &lt;&amp; friends&gt;" in html
    assert 'src="https://cdn.example.test/logo.png"' in html
    assert "color: #000000; background: #ffdd00" in html


def test_a_sender_name_can_not_smuggle_headers_or_addresses(tenant_a, flip):
    for name in ("a\nBcc: x@example.test", 'x" <a@example.test>', "a@b"):
        assert refusal(flip, {"mail.sender_name": name}) == "invalid_setting"


def test_name_logo_and_colours_in_the_workspace(client, enter, flip):
    enter()
    before = client.get(HOME)
    assert "branding.css" not in before.content.decode()
    flip(
        {
            "branding.name": "Nordwind",
            "branding.logo": "https://cdn.example.test:8443/logo.png",
            "branding.colour": "#c026d3",
        }
    )
    page = client.get(HOME)
    html = page.content.decode()
    assert "Nordwind" in html
    assert 'src="https://cdn.example.test:8443/logo.png"' in html
    assert "https://cdn.example.test:8443" in page["Content-Security-Policy"]
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "branding.css?v=" in html
    css = client.get(f"{HOME}branding.css")
    assert css["Content-Type"].startswith("text/css")
    assert "#c026d3" in css.content.decode()
    again = client.get(f"{HOME}branding.css", headers={"If-None-Match": css["ETag"]})
    assert again.status_code == 304


def test_branding_is_the_members_own(client, enter, flip, tenant_b):
    flip({"branding.colour": "#c026d3"})
    assert client.get(f"{HOME}branding.css").status_code == 302
    client.force_login(make_membership(tenant_b).user)
    assert client.get(f"{HOME}branding.css").status_code == 404


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffff00", "#13171f", "#0000ff", "#7f7f7f"])
def test_any_colour_can_be_read(colour):
    for background in (LIGHT, DARK):
        assert contrast(readable(colour, background), background) >= ENOUGH
    css = stylesheet(colour)
    assert css.count("{") == css.count("}")
    assert "url(" not in css


# time and language -----------------------------------------------------------------------------------


@pytest.fixture
def shown(tenant_a, rf):
    """What a page of tenant A is rendered with, for a person with these choices: (zone, language)."""

    def ask(**chosen):
        request = rf.get("/")
        request.tenant = Tenant.objects.get(pk=tenant_a.pk)
        request.user = SimpleNamespace(**{"locale": "en", "time_zone": "UTC", **chosen})
        seen = []

        def page(request):
            seen.append((timezone.get_current_timezone_name(), translation.get_language()))

        with tenant_scope(tenant_a), translation.override(chosen.get("locale", "en")):
            RegionMiddleware(page)(request)
        return seen[0]

    with tenant_scope(tenant_a):
        yield ask


def test_time_zone_and_language(shown, flip):
    assert shown() == ("UTC", "en")
    flip({"region.time_zone": "Asia/Tokyo", "region.language": "en-gb"})
    assert shown() == ("Asia/Tokyo", "en-gb")
    # What a person chose is theirs in every tenant: the middleware before this one has set it, and it stays.
    assert shown(time_zone="Europe/Berlin")[0] != "Asia/Tokyo"
    assert shown(locale="en-gb")[1] == "en-gb"
    flip({"region.language": "en"})
    assert shown(locale="en-gb")[1] == "en-gb"
    assert timezone.get_current_timezone_name() == "UTC"


def test_formats_come_with_the_language(tenant_a, rf, flip):
    """Dates and numbers are written as the tenant's language writes them, for members who chose none."""

    def written():
        request = rf.get("/")
        request.tenant, request.user = Tenant.objects.get(pk=tenant_a.pk), SimpleNamespace(locale="en", time_zone="UTC")
        seen = []
        with tenant_scope(tenant_a), translation.override("en"):
            RegionMiddleware(lambda request: seen.append(date_format(date(2026, 1, 31))))(request)
        return seen[0]

    with tenant_scope(tenant_a):
        assert written() == "Jan. 31, 2026"
        flip({"region.language": "en-gb"})
        assert written() == "31 Jan 2026"


def test_pages_speak_the_tenants_language(client, enter, flip):
    enter()
    assert 'lang="en"' in client.get(HOME).content.decode()
    flip({"region.language": "en-gb"})
    assert 'lang="en-gb"' in client.get(HOME).content.decode()
    assert 'lang="en"' in client.get("/organisations/").content.decode()


# sign-in ---------------------------------------------------------------------------------------------


def test_second_factor_required(client, enter, flip):
    enter()
    assert client.get(HOME).status_code == 200
    flip({"sign_in.second_factor_required": True})
    response = client.get(HOME)
    assert response.status_code == 302
    assert client.get(HOME, follow=True).redirect_chain[-1][0].startswith("/accounts/second-factor/")
    assert client.post(f"{HOME}contacts/new/").status_code == 302
    enter(method="mfa")
    assert client.get(HOME).status_code == 200


def test_session_length(client, enter, flip):
    enter(ago=7200)
    assert client.get(HOME).status_code == 200
    flip({"sign_in.session_length": "PT1H"})
    response = client.get(HOME)
    assert response.status_code == 302
    asked = client.get(HOME, follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/reauthenticate/?next=%2Ft%2Fnorthwind%2F")
    assert asked.status_code == 200
    enter(ago=60)
    assert client.get(HOME).status_code == 200


# privacy ---------------------------------------------------------------------------------------------


def test_privacy_contact_is_shown(client, enter, flip):
    enter()
    assert "dpo@northwind.example" not in client.get(HOME).content.decode()
    flip({"privacy.contact": "dpo@northwind.example"})
    assert "dpo@northwind.example" in client.get(HOME).content.decode()


def test_retention_of_settled_invitations(tenant_a, tenant_b, flip):
    now = timezone.now()
    for tenant in (tenant_a, tenant_b):
        for days, email in ((100, "old@example.test"), (10, "young@example.test")):
            made = send(tenant, email)
            with system_scope(reason="test"):
                Invitation.objects.filter(pk=made.pk).update(revoked_at=now - timedelta(days=days))
        send(tenant, "open@example.test")
    assert purge_invitations() == 0
    flip({"privacy.retention": "P30D"})
    assert purge_invitations() == 1
    with tenant_scope(tenant_a):
        assert sorted(Invitation.objects.values_list("email", flat=True)) == ["open@example.test", "young@example.test"]
    with tenant_scope(tenant_b):
        assert Invitation.objects.count() == 3


def test_retention_of_what_an_organisation_records(tenant_a, tenant_b, flip):
    rows = {}
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            contact = Contact.objects.create(last_name="B")
            note = Note.objects.create(contact=contact, body="words")
            file = Attachment.objects.create(
                contact=contact, file=ContentFile(b"a", name="a.txt"), name="a.txt", size=1, sha256="0" * 64
            )
            tag = Tag.objects.create(name="VIP")
            tagging = BulkTagging.objects.create(tag=tag, finished_at=timezone.now())
            rows[tenant] = [note, file, tagging, contact]
    with system_scope(reason="test"):
        old = timezone.now() - timedelta(days=120)
        for model, column in ((Note, "updated_at"), (Attachment, "created_at"), (BulkTagging, "finished_at")):
            model._base_manager.update(**{column: old})
        Contact._base_manager.update(updated_at=old)
    for name in ("workspace_note", "workspace_attachment", "workspace_bulktagging", "workspace_contact"):
        assert sweep() == []
        flip({f"retention.{name}": 100})
        (line,) = sweep()
        assert (line.model.lower().replace(".", "_"), line.tenant, line.rows) == (name, tenant_a.pk, 1)
    with system_scope(reason="test"):
        assert all(type(row).objects.filter(pk=row.pk).exists() for row in rows[tenant_b])


# features --------------------------------------------------------------------------------------------


def test_files_can_be_switched_off(client, enter, flip, tenant_a):
    enter()
    with tenant_scope(tenant_a):
        contact = Contact.objects.create(first_name="A", last_name="B")
    address = f"{HOME}contacts/{contact.pk}/files/"
    assert client.post(address).status_code == 422
    flip({"features.files": False})
    response = client.post(address)
    assert response.status_code == 403
    assert "Switched off" in response.content.decode()


def test_the_import_of_members_can_be_switched_off(tenant_a, flip):
    text = f"{HEAD}in@northwind.example,In,,,,\n"
    assert imported(tenant_a, text).counts
    flip({"features.member_import": False})
    tenant_a.refresh_from_db()
    assert refusal(imported, tenant_a, text) == "switched_off"


def test_support_looks_through_a_members_eyes_only_where_the_owner_lets_it(tenant_a, flip, settings, staff_client):
    settings.STAFF_SECOND_FACTOR = False
    member = make_membership(tenant_a)
    operator = staff_client("operations.view_as_member")

    def look():
        with staff_scope(actor=operator.user, reason="test"):
            held = UserTenantMembership.objects.select_related("tenant", "user").get(pk=member.pk)
            return view_as(held, by=operator.user, reason="ticket", ticket="T-1")

    session = operator.session
    session["view_as"] = str(look().pk)
    session.save()
    flip({"sign_in.second_factor_required": True})  # asks the members, not support
    assert operator.get(HOME).status_code == 200
    flip({"features.view_as": False})
    assert operator.get(HOME).status_code == 404
    with system_scope(reason="test"):
        StaffSession.objects.all().update(ended_at=timezone.now())
    assert refusal(look) == "switched_off"


def test_no_declared_setting_is_forgotten_here():
    """A new setting needs a test above, or the reason why it is obeyed elsewhere."""
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_obeyed*.py"))
    missing = [name for name in registry.names() if name not in text and name.split(".")[1] not in text]
    assert missing == []
