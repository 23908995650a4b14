"""Fixtures that several tests of the walls share."""

from __future__ import annotations

import pytest

from tenancy import tenant_scope
from tests.testapp.models import Customer


@pytest.fixture
def customers(tenant_a, tenant_b):
    """The two tenants, 25 customers each, named by their tenant's slug."""
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            Customer.objects.bulk_create(Customer(name=f"{tenant.slug} {n}") for n in range(25))
    return tenant_a, tenant_b
