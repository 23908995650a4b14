"""What the tests of the carrier ask: whose rows show, and what the server was told."""

from __future__ import annotations

from django.db import connections

from tests.testapp.models import Customer


def told(alias="default"):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('tenancy.tenant', true)")
        return cursor.fetchone()


def names():
    """The slugs of the tenants whose customers are in reach."""
    return {name.split()[0] for name in Customer.objects.values_list("name", flat=True)}
