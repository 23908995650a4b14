"""The list of queries without a scope, in the console: who sees it, what it counts, and that nobody edits it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tenancy import system_scope
from tenancy.models import ObservedAccess
from tenancy.observed import Offence

LIST = reverse("admin:tenancy_observedaccess_changelist")


@pytest.fixture
def seen():
    """Two places, one of which was mended two days ago."""
    with system_scope(reason="test"):
        for place, hours in (("crm/views.py:overview", 1), ("crm/reports.py:total", 48)):
            ObservedAccess.count_up(Offence("crm.Task", "read", place), 7, 12)
            at = timezone.now() - timedelta(hours=hours)
            ObservedAccess.objects.filter(place=place).update(last_seen_at=at)
        return ObservedAccess.objects.get(place="crm/views.py:overview")


def test_the_list_shows_what_is_left(staff_client, seen):
    viewer = staff_client("tenancy.view_observedaccess")
    html = viewer.get(LIST).content.decode()
    assert "2 places without a scope, 1 of them seen in the last 24 hours" in html
    assert "crm/views.py:overview" in html
    assert "crm/reports.py:total" in html
    recent = viewer.get(LIST, {"seen": "24"}).content.decode()
    assert "crm/views.py:overview" in recent
    assert "crm/reports.py:total" not in recent
    found = viewer.get(LIST, {"q": "crm/reports.py:total"}).content.decode()
    assert "crm/views.py:overview" not in found


def test_an_empty_list_says_that_nothing_is_left(staff_client):
    assert "Nothing is left" in staff_client("tenancy.view_observedaccess").get(LIST).content.decode()


def test_nobody_edits_it_and_others_do_not_see_it(staff_client, root, seen):
    change = reverse("admin:tenancy_observedaccess_change", args=[seen.pk])
    assert staff_client().get(LIST).status_code == 403
    assert root.get(change).status_code == 200
    assert root.post(change, {"place": "elsewhere"}).status_code == 403
    assert root.get(reverse("admin:tenancy_observedaccess_add")).status_code == 403
    assert root.post(reverse("admin:tenancy_observedaccess_delete", args=[seen.pk])).status_code == 403
