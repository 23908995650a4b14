"""What the tests of obeyed settings share: an invitation sent, and the code of a refusal."""

from __future__ import annotations

import pytest

from tenancy import TenantRefused, system_scope
from tenancy.invitations import invite


def send(tenant, email="new@example.test", role="member", **options):
    with system_scope(reason="test"):
        return invite(email, tenant, role, by=None, **options)


def refusal(call, *args, **options):
    with pytest.raises(TenantRefused) as refused:
        call(*args, **options)
    return refused.value.code
