"""Every page of the admin in Chromium: accessible, never wider than the window, and all of it by keyboard."""

from __future__ import annotations

import pytest
from django.conf import settings as project
from django.core.management import call_command

from tests.factories import make_user

from .every_page import addresses, prepare
from .focus import tab_through

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 400)]


@pytest.fixture
def person(settings, tmp_path, capsys):
    """A superuser over the demo's data, with something to approve and something purged."""
    settings.DEBUG, settings.MEDIA_ROOT, settings.STAFF_SECOND_FACTOR = True, tmp_path / "media", False
    call_command("seed_demo")
    person = make_user("root@demo.test", is_staff=True, is_superuser=True, full_name="Root")
    prepare(person)
    return person


@pytest.fixture
def enter(client, open_browser, person):
    """Open a browser that is signed in."""

    def opened(**options):
        client.force_login(person)
        window = open_browser(**options)
        cookie = client.cookies[project.SESSION_COOKIE_NAME].value
        window.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": cookie, "url": window.url}])
        return window

    return opened


@pytest.mark.parametrize(("theme", "width"), SIZES)
def test_every_page_is_readable(enter, theme, width):
    window = enter(theme=theme, width=width)
    found = addresses()
    assert len(found) > 70
    for name, path in found.items():
        window.visit(path)
        window.check(f"admin-{name}")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_every_dialog_is_readable(enter, theme, width):
    """Each dialog that a page of one object offers: opened, looked at, and left with Escape."""
    window = enter(theme=theme, width=width)
    page, opened = window.page, set()
    for name, path in addresses().items():
        if not name.endswith("-change"):
            continue
        window.visit(path)
        buttons = page.locator("a[hx-target='#modal-content']")
        for number in range(buttons.count()):
            address = buttons.nth(number).get_attribute("hx-get")
            verb = address.rstrip("/").rsplit("/", 1)[-1]
            if (name, verb) in opened:
                continue
            opened.add((name, verb))
            buttons.nth(number).evaluate("button => button.click()")  # some stand in a menu that is closed
            page.locator("#dialog-title").wait_for()
            page.wait_for_function("document.activeElement.closest('#modal-content') !== null")
            window.check(f"dialog-{name.removesuffix('-change')}-{verb}")
            page.keyboard.press("Escape")
            page.get_by_role("dialog").wait_for(state="hidden")
    assert len(opened) > 30, opened


def test_the_keyboard_does_it_all(enter):
    """Search with "/", open a page, open a dialog, leave it with Escape, suspend: without the mouse."""
    window = enter()
    page, keys = window.page, window.page.keyboard
    window.visit("/admin/")
    keys.press("/")
    page.locator("#search-input-command").wait_for(state="visible")
    keys.type("northwind")
    page.locator("#command-results-list").wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    page.wait_for_url("**/admin/tenants/**")
    suspend = page.get_by_role("link", name="Suspend")
    suspend.focus()
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    page.wait_for_function("document.activeElement.closest('#modal-content') !== null")
    window.check("admin-dialog")
    for _ in range(12):  # Tab goes round inside
        keys.press("Tab")
        assert page.evaluate("document.activeElement.closest('#modal-content') !== null")
    keys.press("Escape")
    dialog.wait_for(state="hidden")
    page.wait_for_function("document.activeElement.textContent.includes('Suspend')")
    more = page.get_by_role("button", name="More")
    more.focus()
    keys.press("Enter")
    page.get_by_role("link", name="Transfer ownership").wait_for()
    keys.press("Escape")
    suspend.focus()
    keys.press("Enter")
    page.locator("[name=reason]").fill("Invoices are overdue")
    page.locator("#dialog button[type=submit]").focus()
    keys.press("Enter")
    page.get_by_text("The tenant is suspended.").wait_for()


WALKED = {  # page: how many stops it has at least
    "/admin/tenancy/tenant/": 15,
    "/admin/tenancy/tenant/add/": 15,
    "/admin/accounts/user/add/": 15,
    "/admin/members/memberimport/add/": 15,
    "/admin/trail/": 15,
    "/admin/operations/auditevent/": 15,
    "/admin/": 15,
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", WALKED)
def test_what_has_the_focus_is_seen_to_have_it(enter, theme, path):
    """Tab through a page: each stop looks different from the same thing without the focus."""
    window = enter(theme=theme)
    window.visit(path)
    stops, unseen = tab_through(window.page)
    assert unseen == set()
    assert stops > WALKED[path]


def test_the_search_opens_with_control_and_k_too(enter):
    window = enter()
    window.visit("/admin/tenancy/tenant/")
    window.page.keyboard.press("Control+k")
    window.page.locator("#search-input-command").wait_for(state="visible")
    window.page.keyboard.type("northwind")
    window.page.locator("#command-results-list").wait_for()
