"""The customers' side in Chromium: invited to removed, two tenants in two tabs, an import with errors, every page."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from console.accounts.people import mark_verified
from console.workspace.models import Contact
from tenancy import identity_scope, system_scope, tenant_scope
from tests.console.workspace.conftest import make_records
from tests.factories import PASSWORD, make_membership, make_tenant, make_user

from .customers_pages import workspace_paths
from .focus import tab_through

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def northwind(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_tenant("northwind", name="Northwind")


def person(tenant, role, email):
    user = make_user(email, full_name=email.partition("@")[0].title())
    with identity_scope():
        mark_verified(user)
    make_membership(tenant, user, role)
    return user


def sign_in(window, user):
    window.visit("/accounts/login/")
    window.type(login=user.email, password=PASSWORD)


def expect(window, status):
    """The last answer was this refusal, and nothing else went wrong before it."""
    assert window.problems, f"no {status}"
    assert all(str(status) in problem for problem in window.problems), window.problems
    window.problems.clear()


def test_invited_accepted_at_work_and_removed(open_browser, northwind):
    owner = person(northwind, "owner", "ada@example.test")
    office = open_browser()
    sign_in(office, owner)
    assert office.path == "/t/northwind/"
    office.page.get_by_role("link", name="Members").click()
    office.press("Invite")
    office.page.select_option("[name=role]", "member")
    office.type(email="grace@example.test")
    assert "The invitation is on its way" in office.text

    guest = open_browser(width=360)
    guest.visit(re.search(r"https?://[^/]+(/invitations/\S+)", mail.outbox[-1].body)[1])
    guest.type(full_name="Grace Hopper", password1="a-long-and-good-phrase", password2="a-long-and-good-phrase")
    guest.page.wait_for_url("**/t/northwind/")
    assert "Grace Hopper" in guest.text
    assert "Settings" not in guest.page.inner_text("nav.menu")
    guest.press("New contact")
    guest.type(first_name="Jean", last_name="Bartik")
    assert "The contact was created" in guest.text
    guest.page.fill("[name=body]", "Knows the machine.")
    guest.press("Save the note")
    assert "Knows the machine." in guest.text
    guest.check("workspace-contact-of-a-member")

    office.page.get_by_role("link", name="Members").click()
    office.page.get_by_role("link", name="Grace Hopper").click()
    office.press("Deactivate")
    assert "can no longer enter" in office.text
    guest.page.reload()
    expect(guest, 404)
    assert "There is nothing here" in guest.text
    office.visit("/t/northwind/activity/")
    assert "deactivated a member" in office.text


def test_two_tenants_in_two_tabs(open_browser, northwind):
    contoso = make_tenant("contoso", name="Contoso")
    ada = person(northwind, "member", "ada@example.test")
    make_membership(contoso, ada, "member")
    window = open_browser()
    sign_in(window, ada)
    assert window.path == "/organisations/"
    first, second = window.page, window.context.new_page()
    first.goto("/t/northwind/contacts/new/")
    second.goto("/t/contoso/contacts/new/")
    for tab, name in ((first, "Nora"), (second, "Cora")):
        tab.fill("[name=first_name]", name)
    for tab in (first, second):
        tab.get_by_role("button", name="Save").click()
        tab.get_by_text("The contact was created").wait_for()
    for tenant, name in ((northwind, "Nora"), (contoso, "Cora")):
        with tenant_scope(tenant):
            assert [contact.first_name for contact in Contact.objects.all()] == [name]

    first.goto("/t/northwind/")
    first.goto("/contacts/new/")  # no tenant in the address: the session's, which is Northwind now
    first.fill("[name=first_name]", "Lost and found")
    second.goto("/t/contoso/")  # and now the session's is Contoso
    first.get_by_role("button", name="Save").click()
    first.get_by_role("heading", name="Nothing was saved").wait_for()
    expect(window, 409)
    assert "Lost and found" in first.inner_text("main")
    window.check("workspace-stale-form")
    with system_scope(reason="test"):
        assert Contact.objects.count() == 2


def test_an_import_with_errors(open_browser, northwind, tmp_path):
    window = open_browser()
    sign_in(window, person(northwind, "admin", "ada@example.test"))
    file = tmp_path / "people.csv"
    file.write_text("First name,Last name,E-mail,Company\nZoë,Fall,zoe@mill.test,Mill\nNo,Address,at-mill,Mill\n")
    window.visit("/t/northwind/contacts/import/")
    window.check("workspace-import")
    window.page.set_input_files("[name=file]", file)
    window.press("Upload")
    window.check("workspace-import-mapping")
    window.press("Check the file")
    window.page.get_by_role("heading", name="Refused rows").wait_for()
    assert "there is no @" in window.text
    window.check("workspace-import-preview")
    window.press("Import these rows")
    window.page.get_by_text("Done: 1 added").wait_for()
    done = window.path
    window.visit("/t/northwind/contacts/")
    assert "zoe@mill.test" in window.text
    assert "at-mill" not in window.text
    window.visit(done)
    window.page.get_by_text("Undo this import").click()
    window.check("workspace-import-undo")
    window.press("Undo the import")
    window.page.get_by_text("Undone: 1 removed").wait_for()
    window.visit("/t/northwind/contacts/")
    assert "There are no contacts yet" in window.text
    window.check("workspace-no-contacts")


def test_search_as_one_types_tick_all_and_keys(open_browser, northwind):
    with tenant_scope(northwind):
        Contact.objects.bulk_create(Contact(last_name=name) for name in ("Jones", "Johnson", "Smith"))
    window = open_browser()
    sign_in(window, person(northwind, "member", "ada@example.test"))
    window.visit("/t/northwind/contacts/")
    window.page.keyboard.press("/")
    window.page.keyboard.type("jo")
    window.page.get_by_role("link", name="Smith").wait_for(state="detached")
    assert "q=jo" in window.path
    window.page.wait_for_load_state("networkidle")  # the answer to "j" may come first; its list is replaced once more
    window.press("Tick all on this page")
    window.page.fill("#bulk-name", "Found")
    window.press("Put the tag on")
    assert "put on 2 contacts" in window.text


def test_a_contact_is_found_written_and_tagged_by_keyboard_alone(open_browser, northwind):
    window = open_browser()
    sign_in(window, person(northwind, "member", "ada@example.test"))
    page = window.page
    window.visit("/t/northwind/contacts/new/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # past the menu: the first thing of the content
    assert page.evaluate("document.activeElement.closest('main') !== null")
    while page.evaluate("document.activeElement.name") != "last_name":
        page.keyboard.press("Tab")
    page.keyboard.type("Hopper")
    page.keyboard.press("Enter")
    page.get_by_text("The contact was created").wait_for()
    window.visit("/t/northwind/contacts/")
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.id") != "bulk-name":
        page.keyboard.press("Tab")
    page.keyboard.type("Navy")
    page.keyboard.press("Enter")
    page.get_by_text("put on 1 contact").wait_for()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 360)])
def test_pages_are_accessible(open_browser, northwind, theme, width):
    owner = person(northwind, "owner", "ada@example.test")
    make_membership(make_tenant("contoso", name="Contoso"), owner)
    made = make_records(northwind, "Ownword")
    window = open_browser(theme=theme, width=width)
    sign_in(window, owner)
    window.check("workspace-choose")
    for name, path in workspace_paths(made):
        window.visit(f"/t/northwind{path}")
        assert window.path == f"/t/northwind{path}"
        window.check(f"workspace-{name}")
    window.page.get_by_text("Switch").click()
    window.check("workspace-switcher")
    with system_scope(reason="test"):
        northwind.state, northwind.suspended_reason = "suspended", "Invoice 12 is open"
        northwind.save()
    window.visit("/t/northwind/")
    expect(window, 403)
    window.check("workspace-suspended")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_has_the_focus_is_seen_to_have_it(open_browser, northwind, theme):
    """Tab through every page: each stop looks different from the same thing without the focus."""
    owner = person(northwind, "owner", "ada@example.test")
    made = make_records(northwind, "Ownword")
    window = open_browser(theme=theme)
    sign_in(window, owner)
    for name, path in workspace_paths(made):
        window.visit(f"/t/northwind{path}")
        stops, unseen = tab_through(window.page, most=40)
        assert (name, unseen) == (name, set())
        assert stops > 5, name
