"""What code reads: ``tenant.config.<group>.<key>``, resolved once per content and shared by all tenants alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from . import platform, upgrade
from .registry import Group, registry
from .resolution import ResolvedGroup, resolve
from .secrets import Secret, is_sealed
from .values import converter

if TYPE_CHECKING:
    from ..models import Tenant

_MOST_CACHED = 4_096
_resolved: dict[tuple[Any, ...], tuple[ResolvedGroup, Any]] = {}


class Config:
    """The resolved settings of one tenant; attributes are the declared groups. Made by ``Tenant.config``."""

    def __init__(self, tenant: Tenant) -> None:
        self.__dict__["_document"] = tenant.settings
        self.__dict__["_owner"] = tenant.pk
        self.__dict__["_writes"] = platform.writes()
        self.__dict__["_platform"] = None

    def is_current(self, tenant: Tenant) -> bool:
        """Whether it was made from what `tenant` and this process hold now."""
        made = self.__dict__
        return made["_document"] is tenant.__dict__.get("settings") and made["_writes"] == platform.writes()

    def __getattr__(self, key: str) -> Any:
        """The values of a group. Raises UnknownSetting with the nearest names."""
        if key.startswith("__"):
            raise AttributeError(key)
        group, resolved, built = self._resolve(key)
        if built is None:
            built = build(group, resolved, self._owner)
        self.__dict__[key] = built  # the next read is a plain attribute
        return built

    def __setattr__(self, key: str, value: Any) -> None:
        raise AttributeError("Resolved settings are read-only; write through tenancy.settings.store.change().")

    def __repr__(self) -> str:
        return f"<config of tenant {self._owner}>"

    def _resolve(self, key: str) -> tuple[Group, ResolvedGroup, Any]:
        group = registry.group(key)
        if self._platform is None:
            self.__dict__["_platform"] = platform.current_platform()
        entry = self._document.get(key) if isinstance(self._document, dict) else None
        return group, *resolved_group(group, entry, self._platform)


def resolved_group(group: Group, entry: Any, platform_now: platform.Platform) -> tuple[ResolvedGroup, Any]:
    """A group resolved for a tenant's stored `entry`, and its built values (None where it has secrets of its own).

    Cached by content, so nothing ever has to be invalidated: another entry, another revision of the platform's row or
    another declaration is another key.
    """
    key = (group.key, id(group), json.dumps(entry), platform_now.revision)
    found = _resolved.get(key)
    if found is None:
        resolved = resolve(
            group,
            upgrade.read(group, platform_now.document),
            upgrade.read(group, {group.key: entry}),
            platform_now.locks,
        )
        has_secret = any(setting.is_secret for setting in group.settings.values())
        if len(_resolved) >= _MOST_CACHED:
            _resolved.clear()
        found = _resolved[key] = resolved, None if has_secret else build(group, resolved, None)
    return found


def resolution_of(tenant: Tenant, group: Group) -> ResolvedGroup:
    """Every level of every setting of `group` for `tenant`."""
    return resolved_group(group, (tenant.settings or {}).get(group.key), platform.current_platform())[0]


def build(group: Group, resolved: ResolvedGroup, owner: UUID | None) -> Any:
    """The object that code reads. A sealed value becomes a Secret of whoever set it."""
    values: dict[str, Any] = {}
    for key, item in resolved.settings.items():
        value = item.value
        if is_sealed(value) and item.setting.is_secret:
            value = Secret(value, owner if item.source == "tenant" else None)
        values[key] = value
    made = group.build or converter(group.schema, group.key)
    return made(values)
