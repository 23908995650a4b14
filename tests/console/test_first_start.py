"""A freshly migrated database holds what the first start builds on."""

from __future__ import annotations

from django.contrib.auth.models import Group

from console.operations.roles import ROLES


def test_migrate_has_made_the_staff_roles(db):
    assert set(ROLES) <= set(Group.objects.values_list("name", flat=True))
