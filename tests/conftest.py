"""Databases as production has them, and two tenants that always exist."""

from __future__ import annotations

import os

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection

from tenancy import conf
from tenancy.testing.database import served_test_databases

from .database import is_thrown_away, use_throwaway_server
from .factories import make_membership, make_tenant
from .unscoped import Watch


def pytest_configure(config: pytest.Config) -> None:
    if not os.environ.get("DATABASE_URL") and not config.option.collectonly:
        use_throwaway_server()


@pytest.fixture(scope="session")
def django_db_setup(
    request,
    django_test_environment,
    django_db_blocker,
    django_db_keepdb,
    django_db_createdb,
    django_db_modify_db_settings,
):
    """Build the test databases as the owner and serve them as the login role."""
    with (
        django_db_blocker.unblock(),
        served_test_databases(
            verbosity=0,
            interactive=False,
            keepdb=is_thrown_away() or (django_db_keepdb and not django_db_createdb),
            serialized_aliases=set(),
        ),
    ):
        yield


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
def no_statement_of_the_product_without_a_scope():
    """In every test: what a page, a job or a command of ours sends, it sends in a scope that somebody opened."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch
    assert not watch.found, "\n".join(sorted(set(watch.found)))


@pytest.fixture(autouse=True)
def fresh_cache():
    """Rate limits and cached numbers of one test are nothing to the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def jobs_inline(settings):
    """Jobs run in the test's process, on commit; a test of the queue itself sets the backend back."""
    settings.TENANCY = {**settings.TENANCY, "JOBS_BACKEND": "console.jobs.InlineBackend"}


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Argon2 is slow on purpose, and tests make many people; the check of a hash is Django's."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def staff_by_password(settings):
    """Most tests sign staff in by password alone, as the demo does; those of the second factor turn it on."""
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def owner_sql(db):
    """Run statements as the tables' owner, outside the test's transaction; `undo` runs at the end of the test.

    Only on tables that the test's own transaction has not touched: it would wait for itself.
    """
    owner = conf.load("OWNER_DATABASE")()
    undone = []
    with psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        dbname=connection.settings_dict["NAME"],
        autocommit=True,
    ) as driver:

        def run(*statements, undo):
            undone.append(undo)
            for statement in statements:
                driver.execute(statement)

        driver.execute("SET lock_timeout = '5s'")
        yield run
        for statement in reversed(undone):
            driver.execute(statement)
