"""The pages of settings in Chromium: every kind of field, entries added by script, two editors, brands."""

from __future__ import annotations

import pytest
from django.conf import settings as project
from django.test import Client

from tenancy import system_scope, tenant_scope
from tenancy.models import Tenant
from tenancy.settings import register, registry
from tenancy.settings.store import change
from tests.factories import make_membership, make_tenant, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVERYTHING = {
    "type": "object",
    "description": "A setting of every kind.",
    "properties": {
        "text": {"type": "string", "default": "plain", "title": "Text", "description": "Any words."},
        "mail": {"type": ["string", "null"], "format": "email", "default": None, "title": "E-mail address"},
        "colour": {"type": "string", "format": "color", "default": "#1d4ed8", "title": "Colour"},
        "zone": {"type": "string", "format": "time-zone", "default": "UTC", "title": "Time zone"},
        "span": {"type": "string", "format": "duration", "default": "P14D", "title": "Span"},
        "number": {"type": "integer", "minimum": 1, "default": 3, "title": "Number", "x-unit": "seats"},
        "flag": {"type": "boolean", "default": True, "title": "Flag"},
        "pick": {"type": "string", "enum": ["a", "b"], "default": "a", "title": "Choice"},
        "many": {
            "type": "array",
            "items": {"type": "string", "enum": ["red", "blue"]},
            "uniqueItems": True,
            "default": ["red"],
            "title": "Several",
        },
        "lines": {"type": "array", "items": {"type": "string"}, "default": ["one", "two"], "title": "Lines"},
        "rules": {
            "type": "array",
            "maxItems": 5,
            "default": [{"name": "first"}, {"name": "second"}],
            "title": "Rules",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "title": "Name"},
                    "limits": {
                        "type": "object",
                        "title": "Limits",
                        "properties": {"low": {"type": "integer"}, "high": {"type": "integer"}},
                    },
                },
            },
        },
        "token": {"type": ["string", "null"], "x-secret": True, "title": "Token"},
    },
}


@pytest.fixture
def northwind():
    register("everything", EVERYTHING, order=5)
    tenant = make_tenant("northwind", name="Northwind")
    yield tenant
    registry.remove("everything")


@pytest.fixture
def enter(northwind, open_browser, live_server):
    """A window in which somebody is signed in: an owner of the tenant, or staff."""

    def entered(*, staff=False, **options):
        project.STAFF_SECOND_FACTOR = False
        person = make_user(is_staff=staff, is_superuser=staff, full_name="Ada Example")
        if not staff:
            make_membership(northwind, person, role="owner")
        client = Client()
        client.force_login(person)
        window = open_browser(**options)
        cookie = client.cookies[project.SESSION_COOKIE_NAME]
        window.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return window

    before = project.STAFF_SECOND_FACTOR
    yield entered
    project.STAFF_SECOND_FACTOR = before


def stored(tenant):
    with tenant_scope(tenant):
        return Tenant.objects.get().settings.get("everything", {}).get("values")


PATH = "/t/northwind/settings/everything/"


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400)])
def test_the_workspace_pages(enter, northwind, theme, width):
    window = enter(theme=theme, width=width)
    page = window.page
    window.visit("/t/northwind/settings/")
    window.check("settings")
    window.visit(PATH)
    window.check("settings-group")
    page.fill("[name='s.number']", "0")
    page.fill("[name='s.text']", "typed")
    page.keyboard.press("Enter")  # the first button is the review, not an entry's
    page.wait_for_selector("[role=alert]")
    window.check("settings-refused")
    window.problems.clear()  # 422 is what a refused form answers
    assert page.input_value("[name='s.text']") == "typed"
    page.fill("[name='s.number']", "7")
    page.get_by_role("button", name="Review changes").last.click()
    page.wait_for_selector("table")
    window.check("settings-review")
    with tenant_scope(northwind):
        change(northwind, {"everything.text": "theirs"}, by=None)
    page.get_by_role("button", name="Save changes").click()
    page.wait_for_selector("fieldset")
    window.check("settings-conflict")
    window.problems.clear()  # 409 likewise
    page.get_by_label("Use mine:").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Save changes").click()
    page.wait_for_selector("[role=status]")
    assert stored(northwind) == {"text": "typed", "number": 7}
    window.visit("/t/northwind/settings/history/")
    window.check("settings-history")


def test_entries_by_script(enter, northwind):
    page = (window := enter()).page
    window.visit(PATH)
    page.get_by_role("button", name="Add an entry to Rules").click()
    assert page.evaluate("document.activeElement.name") == "s.rules.2.name"
    page.keyboard.type("third")
    page.get_by_role("button", name="Move Entry 3 up").click()
    page.get_by_role("button", name="Remove Entry 1").click()
    page.fill("[name='s.rules.2.limits.low']", "4")  # typing inside an object that is not set ticks its box
    assert page.is_checked("[name='s.rules.2.limits:on']")
    page.get_by_role("button", name="Review changes").last.click()
    page.get_by_role("button", name="Save changes").click()
    page.wait_for_selector("[role=status]")
    assert stored(northwind) == {"rules": [{"name": "third", "limits": {"low": 4}}, {"name": "second"}]}
    assert window.problems == []


def test_everything_without_script(enter, northwind):
    """Entries grow and move by submitting, a value is reset, history goes back."""
    page = (window := enter(script=False)).page
    window.visit(PATH)
    window.press("Add an entry to Rules")
    page.fill("[name='s.rules.2.name']", "third")
    page.locator("[name='_do'][value='up:s.rules.2']").click()
    page.wait_for_load_state()
    page.locator("[name='_do'][value='remove:s.rules.0']").click()
    page.wait_for_load_state()
    page.fill("[name='s.token:password']", "hunter2")
    page.select_option("[name='s.span:unit']", "H")
    page.get_by_role("button", name="Review changes").last.click()
    page.wait_for_selector("table")
    assert "hunter2" not in page.content()
    window.press("Save changes")
    page.wait_for_selector("[role=status]")
    held = stored(northwind)
    assert held["rules"] == [{"name": "third"}, {"name": "second"}]
    assert held["span"] == "PT14H"
    assert sorted(held["token"]) == ["$secret", "as"]
    page.check("[name='s.span:reset']")
    page.get_by_role("button", name="Review changes").last.click()
    window.press("Save changes")
    page.wait_for_selector("[role=status]")
    assert "span" not in stored(northwind)
    window.visit("/t/northwind/settings/history/")
    window.press("Go back to version 1")
    window.press("Go back")
    page.wait_for_selector("[role=status]")
    assert stored(northwind)["span"] == "PT14H"


def test_the_keyboard_alone(enter, northwind):
    page = (window := enter()).page
    window.visit(PATH)
    page.focus("[name='s.rules.1.name']")
    for _ in range(3):  # the box and the two numbers of its limits
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "up:s.rules.1"
    page.keyboard.press("Enter")
    assert page.eval_on_selector_all("[name='s.rules:entry']", "all => all.map(one => one.value)")[:2] == ["1", "0"]
    page.focus("[name='s.text']")
    page.keyboard.press("Control+A")
    page.keyboard.type("by keys")
    page.keyboard.press("Enter")
    page.wait_for_selector("table")
    page.focus("[name='reason']")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Save changes"
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    assert stored(northwind)["text"] == "by keys"
    assert [rule["name"] for rule in stored(northwind)["rules"]] == ["second", "first"]
    assert window.problems == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400)])
def test_the_console_pages(enter, northwind, theme, width):
    window = enter(staff=True, theme=theme, width=width)
    with system_scope(reason="test"):
        change(northwind, {"everything.text": "own"}, by=None)
    for name, path in {
        "console-settings": f"/admin/tenancy/tenant/{northwind.pk}/settings/",
        "console-settings-group": f"/admin/tenancy/tenant/{northwind.pk}/settings/group/everything/",
        "console-settings-history": f"/admin/tenancy/tenant/{northwind.pk}/settings/history/",
        "platform-settings": "/admin/tenancy/platformsettings/",
        "platform-locks": "/admin/tenancy/platformsettings/settings/locks/",
        "platform-bulk": "/admin/tenancy/platformsettings/settings/bulk/",
        "platform-misfits": "/admin/tenancy/platformsettings/settings/misfits/",
        "observed": "/admin/tenancy/observedaccess/",
    }.items():
        window.visit(path)
        window.check(name)


def test_a_brand_is_readable_in_both_themes(enter, northwind):
    with system_scope(reason="test"):
        change(northwind, {"branding.colour": "#ffd400", "branding.name": "Nordwind"}, by=None)
    for theme in ("light", "dark"):
        window = enter(theme=theme)
        window.visit("/t/northwind/")
        window.check("branded-home")
        window.visit(PATH)
        window.check("branded-settings")
