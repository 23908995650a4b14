"""Wall 2's carrier: every statement runs in the scope of the code that asked for it."""

import pytest
from django.db import ProgrammingError, connection, transaction

from tenancy import identity_scope, system_scope, tenant_scope
from tenancy.exceptions import ScopeNotAllowed
from tenancy.models import Tenant, UserTenantMembership


def told():
    """What the server believes: role, kind, tenant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user::text, current_setting('tenancy.kind', true), current_setting('tenancy.tenant', true)"
        )
        return cursor.fetchone()


def test_each_scope_has_its_role(tenant_a):
    assert told() == ("toc_identity", "identity", "")
    with tenant_scope(tenant_a):
        assert told() == ("toc_tenant", "tenant", str(tenant_a.pk))
        with system_scope(reason="test"):
            assert told() == ("toc_wide", "system", "")
        assert told() == ("toc_tenant", "tenant", str(tenant_a.pk))
    assert told() == ("toc_identity", "identity", "")


def test_rows_of_the_other_tenant_are_not_there(tenant_a, tenant_b):
    with tenant_scope(tenant_a):
        with connection.cursor() as cursor:
            cursor.execute("SELECT tenant_id FROM tenancy_usertenantmembership")
            assert {row[0] for row in cursor.fetchall()} == {tenant_a.pk}
        assert [m.tenant_id for m in UserTenantMembership.objects.all()] == [tenant_a.pk]
        assert list(Tenant.objects.all()) == [tenant_a]


def test_autocommit_statements_carry_the_scope(transactional_db):
    with system_scope(reason="test"):
        tenant = Tenant.objects.create(slug="alpha", name="Alpha")
    with tenant_scope(tenant):
        assert told() == ("toc_tenant", "tenant", str(tenant.pk))
    assert told()[0] == "toc_identity"


def test_rollback_to_savepoint_tells_again(tenant_a):
    with tenant_scope(tenant_a):
        sid = transaction.savepoint()
        with system_scope(reason="test"):
            assert told()[0] == "toc_wide"
        transaction.savepoint_rollback(sid)
        assert told()[0] == "toc_tenant"


def test_error_in_statement_tells_again(tenant_a):
    with tenant_scope(tenant_a):
        with pytest.raises(ProgrammingError), transaction.atomic(), identity_scope(), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
        assert told()[0] == "toc_tenant"


def test_tenant_scope_is_refused_above_a_wide_savepoint(tenant_a):
    with system_scope(reason="test"), transaction.atomic(), pytest.raises(ScopeNotAllowed), tenant_scope(tenant_a):
        pass
    with tenant_scope(tenant_a):
        assert told()[0] == "toc_tenant"
