"""Account pages in Chromium: sign-in with a second factor, a passkey, an invitation; light, dark, 360 px wide."""

from __future__ import annotations

import re
import time

import pytest

from console.accounts.people import create_person
from tenancy import identity_scope, invitations, tenant_scope
from tests.console.accounts.person import totp
from tests.factories import PASSWORD, make_membership, make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada():
    with identity_scope():
        return create_person("ada@example.test", PASSWORD, verified=True, full_name="Ada Example")


def code_of(secret: str) -> str:
    if time.time() % 30 > 24:  # do not type a code that ends while it is typed
        time.sleep(30 - time.time() % 30)
    return totp(secret)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
def test_sign_in_with_an_authenticator_app(open_browser, ada, theme, width):
    window = open_browser(theme=theme, width=width)
    window.visit("/accounts/login/?next=/accounts/profile/")
    window.check("login")
    window.type(login="ada@example.test", password=PASSWORD)
    assert window.path == "/accounts/profile/"
    window.check("profile")
    for name, path in {
        "email": "/accounts/email/",
        "password": "/accounts/password/change/",
        "two-steps": "/accounts/2fa/",
        "sessions": "/accounts/sessions/",
    }.items():
        window.visit(path)
        window.check(name)
    window.visit("/accounts/2fa/totp/activate/")
    window.check("reauthenticate")
    window.type(password=PASSWORD)
    window.check("totp-activate")
    secret = window.page.input_value("#authenticator_secret")
    window.type(code=code_of(secret))
    assert "recovery-codes" in window.path
    window.check("recovery-codes")
    window.press("Sign out")
    window.visit("/accounts/login/?next=/accounts/profile/")
    window.type(login="ada@example.test", password=PASSWORD)
    assert window.path == "/accounts/2fa/authenticate/"
    window.check("second-step")
    window.type(code=code_of(secret))
    assert window.path == "/accounts/profile/"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_staff_reach_the_admin_with_their_second_factor(open_browser, settings, theme):
    settings.STAFF_SECOND_FACTOR = True
    with identity_scope():
        create_person("op@example.test", PASSWORD, verified=True, is_staff=True, is_superuser=True)
    window = open_browser(theme=theme)
    window.visit("/admin/")
    window.type(login="op@example.test", password=PASSWORD)
    assert window.path.startswith("/accounts/second-factor/")
    window.check("second-factor-needed")
    window.page.get_by_role("button", name="Use an authenticator app").click()
    window.type(password=PASSWORD)
    secret = window.page.input_value("#authenticator_secret")
    window.type(code=code_of(secret))
    window.visit("/admin/")
    assert window.path.startswith("/accounts/2fa/reauthenticate/")
    window.type(code=code_of(secret))
    assert window.path == "/admin/"
    window.page.get_by_role("link", name="Tenants").first.wait_for()
    window.visit("/mail/")
    window.check("mails")


def test_a_passkey_from_the_browser(open_browser, ada):
    window = open_browser()
    devices = window.context.new_cdp_session(window.page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    window.visit("/accounts/login/")
    window.type(login="ada@example.test", password=PASSWORD)
    window.visit("/accounts/2fa/webauthn/add/")
    window.type(password=PASSWORD)
    window.check("passkey-add")
    window.page.get_by_label("Passwordless").check()
    window.press("Add")
    window.page.wait_for_url("**/recovery-codes/")
    window.visit("/accounts/2fa/webauthn/")
    window.check("passkeys")
    window.press("Sign out")
    window.visit("/accounts/login/?next=/accounts/profile/")
    window.press("Sign in with a passkey")
    window.page.wait_for_url("**/accounts/profile/")


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_an_invitation_becomes_an_account(open_browser, mailoutbox, theme, width, settings, live_server):
    settings.TENANCY = {**settings.TENANCY, "INVITATION_URL": f"{live_server.url}/invitations/{{token}}/"}
    tenant = make_tenant("northwind", name="Northwind")
    owner = make_membership(tenant, role="owner").user
    with tenant_scope(tenant):
        invitations.invite("new@example.test", tenant, "member", by=owner)
    window = open_browser(theme=theme, width=width)
    window.visit(re.search(r"https?://\S+", mailoutbox[-1].body)[0])
    assert window.path == "/invitations/accept/"
    window.check("invitation")
    window.type(full_name="New Person", password1=PASSWORD, password2=PASSWORD)
    assert "You are now a member of Northwind" in window.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_for_when_nothing_works(open_browser, theme):
    window = open_browser(theme=theme, width=360)
    window.visit("/accounts/signup/")
    window.check("signup-closed")
    window.visit("/accounts/password/reset/")
    window.check("password-reset")
    with window.page.expect_console_message():  # Chromium reports the answer there too, some time after it
        window.visit("/no/such/page/")
    window.check("404")
    assert sorted(problem[:4] for problem in window.problems) == ["404:", "cons"]
    window.problems.clear()


def test_the_theme_can_be_chosen_and_stays(open_browser):
    window = open_browser(theme="light")
    window.visit("/accounts/login/")
    window.press("Dark")
    assert window.page.evaluate("document.documentElement.dataset.theme") == "dark"
    window.visit("/accounts/signup/")
    assert window.page.evaluate("document.documentElement.dataset.theme") == "dark"
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.className") == "skip"
