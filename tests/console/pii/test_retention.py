"""The organisation's own setting decides how long the sweep leaves what it keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pii.models import LegalHold
from pii.retention import record_of_processing, sweep
from tenancy import system_scope, tenant_scope
from tenancy.models import Invitation
from tenancy.settings.store import change

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitations(tenant_a, tenant_b):
    with system_scope(reason="test"):
        for tenant in (tenant_a, tenant_b):
            for days in (40, 100, 200):
                Invitation.objects.create(
                    tenant=tenant,
                    email=f"{days}@{tenant.slug}.test",
                    token_hash=f"{tenant.slug}{days}",
                    expires_at=timezone.now() - timedelta(days=days),
                )


def left():
    with system_scope(reason="test"):
        return sorted(Invitation.objects.values_list("email", flat=True))


def found(**options):
    return {(line.tenant, line.days, line.rows) for line in sweep(**options) if line.model == "tenancy.Invitation"}


def test_flipping_the_setting_changes_the_sweep(invitations, tenant_a, tenant_b):
    assert found(dry_run=True) == {(tenant_a.pk, 180, 1), (tenant_b.pk, 180, 1)}
    with tenant_scope(tenant_a):
        change(tenant_a, {"privacy.retention": "P90D"}, by=None)
    assert found(dry_run=True) == {(tenant_a.pk, 90, 2), (tenant_b.pk, 180, 1)}
    assert len(left()) == 6
    sweep()
    assert left() == ["100@contoso.test", "40@contoso.test", "40@northwind.test"]


def test_a_hold_keeps_them(invitations, tenant_a):
    with system_scope(reason="test"):
        LegalHold.objects.create(tenant=tenant_a, ground="lawsuit")
    sweep()
    assert "200@northwind.test" in left()
    assert "200@contoso.test" not in left()


def test_the_record_says_that_organisations_may_say_less():
    (line,) = [line for line in record_of_processing() if line["model"] == "tenancy.Invitation"]
    assert line["retention"] == "365 days from: expires; less where an organisation says so"
