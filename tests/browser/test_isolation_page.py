"""The isolation report in Chromium: readable whole and with a hole, in light, dark and narrow windows."""

from __future__ import annotations

import pytest
from django.conf import settings as project

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400)])
def test_the_report_is_readable(open_browser, staff_session, owner_sql, theme, width):
    window = open_browser(theme=theme, width=width)
    window.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": staff_session, "url": window.url}])
    window.visit("/admin/isolation/")
    assert "No hole in" in window.text
    window.check("isolation")
    owner_sql(
        "ALTER TABLE testapp_label NO FORCE ROW LEVEL SECURITY",
        undo="ALTER TABLE testapp_label FORCE ROW LEVEL SECURITY",
    )
    window.visit("/admin/isolation/")
    assert "1 hole" in window.text
    window.check("isolation-hole")


@pytest.fixture
def staff_session(client, settings):
    from tests.factories import make_user

    settings.STAFF_SECOND_FACTOR = False
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client.cookies[project.SESSION_COOKIE_NAME].value
