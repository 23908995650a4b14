"""Every page of the project, walked by each role of one tenant with the other tenant's keys."""

from __future__ import annotations

import pytest
from django.test import Client

from tenancy.testing.sweep import Sweep

from .factories import make_membership
from .fleet import fleet

# One route's name and its reason each, never a pattern. An unused exemption fails.
EXEMPT: dict[str, str] = {
    "workspace_privacy_request": "keyed by a request, no tenant's own model; tests/console/workspace/test_privacy.py",
    "workspace_privacy_review": "likewise",
    "workspace_privacy_rectify": "likewise",
    "workspace_privacy_package": "likewise",
    "invitation_opened": "its parameter is a random token from a mail; tests/console/accounts tries wrong ones",
    "workspace_download": "its parameter is a signed token; tests/console/workspace/test_attachments.py forges them",
    "workspace_export_download": "its parameter is a signed token, likewise",
    "workspace_settings_group": "its parameter names a declared group of settings, the same in every tenant",
    "mail_detail": "the development mail box of staff; its parameter is a file's name",
}
ACCOUNT_PAGES = (
    "admin:",
    "account_",
    "mfa_",
    "socialaccount_",
    "usersessions_",
)


@pytest.mark.parametrize("role", ["owner", "admin", "member", "viewer"])
def test_no_page_tells_the_other_tenant_from_nobody(tenant_a, tenant_b, role, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    both = fleet(tenant_a, tenant_b)
    client = Client()
    client.force_login(make_membership(tenant_a, role=role).user)
    Sweep(client, both, prefix=f"/t/{tenant_a.slug}", exempt=dict(EXEMPT), skip_prefixes=ACCOUNT_PAGES).walk(
        must_succeed=role == "owner"
    )
