"""The door for strangers' addresses: it answers alike, and writes as many rows, for known and unknown ones."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from console.accounts.door import admit
from tenancy import system_scope, tenant_scope
from tenancy.audit import moment
from tests.factories import make_user

from .helpers import HEAD, imported, members, previewed

TABLES = ("accounts_user", "console_historicaluser", "operations_searchtoken")
FEW = HEAD + "".join(f"p{number}@x.test,P,,,,\n" for number in range(7))


def written() -> dict[str, int]:
    """Rows that this transaction inserted so far, those of a rolled back savepoint included."""
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_stat_get_xact_tuples_inserted(oid) FROM pg_class WHERE relname = ANY(%s)",
            [list(TABLES)],
        )
        return dict(cursor.fetchall())


def cost_of_admitting(item) -> dict[str, int]:
    before = written()
    with tenant_scope(item.tenant_id):
        admit(item.pk, after=-1, upto=100, moment=moment(), by=None, reason=item.reason)
    after = written()
    return {table: after[table] - before[table] for table in TABLES}


def test_known_and_unknown_addresses_cost_the_same_rows(tenant_a):
    strangers = cost_of_admitting(previewed(tenant_a, FEW))
    assert strangers["accounts_user"] == strangers["console_historicaluser"] == 7
    known = cost_of_admitting(previewed(tenant_a, FEW))
    assert (known["accounts_user"], known["console_historicaluser"]) == (7, 7)
    assert known["operations_searchtoken"] >= strangers["operations_searchtoken"] > 0


@pytest.mark.parametrize("known", [0, 3, 7])
def test_nothing_of_the_pretended_accounts_stays(tenant_a, known):
    for number in range(known):
        make_user(f"p{number}@x.test")
    before = get_user_model().objects.count()
    item = imported(tenant_a, FEW)
    assert item.applied["new"] == 7
    assert get_user_model().objects.count() == before + 7 - known
    assert {f"p{number}@x.test" for number in range(7)} <= members(tenant_a)
    with system_scope(reason="test"):
        assert get_user_model().history.filter(history_change_reason="import #1").count() == 7 - known
