"""The owner's hand in the test database: changes that a report must notice, each taken back."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from tenancy import conf


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
