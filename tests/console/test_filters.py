"""Ranges of moments beside a list: the viewer's zone, whole days, and nothing but dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tenancy import system_scope
from tenancy.models import Tenant
from tests.factories import make_tenant


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"created_at_from_0": "2026-03-02"}, {"noon", "evening"}),
        ({"created_at_to_0": "2026-03-01"}, {"night"}),
        ({"created_at_from_0": "2026-03-02", "created_at_to_0": "2026-03-02"}, {"noon", "evening"}),
        ({"created_at_from_0": "2026-03-02", "created_at_from_1": "18:00:00"}, {"evening"}),
        ({"created_at_from_0": "nonsense"}, {"night", "noon", "evening"}),
        ({"created_at_from_0": "2026-13-40"}, {"night", "noon", "evening"}),
    ],
)
def test_days_are_the_viewers(root, typed, found):
    for slug, moment in {
        "night": datetime(2026, 3, 1, 22, 30, tzinfo=UTC),  # 23:30 in Berlin
        "noon": datetime(2026, 3, 2, 11, tzinfo=UTC),
        "evening": datetime(2026, 3, 2, 22, 30, tzinfo=UTC),  # 23:30 in Berlin
    }.items():
        tenant = make_tenant(slug)
        with system_scope(reason="test"):
            Tenant.objects.filter(pk=tenant.pk).update(created_at=moment)
            root.user.time_zone = "Europe/Berlin"
            root.user.save()
    shown = root.get(reverse("admin:tenancy_tenant_changelist"), typed)
    assert {tenant.slug for tenant in shown.context["cl"].result_list} == found
