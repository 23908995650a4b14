"""People of the console for tests: a superuser, and staff with exactly the permissions that a test names."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tenancy import system_scope
from tests.factories import make_user


@pytest.fixture
def staff_client(db, settings):
    """`staff_client("tenancy.view_tenant", …)` signs a staff member in who holds just these permissions."""
    settings.STAFF_SECOND_FACTOR = False

    def make(*permissions: str, superuser: bool = False) -> Client:
        user = make_user(is_staff=True, is_superuser=superuser)
        with system_scope(reason="test"):
            for name in permissions:
                app, codename = name.split(".")
                user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return make


@pytest.fixture
def root(staff_client):
    """A superuser's client."""
    return staff_client(superuser=True)
