"""Privacy in Chromium: three clicks to a package, one visit and one approval to an erasure; every page."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from console.accounts.people import mark_verified
from console.operations.sessions import open_session
from console.workspace.models import Contact, Note
from pii.models import DataRequest, State
from pii.plan import make_plan
from pii.requests import attest, receive, restrict
from tenancy import identity_scope, staff_scope, system_scope, tenant_scope
from tests.factories import PASSWORD, make_membership, make_tenant, make_user
from tests.pii.conftest import own_files

__all__ = ["own_files"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MAIL = "jane.canary@example.test"


class Clicks:
    """A window whose clicks are counted; what is typed or chosen in a field is none."""

    def __init__(self, window) -> None:
        self.window, self.page, self.count = window, window.page, 0

    def click(self, locator) -> None:
        self.count += 1
        locator.click()
        self.page.wait_for_load_state()

    def action(self, name: str) -> None:
        """Choose an action of the page: in its menu where there is one."""
        link = self.page.get_by_role("link", name=name).first
        if not link.is_visible():
            self.page.wait_for_load_state("networkidle")  # the menu opens by script
            self.click(self.page.locator("button[aria-haspopup]", has_text="Actions").first)
        self.click(link)
        self.page.locator("#dialog [name=reason]").wait_for()

    def submit(self, **fields: str) -> None:
        """Fill the dialog and send it."""
        for name, value in fields.items():
            field = self.page.locator(f"#dialog [name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        self.click(self.page.locator("#dialog button[type=submit]"))


@pytest.fixture
def northwind(settings):
    settings.STAFF_SECOND_FACTOR = False
    tenant = make_tenant("northwind", name="Northwind")
    make_membership(tenant, role="owner")
    return tenant


@pytest.fixture
def officer(northwind):
    """Make a privacy officer with an open staff session for the tenant."""

    def made(email):
        user = make_user(email, is_staff=True, full_name="Olga Officer")
        with identity_scope():
            mark_verified(user)
        with system_scope(reason="test"):
            user.groups.add(Group.objects.get(name="Privacy officer"))
        with staff_scope(actor=user, reason="test"):
            open_session(northwind, by=user, reason="ticket 7", ticket="T-7")
        return user

    return made


@pytest.fixture
def people(northwind):
    """The address of each kind of person's page, each about somebody else."""
    user = make_user("jane.user@example.test", full_name="Jane Userly")
    make_membership(northwind, user)
    member = make_membership(northwind, make_user("jane.member@example.test", full_name="Jane Memberly"))
    with tenant_scope(northwind):
        contact = Contact.objects.create(first_name="Jane", last_name="Contactly", email="jane.contact@example.test")
    return {
        "user": reverse("admin:accounts_user_change", args=[user.pk]),
        "member": reverse("admin:tenancy_usertenantmembership_change", args=[member.pk]),
        "contact": reverse("admin:workspace_contact_change", args=[contact.pk]),
    }


def sign_in(window, user) -> None:
    window.visit("/accounts/login/")
    window.type(login=user.email, password=PASSWORD)


def the_request() -> DataRequest:
    with system_scope(reason="test"):
        return DataRequest.objects.latest("received_at")


@pytest.mark.parametrize("kind", ["user", "member", "contact"])
def test_three_clicks_to_a_package_and_one_visit_plus_one_approval(open_browser, officer, people, kind):
    first = open_browser()
    sign_in(first, officer("first@example.test"))
    first.visit(people[kind])
    hand = Clicks(first)
    hand.action("Export personal data")
    hand.submit(reason="ticket 7", method="signed in while asking")
    download = first.page.get_by_role("link", name="Download", exact=True)
    download.wait_for()
    assert hand.count <= 3
    download.click()  # asks for the password again, then hands it out
    with first.page.expect_download() as waiting:
        first.type(password=PASSWORD)
    assert waiting.value.suggested_filename == f"{the_request().number}.zip"

    first.visit(people[kind])
    hand = Clicks(first)
    hand.action("Erase personal data")
    hand.submit(reason="ticket 8", method="signed in while asking")
    first.page.get_by_text("nothing is erased yet").wait_for()
    hand.click(first.page.get_by_role("link", name="Decide organisations and items"))
    hand.click(first.page.get_by_role("button", name="Carry out"))
    asked = the_request()
    assert asked.state == State.PLANNED  # the first officer is done: five clicks in one visit
    assert hand.count <= 5

    second = open_browser()
    sign_in(second, officer("second@example.test"))
    second.visit(reverse("admin:pii_datarequest_change", args=[asked.pk]))
    eyes = Clicks(second)
    eyes.action("Approve")
    eyes.submit(reason="ticket 8", plan=asked.plan_hash[:8], typed_number=asked.number)
    second.page.get_by_text("The report is as it was signed.").wait_for()
    assert eyes.count <= 3
    assert the_request().state == State.DONE
    assert "Jane" not in second.text


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 400)])
def test_every_privacy_page(open_browser, officer, northwind, theme, width):
    from pii.erase import run_erasure, start_erasure
    from pii.requests import approve, decide_tenant

    jane = make_user(MAIL, full_name="Jane Canary")
    make_membership(northwind, jane, display_name="Jane Canary")
    make_membership(make_tenant("contoso"), display_name="Jane Canary")  # a namesake: a passage to review
    with tenant_scope(northwind):
        contact = Contact.objects.create(first_name="Nora", last_name="Neighbour", email="nora@example.test")
        Note.objects.create(contact=contact, body="invoice 17")
    desk, approver = officer("desk@example.test"), officer("approver@example.test")

    def request(kind, **who):
        made = receive(kind, by=desk, **who)
        attest(made, by=desk, method="passport seen at the desk")
        return made

    planned = make_plan(request("erasure", objects=[contact]), by=desk)
    review = make_plan(request("erasure", objects=[jane]), by=desk)
    decide_tenant(review, northwind, answer="carry_out", by=desk)
    with system_scope(reason="test"):
        review.refresh_from_db()
    approve(review, by=approver, plan_hash=review.plan_hash)
    start_erasure(review, by=approver, typed_number=review.number)
    assert run_erasure(review.pk).state == State.VERIFYING
    correcting = request("rectification", emails=["nora@example.test"])
    restricted = restrict(request("restriction", emails=["nora@example.test"]), by=desk, ground="accuracy is contested")
    window = open_browser(theme=theme, width=width)
    sign_in(window, desk)
    pages = {
        "worklist": reverse("admin:pii_datarequest_changelist"),
        "intake": reverse("admin:pii_datarequest_add"),
        "request": reverse("admin:pii_datarequest_change", args=[planned.pk]),
        "decisions": reverse("admin:pii_decisions", args=[planned.pk]),
        "verifying": reverse("admin:pii_datarequest_change", args=[review.pk]),
        "review": reverse("admin:pii_review", args=[review.pk]),
        "rectify": reverse("admin:pii_rectify", args=[correcting.pk]),
        "restrictions": reverse("admin:pii_restriction_changelist"),
        "restriction": reverse("admin:pii_restriction_change", args=[restricted.pk]),
        "hold": reverse("admin:pii_legalhold_add"),
        "holds": reverse("admin:pii_legalhold_changelist"),
        "came-back": reverse("admin:pii_reappearance_changelist"),
        "contacts": reverse("admin:workspace_contact_changelist"),
        "contact": reverse("admin:workspace_contact_change", args=[contact.pk]),
        "record": reverse("admin:pii_record"),
        "coverage": reverse("admin:pii_coverage"),
    }
    for name, path in pages.items():
        window.visit(path)
        window.check(f"privacy-{name}")
    window.visit(reverse("admin:pii_find"))
    window.page.select_option("[name=by]", "email")
    window.type(value="nora@example.test")
    window.page.get_by_text("in 1 organisation").wait_for()
    window.check("privacy-find")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_the_organisations_own_pages(open_browser, northwind, theme, width):
    admin = make_user("ada@example.test", full_name="Ada Admin")
    with identity_scope():
        mark_verified(admin)
    make_membership(northwind, admin, "admin")
    with tenant_scope(northwind):
        contact = Contact.objects.create(first_name="Nora", last_name="Neighbour", email="nora@example.test")
    window = open_browser(theme=theme, width=width)
    sign_in(window, admin)
    base = "/t/northwind"
    window.visit(base + reverse("workspace_privacy_find"))
    window.page.select_option("[name=by]", "email")
    window.type(value="nora@example.test")
    window.check("own-privacy-find")
    window.press("Open: Erasure (Art. 17)")
    window.check("own-privacy-identity")
    window.press("Send a code")
    assert "on its way" in window.text
    window.check("own-privacy-code")
    window.page.fill("[name=reason] >> nth=0", "seen at the desk")
    window.press("Confirm the identity")
    window.press("Plan")
    window.check("own-privacy-plan")
    request = receive("restriction", by=admin, tenant=northwind, objects=[contact])
    attest(request, by=admin, method="passport seen")
    restrict(request, by=admin, ground="accuracy is contested")
    for name in ("privacy", "privacy_kept", "privacy_record"):
        window.visit(base + reverse(f"workspace_{name}"))
        window.check(f"own-{name}")
    window.visit(base + reverse("workspace_contact", args=[contact.pk]))
    window.check("own-restricted-contact")
    window.visit(reverse("accounts_privacy"))
    window.check("own-who-looked")
