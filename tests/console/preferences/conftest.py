"""A member at a browser, and settings that are flipped under them."""

from __future__ import annotations

import time

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str

from tenancy import tenant_scope
from tenancy.settings.store import change
from tests.factories import make_membership, make_user


@pytest.fixture
def flip(tenant_a):
    """Changes settings of tenant A: ``flip({"members.seat_limit": 2})``."""

    def flipped(values):
        with tenant_scope(tenant_a):
            change(tenant_a, values, by=None)

    return flipped


@pytest.fixture
def enter(client, tenant_a):
    """Signs the client in as a member of tenant A, a moment ago; `method` is what was proved."""

    def entered(role="member", email=None, method="password", ago=0, **fields):
        membership = make_membership(tenant_a, make_user(email, **fields), role=role)
        client.force_login(membership.user)
        session = client.session
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(membership.user)
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": method, "at": time.time() - ago}]
        session.save()
        return membership

    return entered
