"""Two tenants always exist."""

from __future__ import annotations

import os

import pytest

from .database import use_throwaway_server
from .factories import make_membership, make_tenant


def pytest_configure(config: pytest.Config) -> None:
    if not os.environ.get("DATABASE_URL") and not config.option.collectonly:
        use_throwaway_server()


@pytest.fixture
def tenant_a(db):
    """The tenant whose people act in a test."""
    tenant = make_tenant("northwind", name="Northwind")
    make_membership(tenant, role="owner")
    return tenant


@pytest.fixture
def tenant_b(db):
    """The other tenant: nothing of it may ever show."""
    tenant = make_tenant("contoso", name="Contoso")
    make_membership(tenant, role="owner")
    return tenant


@pytest.fixture(autouse=True)
def jobs_inline(settings):
    """Jobs run in the test's process, on commit; a test of the queue itself sets the backend back."""
    settings.TENANCY = {**settings.TENANCY, "JOBS_BACKEND": "console.jobs.InlineBackend"}
