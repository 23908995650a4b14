"""The isolation report's page: green on this database, red with a hole, and for those who may read the trail."""

from __future__ import annotations

import pytest
from django.urls import reverse

from console.operations.isolation_page import MARKS, TITLES
from tenancy.db.report import CHECKS, State

PERMISSION = "operations.view_auditevent"


def test_it_needs_its_permission(staff_client, client, db):
    url = reverse("admin:isolation_report")
    assert client.get(url).status_code == 302
    assert staff_client().get(url).status_code == 403
    assert staff_client(PERMISSION).get(url).status_code == 200


def test_it_stands_in_the_sidebar_of_those_who_may(staff_client):
    link = f'href="{reverse("admin:isolation_report")}"'
    assert link in staff_client(PERMISSION).get(reverse("admin:index")).content.decode()
    assert link not in staff_client("tenancy.view_tenant").get(reverse("admin:index")).content.decode()


def test_every_check_and_state_has_words():
    assert TITLES.keys() == CHECKS.keys()
    assert MARKS.keys() == set(State)


def test_every_table_is_listed_and_nothing_is_open(staff_client):
    shown = staff_client(PERMISSION).get(reverse("admin:isolation_report"))
    text = shown.content.decode()
    assert "No hole in" in text
    assert 'class="console-bad"' not in text.partition("<tbody>")[2]
    for words in ("tenancy_usertenantmembership", "isolated (content)", "Query text hidden", "people", "shared"):
        assert words in text, words


@pytest.mark.django_db
def test_a_hole_is_first_and_red(staff_client, owner_sql):
    client = staff_client(PERMISSION)
    owner_sql(
        "CREATE POLICY stray ON testapp_label TO toc_tenant USING (true)", undo="DROP POLICY stray ON testapp_label"
    )
    text = client.get(reverse("admin:isolation_report")).content.decode()
    assert "1 hole: mend it" in text
    assert "stray stray" in text
    body = text.partition("<tbody>")[2]
    assert body.index("testapp_label") < body.index("accounts_user")
