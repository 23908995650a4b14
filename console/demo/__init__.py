"""The demo's people and passwords, for `seed_demo` and for the words that `make run` prints."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from tenancy import system_scope

PASSWORD = "demo-only-tenant-console"  # noqa: S105  printed on purpose; seed_demo refuses a production
STAFF = {  # address: staff role
    "support@demo.test": "Support",
    "onboarding@demo.test": "Onboarding",
    "privacy@demo.test": "Privacy officer",
    "auditor@demo.test": "Auditor",
    "operator@demo.test": "Operator",
    "admin@demo.test": "Administrator",
}
MEMBERS = {  # address: role in the first tenant
    "owner@northwind.test": "owner",
    "manager@northwind.test": "admin",
    "member@northwind.test": "member",
    "viewer@northwind.test": "viewer",
}


def logins() -> str:
    """The table of demo logins; empty where there is no demo."""
    with system_scope(reason="demo logins"):
        known = set(get_user_model().objects.filter(email__in=[*STAFF, *MEMBERS]).values_list("email", flat=True))
    if not known:
        return ""
    lines = [f"  {email:28} {role}" for email, role in {**STAFF, **MEMBERS}.items() if email in known]
    return f"Demo logins, all with the password {PASSWORD}\n" + "\n".join(lines)
