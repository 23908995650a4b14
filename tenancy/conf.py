"""The app's settings, read when used: one ``TENANCY`` dict in the project's settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

DEFAULTS: dict[str, Any] = {
    # First part of the names of the database roles: <prefix>_owner, <prefix>_app, <prefix>_tenant, …
    "ROLE_PREFIX": "tenancy",
    # Dotted path of a function that returns the owner's connection as a DATABASES-style dict, or None.
    "OWNER_DATABASE": None,
    # How a request's tenant is found; the first that names one wins.
    "RESOLVERS": [
        "tenancy.resolvers.resolve_subdomain",
        "tenancy.resolvers.resolve_path",
        "tenancy.resolvers.resolve_session",
    ],
    # Hosts whose first label names a tenant: "example.com" makes northwind.example.com the tenant northwind.
    "BASE_DOMAINS": ["localhost"],
    # First part of the path that names a tenant: /t/northwind/…
    "PATH_PREFIX": "t",
    # Paths that never run in a tenant's scope: sign-in, the operators' admin, health.
    "IDENTITY_PATHS": ["/accounts/", "/admin/", "/static/", "/healthz", "/readyz"],
    # Name of the URL where people of several tenants choose one; 404 where there is none.
    "CHOOSE_URL": None,
    # Where the link in an invitation's mail leads, with scheme and host; how many mails one address gets from one
    # tenant in a day, or for one invitation. (How long it is good is a setting: members.invitation_expiry.)
    "INVITATION_URL": "/invitations/{token}/",
    "INVITATION_MAILS": 5,
    # How many days a tenant stays archived before it may be purged.
    "PURGE_WAIT_DAYS": 30,
    # Keys of tenancy.crypto, newest first, or a callable that returns them.
    "ENCRYPTION_KEYS": (),
    # Dotted path of the port that runs jobs; inline on commit where nothing else is said.
    "JOBS_BACKEND": "tenancy.jobs.InlineBackend",
    # off, observe or enforce: one word, or a dict by model, app and "*"; see tenancy.enforcement.
    "ENFORCEMENT": "enforce",
    # How long a schema change may keep writers waiting for its lock before it gives way, and how long it keeps trying.
    "LOCK_TIMEOUT_MS": 40,
    "LOCK_PATIENCE_SECONDS": 600,
    # File that takes observed accesses as lines of JSON in the place of the table; for CI.
    "OBSERVED_FILE": None,
}


def get(name: str) -> Any:
    """One setting, or its default. Raises KeyError for a name the app does not know."""
    given: dict[str, Any] = getattr(settings, "TENANCY", {})
    return given[name] if name in given else DEFAULTS[name]


def load(name: str) -> Any:
    """The object that a dotted-path setting names, or None where it is None."""
    path = get(name)
    return import_string(path) if isinstance(path, str) else path


def role_name(role: str) -> str:
    """The database role's full name: ``role_name("tenant")`` is ``<prefix>_tenant``."""
    return f"{get('ROLE_PREFIX')}_{role}"
