"""Every place where a person may survive: a function that puts canaries there by a real path, and one that looks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.import_previews import PreviewStorage
from console.mail import store
from console.members import flow
from console.members.models import MemberImport
from console.models import JobRun
from console.operations.models import Approval, StaffNote, StaffSession
from console.workspace.exporting.orders import order_export
from console.workspace.models import Attachment, Contact, ContactTag, Note, Tag, TenantExport
from tenancy import audit, memberships, system_scope, tenant_scope
from tenancy.db.message import narrow_role
from tenancy.invitations import invite
from tenancy.models import PlatformSettings
from tests.factories import PASSWORD, make_user
from tests.pii.test_identifiers import SPELLINGS

MAIL, SECOND, PHONE, NAME = (
    "jane.canary@example.test",
    "canary.second@elsewhere.test",
    "+49 170 7654321",
    "Jane Canarybird",
)
PLACES = {}


def place(name):
    """Register a planter. It gets the cast and returns a function that says what is still there."""

    def register(plant):
        assert name not in PLACES
        PLACES[name] = plant
        return plant

    return register


def rows(table, word="canary"):
    """The rows of one table, as text, that hold the word."""
    with system_scope(reason="test"), narrow_role("scan"), connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} t WHERE t::text ILIKE %s", [f"%{word}%"])
        return [row for (row,) in cursor.fetchall()]


def files(word=b"canary"):
    """Every file below VAR_DIR and the media folder whose name or bytes, unpacked, hold the word."""
    found = []
    for root in {Path(settings.VAR_DIR), Path(settings.MEDIA_ROOT)}:
        for path in root.rglob("*"):
            if path.is_file() and "journal" not in path.name:
                data = path.read_bytes()
                if data.startswith(b"PK"):
                    with zipfile.ZipFile(path) as archive:
                        data = b"".join(archive.read(name) for name in archive.namelist())
                if word in data.lower() or word in path.name.lower().encode():
                    found.append(str(path))
    return found


@place("history of the account, old rows, written by the admin")
def _(cast):
    page = reverse("admin:accounts_user_change", args=[cast.jane.pk])
    dialog = reverse("admin:accounts_user_reveal_personal_data", args=[cast.jane.pk])
    cast.root.post(dialog, {"_form_submitted": "True", "reason": "a misspelt name"})
    inline = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    answer = cast.root.post(page, {"full_name": f"{NAME} II", "locale": "en", "time_zone": "UTC", **inline})
    assert answer.status_code == 302, answer.context_data["errors"]
    return lambda: rows("console_historicaluser")


@place("history of the membership, with reason and actor")
def _(cast):
    with system_scope(reason="test"), audit.changing(by=cast.boss, reason=f"asked by {MAIL}"):
        memberships.change_details(cast.member, by=cast.boss, external_id="CANARY-0815", title="Canary keeper")
        memberships.change_details(cast.member, by=cast.boss, external_id="CANARY-0816", title="x")
    return lambda: rows("console_historicalusertenantmembership")


@place("the history row that a deletion writes, of a row that lives on in history alone")
def _(cast):
    with tenant_scope(cast.tenant), audit.changing(by=cast.boss, reason="test"):
        Contact.objects.create(first_name="Old", last_name="Canarybird", email=SECOND).delete()
    return lambda: rows("workspace_historicalcontact")


@place("history of models reached only through another model")
def _(cast):
    with tenant_scope(cast.tenant):
        note = Note.objects.create(contact=cast.contact, body="canary first")
        note.body = "canary second"
        note.save()
        note.delete()
    return lambda: rows("workspace_historicalnote")


@place("she was staff: her address as the actor of others' history and audit")
def _(cast):
    with system_scope(reason="test"), audit.changing(by=cast.jane, reason="her work"):
        memberships.change_details(cast.other, by=cast.jane, title="Clerk")
    return lambda: (
        [row for row in rows("console_historicalusertenantmembership") if "Clerk" in row]
        + rows("operations_auditevent")
    )


@place("the stored path and name in the history of a file column; its bytes; thumbnails beside it")
def _(cast):
    with tenant_scope(cast.tenant):
        kept = ContentFile(b"canary bytes", name="cv.txt")
        made = Attachment.objects.create(
            contact=cast.contact, file=kept, name="jane canary cv.txt", size=12, content_type="text/plain"
        )
        default_storage.save(f"{made.file.name}.200x200.jpg", ContentFile(b"\x00canary thumbnail"))
    return lambda: rows("workspace_attachment") + rows("workspace_historicalattachment") + files(b"canary b")


@place("orphan blobs that no row points at")
def _(cast):
    default_storage.save("left-over/1.csv", ContentFile(f"name,mail\nJane,{MAIL}\n".encode()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{SECOND}</t>" * 20)
    default_storage.save("left-over/2.xlsx", ContentFile(packed.getvalue()))
    default_storage.save("left-over/canary.second@elsewhere.test.txt", ContentFile(b"empty"))
    return lambda: list(default_storage.listdir("left-over")[1])


@place("the admin's log: object_repr and change_message")
def _(cast):
    with system_scope(reason="test"):
        kind = ContentType.objects.get_for_model(Contact)
        LogEntry.objects.create(
            user=cast.boss, content_type=kind, object_id=str(cast.contact.pk), object_repr=NAME, action_flag=2
        )
        LogEntry.objects.create(user=cast.boss, object_repr="x", action_flag=2, change_message=f'["{MAIL}"]')
    return lambda: rows("django_admin_log")


@place("an import: the uploaded source, staged rows, errors by row, the name of the file, its remembered mapping")
def _(cast):
    path = cast.folder / "upload.csv"
    path.write_text(f"Email,Name,Role,Title\n{MAIL},{NAME},member,Clerk\nno-address {SECOND},N,member,{SECOND}\n")
    with tenant_scope(cast.tenant):
        item = flow.upload(cast.tenant, path, name=f"from {MAIL}.csv", by=cast.boss)
        flow.preview(item)
        assert item.state == "previewed", item.message
        MemberImport.objects.filter(pk=item.pk).update(overrides={"mapping": {SECOND: "title"}})
    path.unlink()
    return lambda: rows("staging.import_row") + rows("members_memberimport") + files()


@place("an import's preview that somebody abandoned")
def _(cast):
    PreviewStorage().save(f"email\n{MAIL}\n".encode())
    return lambda: [path for path in files() if "import-previews" in path]


@place("a full export of the organisation")
def _(cast):
    with tenant_scope(cast.tenant):
        order_export(cast.tenant, by=cast.boss)
    with system_scope(reason="test"):
        assert TenantExport.objects.get().file
    return lambda: [path for path in files() if "/exports/" in path]


@place("an export package of an earlier request, and the request's own identifying half")
def _(cast):
    from tests.pii.test_export import exported

    exported(cast.officer, objects=[cast.jane])
    return lambda: [path for path in files() if "packages" in path] + rows("pii_datarequest")


@place("sign-in: addresses, confirmations, providers, tokens, second factors")
def _(cast):
    with system_scope(reason="test"):
        address = EmailAddress.objects.create(user=cast.jane, email=SECOND, verified=True)
        EmailConfirmation.objects.create(email_address=address, key="canary-key", sent=timezone.now())
        account = SocialAccount.objects.create(
            user=cast.jane, provider="x", uid="canary-uid-1", extra_data={"mail": [{SECOND: NAME}]}
        )
        app = SocialApp.objects.create(provider="x", name="x", client_id="x")
        SocialToken.objects.create(app=app, account=account, token="canary-token")
        Authenticator.objects.create(user=cast.jane, type="totp", data={"secret": "canary"})
    tables = (
        "account_emailaddress",
        "account_emailconfirmation",
        "socialaccount_socialaccount",
        "socialaccount_socialtoken",
        "mfa_authenticator",
    )
    return lambda: [row for table in tables for row in rows(table)]


@place("sessions: signed in, anonymous, and the list of her devices")
def _(cast):
    client = Client(HTTP_USER_AGENT="canary browser")
    client.post(reverse("account_login"), {"login": MAIL, "password": PASSWORD})
    anonymous = Client()
    session = anonymous.session
    session["account_verified_email"] = MAIL
    session.save()
    keys = [client.session.session_key, session.session_key]

    def remains():
        with system_scope(reason="test"):
            left = rows("django_session", keys[0]) + rows("django_session", keys[1])
            return left + list(UserSession.objects.filter(user=cast.jane))

    return remains


@place("cache keys of rate limits")
def _(cast):
    import hashlib

    Client().post(reverse("account_login"), {"login": MAIL, "password": "wrong"})
    Client().post(reverse("account_reset_password"), {"email": MAIL})
    digest = hashlib.sha256(MAIL.encode()).hexdigest()
    return lambda: [key for key in cache._cache if digest in key or str(cast.jane.pk) in key]


@place("JSON, nested values and keys, in another person's record")
def _(cast):
    with tenant_scope(cast.tenant):
        Contact.objects.create(
            first_name="Nora",
            last_name="Neighbour",
            email="nora@example.test",
            attributes={"knows": [{"mail": "JANE.CANARY@example.test"}], MAIL: 1, "tel": "0170 765-43 21"},
        )
    return lambda: rows("workspace_contact") + rows("workspace_contact", "765-43")


@place("a tag's word, and which contact carries it")
def _(cast):
    with tenant_scope(cast.tenant):
        tag = Tag.objects.create(name=f"for {MAIL}")
        ContactTag.objects.create(contact=cast.contact, tag=tag)
    return lambda: rows("workspace_tag") + rows("workspace_contacttag", str(cast.contact.pk))


@place("the job queue: arguments, progress, traceback")
def _(cast):
    with system_scope(reason="test"):
        JobRun.objects.create(
            name="x", key="k", message=f"row of {MAIL}", error=f"KeyError: '{SECOND}'", requested_by=cast.jane
        )
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('q', 't', %s)",
            [f'{{"mail": "{MAIL}"}}'],
        )
    return lambda: rows("console_jobrun") + rows("procrastinate_jobs")


@place("invitations, open and answered")
def _(cast):
    with system_scope(reason="test"):
        invite(SECOND, cast.tenant, "member", by=cast.boss)
    return lambda: rows("tenancy_invitation") + rows("console_historicalinvitation")


@place("staff notes, tickets, reasons, view-as, approvals")
def _(cast):
    now = timezone.now()
    with system_scope(reason="test"):
        StaffNote.objects.create(user=cast.jane, author=cast.boss, text="canary note")
        StaffNote.objects.create(tenant=cast.tenant, author=cast.boss, text=f"ask {MAIL}")
        StaffSession.objects.create(
            actor=cast.boss,
            tenant=cast.tenant,
            viewing_as=cast.jane,
            reason=f"called by {MAIL}",
            ticket=f"T {SECOND}"[:100],
            expires_at=now,
        )
        Approval.objects.create(
            verb="x", asked_by=cast.boss, reason=f"for {MAIL}", details={"who": MAIL}, expires_at=now
        )
        audit.record("test.done", by=cast.boss, target=cast.jane, reason=f"because {MAIL}")
    tables = ("operations_staffnote", "operations_staffsession", "operations_approval", "operations_auditevent")
    return lambda: [row for table in tables for row in rows(table)]


@place("settings: the privacy contact of an organisation, the platform's defaults, and their history")
def _(cast):
    from tenancy.models import SettingChange, Tenant

    with system_scope(reason="test"):
        Tenant.objects.filter(pk=cast.tenant.pk).update(settings={"privacy": {"v": 1, "values": {"contact": MAIL}}})
        SettingChange.objects.create(
            tenant=cast.tenant, version=99, source="form", changes={"privacy.contact": [None, MAIL]}, reason=SECOND
        )
        PlatformSettings.objects.update_or_create(pk=1, defaults={"document": {"mail": {"from": SECOND}}})
    return lambda: rows("tenancy_tenant") + rows("tenancy_settingchange") + rows("tenancy_platformsettings")


@place("the name of an organisation that is the person's address")
def _(cast):
    with system_scope(reason="test"):
        cast.tenant.name = f"Practice of {MAIL}"
        cast.tenant.save()
    return lambda: rows("tenancy_tenant") + rows("console_historicaltenant")


@place("words of the search")
def _(cast):
    return lambda: rows("operations_searchtoken")


@place("mails of the development page")
def _(cast):
    store.save(f"To: {MAIL}\nSubject: Hello\n\nDear {NAME}".encode())
    return lambda: [path for path in files() if "/mail/" in path]


@place("who revealed her data, and why")
def _(cast):
    dialog = reverse("admin:tenancy_usertenantmembership_reveal_personal_data", args=[cast.member.pk])
    cast.root.post(dialog, {"_form_submitted": "True", "reason": f"{MAIL} is on the phone"})
    return lambda: rows("pii_reveal")


@place("every other spelling: case, NFD, tags, URL, JSON, base64, digests, formats of numbers")
def _(cast):
    import base64
    import hashlib
    from urllib.parse import quote

    forms = [
        MAIL.upper(),
        "jane.canary+news@example.test",
        quote(MAIL),
        f"x=jane.canary%2540{MAIL.split('@')[1]}",
        MAIL.replace("@", "&#64;"),
        base64.b64encode(f"ab:{MAIL}".encode()).decode(),
        hashlib.md5(MAIL.encode()).hexdigest(),
        hashlib.sha256(SECOND.encode()).hexdigest(),
        "0049 (0) 170-765 43 21",
        "491707654321",
    ]
    assert len(SPELLINGS) > 20  # the matcher's own tests have them all; these go through the database
    with tenant_scope(cast.tenant):
        note = Note.objects.create(contact=cast.nora, body="\n".join(forms))

    def remains():
        with tenant_scope(cast.tenant):
            body = Note.objects.get(pk=note.pk).body
        return [form for form in forms if form in body]

    return remains


@place("the account itself")
def _(cast):
    def remains():
        with system_scope(reason="test"):
            row = type(cast.jane).objects.get(pk=cast.jane.pk)
        return [] if row.email.endswith("@erased.invalid") and not row.has_usable_password() else [row.email]

    return remains


def make_spare(email):
    return make_user(email, is_staff=True, is_superuser=True)
