"""Signed values that hold for one tenant only: a link made in one tenant is a bad link in every other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import signing

from .scope import require_tenant_id


def _salt(purpose: str) -> str:
    return f"tenancy.signing:{purpose}:{require_tenant_id()}"


def sign(value: Any, *, purpose: str) -> str:
    """Sign a JSON-serialisable value for the tenant in scope. Raises TenantScopeRequired outside one."""
    return signing.dumps(value, salt=_salt(purpose))


def unsign(token: str, *, purpose: str, max_age: timedelta) -> Any:
    """The signed value. Raises django.core.signing.BadSignature: forged, expired, or of another tenant or purpose."""
    return signing.loads(token, salt=_salt(purpose), max_age=max_age)


def signed_url(address: str, *, purpose: str = "url") -> str:
    """`address` with a signature in its query, to be checked by `check_signed_url` in the same tenant."""
    return f"{address}?signature={sign(address, purpose=purpose)}"


def check_signed_url(address: str, signature: str, *, max_age: timedelta, purpose: str = "url") -> bool:
    """Whether `signature` was made for this address in the tenant in scope, no longer than `max_age` ago."""
    try:
        return bool(unsign(signature, purpose=purpose, max_age=max_age) == address)
    except signing.BadSignature:
        return False
