"""Every place where personal data survives an erasure in this stack: touched by real paths, erased, looked for."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from console.models import JobRun
from console.operations.models import SearchToken
from console.workspace.models import Attachment, Contact, Note
from pii.models import ReviewItem, ScanRun, State
from pii.requests import decide_tenant, receive
from pii.scan.census import census
from tenancy import audit, memberships, system_scope, tenant_scope
from tenancy.db.message import narrow_role
from tenancy.models import Invitation, UserTenantMembership
from tests.factories import PASSWORD, make_membership, make_user

pytestmark = pytest.mark.django_db(transaction=True)
MAIL, SECOND, PHONE, NAME = (
    "jane.canary@example.test",
    "canary.second@elsewhere.test",
    "+49 170 7654321",
    "Jane Canarybird",
)


@pytest.fixture
def jane(tenant_a, tenant_b, settings):
    """Touched by every part of the product."""
    settings.STAFF_SECOND_FACTOR = False
    user = make_user(MAIL, full_name=NAME)
    boss = make_user("boss@example.test", is_staff=True, is_superuser=True)
    make_user("spare@example.test", is_staff=True, is_superuser=True)
    with system_scope(reason="test"):
        member = memberships.assign_user_to_tenant(user, tenant_a, "member", by=boss, reason=f"asked by {MAIL}")
        memberships.change_details(member, by=boss, display_name=NAME, external_id="CANARY-0815", title="Canary keeper")
        memberships.change_details(member, by=boss, display_name="J. C.", external_id="CANARY-0816", title="x")
    make_membership(tenant_b, user, display_name=NAME)
    with system_scope(reason="test"):
        EmailAddress.objects.create(user=user, email=MAIL, verified=True, primary=True)
        EmailAddress.objects.create(user=user, email=SECOND, verified=True)
        SocialAccount.objects.create(user=user, provider="x", uid="canary-uid-1", extra_data={"mail": [{SECOND: NAME}]})
        Authenticator.objects.create(user=user, type="totp", data={"secret": "canary"})
        Invitation.objects.create(
            tenant=tenant_a, email=SECOND, token_hash="c" * 64, expires_at="2999-01-01T00:00:00Z", invited_by=user
        )
        JobRun.objects.create(name="x", key="k", message=f"row of {MAIL}", requested_by=user)
        LogEntry.objects.create(user=boss, object_repr=f"{NAME} <{MAIL}>", action_flag=2, change_message=f'["{MAIL}"]')
    root = Client()
    root.force_login(boss)
    revealed = {"_form_submitted": "True", "reason": "a misspelt name"}
    root.post(reverse("admin:accounts_user_reveal_personal_data", args=[user.pk]), revealed)
    inline = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    answer = root.post(
        reverse("admin:accounts_user_change", args=[user.pk]),
        {"full_name": f"{NAME} II", "locale": "en", "time_zone": "UTC", **inline},
    )
    assert answer.status_code == 302, answer.context_data["errors"]
    with tenant_scope(tenant_a), audit.changing(by=boss, reason=f"typed in for {SECOND}"):
        contact = Contact.objects.create(
            first_name="Jane",
            last_name="Canarybird",
            email=MAIL,
            phone=PHONE,
            street="Canary Row 1",
            city="Canaryville",
            attributes={"cv": {"canary": [1]}},
        )
        contact.company = "Canary Ltd"
        contact.save()
        Note.objects.create(contact=contact, body="canary note", author=user)
        kept = ContentFile(b"canary bytes", name="jane-canary.txt")
        Attachment.objects.create(
            contact=contact, file=kept, name="jane canary cv.txt", size=12, content_type="text/plain"
        )
        gone = Contact.objects.create(first_name="Old", last_name="Canarybird", email=SECOND)
        gone.delete()  # lives on in history alone
    Client().post(reverse("account_login"), {"login": MAIL, "password": PASSWORD})
    Client().post(reverse("account_login"), {"login": MAIL, "password": "wrong"})
    asks = Client()
    asks.post(reverse("account_reset_password"), {"email": MAIL})
    user.reset_link = next(
        (found[0] for m in mail.outbox if (found := re.search(r"https?://\S+/password/reset/key/\S+", m.body))), ""
    )
    anonymous = Client()
    session = anonymous.session
    session["account_verified_email"] = MAIL
    session.save()
    user.contact = contact
    return user


@pytest.fixture
def mentions(tenant_a, jane):
    """Other people's rows that speak of her."""
    with tenant_scope(tenant_a):
        other = Contact.objects.create(
            first_name="Nora",
            last_name="Neighbour",
            email="nora@example.test",
            attributes={"knows": [{"mail": "JANE.CANARY@example.test"}], MAIL: 1, "tel": "0170 765-43 21"},
        )
        note = Note.objects.create(contact=other, body=f"Ask {MAIL}, or call 0049 170 7654321. She is nice.")
    return other, note


def database(keep=lambda row: True):
    """Every row of every table, as text."""
    found = {}
    with system_scope(reason="test"), narrow_role("scan"):
        for table in census():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT t::text FROM {table.quoted} t ORDER BY 1")
                found[table.label] = [row for (row,) in cursor.fetchall() if keep(row)]
    return found


def test_nothing_is_left_anywhere(erase, jane, mentions, django_user_model):
    request = erase(objects=[jane])
    with system_scope(reason="test"):
        where = list(ReviewItem.objects.values_list("table", "column", "kind"))
    assert request.state == State.DONE, where
    left = {table: rows for table, rows in database(lambda row: "canary" in row.lower()).items() if rows}
    assert left == {}
    with system_scope(reason="test"):
        assert not Session.objects.filter(session_data__contains="canary").exists()
        assert SearchToken.objects.filter(token__contains="canary").count() == 0
        assert django_user_model.objects.get(pk=jane.pk).has_usable_password() is False
        assert not Authenticator.objects.filter(user=jane).exists()
        assert not EmailAddress.objects.filter(user=jane).exists()
        other, note = (type(row).objects.get(pk=row.pk) for row in mentions)
        history = Contact.history.filter(id=jane.contact.pk)
        assert {row.email.endswith("@erased.invalid") for row in history} == {True}
    assert note.body == "Ask [erased], or call [erased]. She is nice."
    assert other.attributes == {"knows": [{"mail": "[erased]"}], "[erased]": 1, "tel": "[erased]"}


def test_files_are_gone_with_their_names(erase, jane, tmp_path):
    before = [path for path in tmp_path.rglob("*") if path.is_file() and b"canary bytes" in path.read_bytes()]
    assert before
    erase(objects=[jane])
    assert not [path for path in before if path.exists()]


def test_caches_and_links_are_dead(erase, jane):
    digest = hashlib.sha256(MAIL.encode()).hexdigest()
    keys = [key for key in cache._cache if digest in key or str(jane.pk) in key]
    erase(objects=[jane])
    assert keys
    assert not [key for key in cache._cache if digest in key or str(jane.pk) in key]
    assert jane.reset_link
    answer = Client().get(jane.reset_link.split("://", 1)[1].partition("/")[2].join(["/", ""]), follow=True)
    assert "password1" not in answer.content.decode()


def test_the_admin_log_and_the_acts_of_others_stay(erase, jane, officer):
    with system_scope(reason="test"):
        acts = LogEntry.objects.count()
        LogEntry.objects.create(user=jane, object_repr="a tenant", action_flag=2)
    erase(objects=[jane])
    with system_scope(reason="test"):
        assert LogEntry.objects.count() == acts + 1
        assert LogEntry.objects.get(user=jane).object_repr == "a tenant"


# What an erasure adds to the record of itself: rows that name this request (its scan, its tombstones), never another
# row of these tables. Everything else, of every table, stays byte for byte as it was, unless it is the person's own.
ACTED = {
    "operations_auditevent": "the act and each of its steps",
    "pii_datarequest": "the request",
    "pii_requestevent": "each move of the request",
    "pii_planitem": "the plan: counts per table",
    "pii_planrow": "the plan: keys of the person's rows",
    "pii_step": "how far it came",
    "pii_blob": "which stored files were to go, emptied when they were gone",
    "pii_scanrun": "what the scan saw",
    "pii_tombstone": "that the person was erased",
    "pii_tombstonehash": "by what they would be known again",
    "console_jobrun": "the job that erased",
}


def test_neighbours_and_other_tenants_are_byte_identical(erase, jane, tenant_a, tenant_b, officer, approver):
    """Over all rows of all tables: no table is left out, and what may differ is named above or is the person's own."""
    neighbour = make_membership(tenant_a, make_user("nora@example.test"), display_name="Nora Neighbour")
    with tenant_scope(tenant_b):
        Contact.objects.create(first_name="Jane", last_name="Canarybird", email=MAIL, phone=PHONE)
    with tenant_scope(tenant_a), audit.changing(by=neighbour.user, reason="her own work"):
        nora = Contact.objects.create(first_name="Nora", last_name="Neighbour", email="other@example.test")
        Note.objects.create(contact=nora, body="about Nora")
    with system_scope(reason="test"):
        member = UserTenantMembership.objects.get(user=jane, tenant=tenant_a)
        JobRun.objects.create(name="y", key="k", tenant=tenant_a, requested_by=neighbour.user)
        audit.record("test.done", by=neighbour.user, tenant=tenant_a, target=neighbour, reason="of Nora")
        pii_before = receive("access", by=officer, emails=["nora@example.test"])
    signed = Client()
    signed.force_login(neighbour.user)
    with tenant_scope(tenant_a):
        hers = {
            str(member.pk),
            *(str(pk) for pk in Contact.history.filter(last_name="Canarybird").values_list("id", flat=True)),
        }
    assert pii_before.pk

    before = database()
    request = erase(emails=[MAIL], tenant=tenant_a)
    assert request.state == State.DONE
    after = database()
    theirs = (str(tenant_b.pk), str(neighbour.pk), str(neighbour.user_id), str(nora.pk))
    with system_scope(reason="test"):
        proofs = [*request.tombstones.values_list("pk", flat=True), *ScanRun.objects.values_list("pk", flat=True)]
    own = {str(key) for key in (request.pk, request.number, *proofs)}
    strange, used = [], set()
    for table, rows in before.items():
        lost, new = Counter(rows) - Counter(after[table]), Counter(after[table]) - Counter(rows)
        for row in [*lost, *new]:
            acted = row in new and table in ACTED and any(key in row for key in own)
            used |= {table} if acted else set()
            if any(key in row for key in theirs) or not (acted or about(row, hers)):
                strange.append((table, "new" if row in new else "lost", row[:300]))
    assert strange == [], "\n".join(map(str, strange))
    assert set(ACTED) == used, "a line of the list that nothing needs"
    assert all(before[table] for table in ("workspace_contact", "django_session", "console_jobrun", "pii_datarequest"))
    with system_scope(reason="test"):
        assert get_user_model().objects.get(pk=jane.pk).email == MAIL  # a member elsewhere keeps the account
        assert UserTenantMembership.objects.get(user=jane, tenant=tenant_a).display_name == ""
        assert UserTenantMembership.objects.get(user=jane, tenant=tenant_b).display_name == NAME


def about(row, keys):
    """Whether a row of a table is the person's own: one of her rows in this organisation, or it spoke of her."""
    return any(key in row for key in keys) or "canary" in row.lower()


def test_an_organisation_that_refuses_keeps_its_data_and_the_report_says_so(
    jane, tenant_a, tenant_b, officer, approver
):
    from pii.erase import run_erasure, start_erasure
    from pii.requests import approve
    from tests.pii.conftest import fresh, planned

    request = planned(officer, objects=[jane])
    decide_tenant(request, tenant_b, answer="refuse", by=officer, ground="an open lawsuit")
    request = fresh(request)
    approve(request, by=approver, plan_hash=request.plan_hash)
    start_erasure(request, by=approver, typed_number=request.number)
    request = fresh(request) if fresh(request).state == State.DONE else run_erasure(request.pk)
    assert (request.state, request.is_partial) == (State.DONE, True)
    assert any(line["ground"] == "an open lawsuit" for line in request.report["retained"])
    with system_scope(reason="test"):
        assert UserTenantMembership.objects.get(user=jane, tenant=tenant_b).display_name == NAME
        assert UserTenantMembership.objects.get(user=jane, tenant=tenant_a).display_name == ""


def test_a_table_without_a_model_waits_for_review(erase, jane):
    from tenancy.db.owner import owner_connection

    def as_owner(*statements):
        with owner_connection("default"), system_scope(reason="test"), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    as_owner(
        "CREATE TABLE old_app_people (id int PRIMARY KEY, who text)",
        f"INSERT INTO old_app_people VALUES (1, 'left over: {MAIL}')",
    )
    try:
        with pytest.raises(Exception, match="no right to read old_app_people"):
            erase(objects=[jane])
    finally:
        as_owner("DROP TABLE old_app_people")


def test_an_erased_person_who_signs_up_again_is_noted(erase, jane, rf):
    from allauth.account.signals import user_signed_up

    from pii.models import Reappearance

    erase(objects=[jane])
    again = make_user(MAIL)
    user_signed_up.send(sender=type(again), request=rf.get("/"), user=again)
    with system_scope(reason="test"):
        noted = Reappearance.objects.get()
        assert (noted.how, noted.key, bool(noted.closed_at)) == ("signup", str(again.pk), True)
