"""What dumpdata and loaddata share: a scope that is named, since without one there is nothing to see but by mistake."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError, CommandParser

from ..audit import record
from ..enforcement import Mode, mode_of
from ..models import Tenant, TenantScoped
from ..scope import ScopeKind, current_scope, system_scope, tenant_scope
from .base import tenant_named

USAGE = 2


def add_scope_arguments(parser: CommandParser) -> None:
    """``--tenant SLUG``, or ``--all-tenants --reason R``."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--tenant", metavar="SLUG", help="the rows of one tenant")
    which.add_argument("--all-tenants", action="store_true", help="every row of every tenant; needs --reason")
    parser.add_argument("--reason", default="", help="why all tenants; stands in the audit trail")


def scope_of(options: dict[str, Any], verb: str) -> AbstractContextManager[Any]:
    """The scope that the options name; the one that is open already where they name none."""
    slug, everything, reason = options.pop("tenant"), options.pop("all_tenants"), options.pop("reason").strip()
    if slug:
        with system_scope(reason=f"{verb} looks up a tenant"):
            tenant: Tenant = tenant_named(slug)
        return tenant_scope(tenant)
    if not everything:
        return nullcontext()
    if not reason:
        raise CommandError("--all-tenants needs --reason: it stands in the audit trail.", returncode=USAGE)
    with system_scope(reason=reason):
        record(f"data.{verb}", by=None, reason=reason)
    return system_scope(reason=reason)


def require_scope() -> None:
    """Raise CommandError where no scope is open in which rows of tenants can be seen whole."""
    if current_scope().kind not in (ScopeKind.TENANT, ScopeKind.SYSTEM):
        raise CommandError(
            "No tenant is in scope, so the file would lack every row that belongs to one. "
            'Say whose: --tenant SLUG, or --all-tenants --reason "…".',
            returncode=USAGE,
        )


def own_labels(labels: Iterable[str]) -> list[str]:
    """The tenant-owned models among `labels` (all of them for none).

    Raises CommandError for a model that is nobody's, or whose enforcement is off: all tenants' rows would come along.
    """
    known = {m._meta.label_lower: m for m in apps.get_models() if issubclass(m, TenantScoped) and not m._meta.proxy}
    chosen: dict[str, None] = {}
    for label in labels:
        if "." not in label:
            chosen |= dict.fromkeys(name for name in known if name.partition(".")[0] == label)
        elif label.lower() in known:
            chosen[label.lower()] = None
        else:
            raise CommandError(f"{label} belongs to no tenant: it is dumped with --all-tenants only.", returncode=USAGE)
    names = list(chosen) if list(labels) else list(known)
    loose = [name for name in names if mode_of(known[name]._meta.label) is Mode.OFF]
    if loose:
        raise CommandError(f"Enforcement is off for {', '.join(loose)}: all tenants' rows would come along.")
    if not names:
        raise CommandError("None of these holds rows of tenants.", returncode=USAGE)
    return names
