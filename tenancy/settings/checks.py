"""System checks of declared settings: what could not be honoured stops the start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from .registry import Group, registry

IDS = {
    "unsupported": "E402",
    "type": "E402",
    "no_items": "E402",
    "no_properties": "E402",
    "not_object": "E402",
    "format": "E402",
    "dialect": "E402",
    "default": "E403",
    "no_default": "E403",
    "pattern": "E404",
    "bad_name": "E405",
    "too_big": "E406",
    "too_deep": "E406",
    "too_large": "E406",
    "max_items": "E406",
    "secret": "E407",
    "no_upgrade": "E408",
    "order": "E409",
}
OTHER = "E410"
"""What draft 2020-12 itself refuses, and rules between keywords (bounds, enum, required)."""


def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """tenancy.E401 to E410; docs/settings.md lists them."""
    found: list[CheckMessage] = [
        Error(
            f"Two settings groups are called '{key}'.",
            hint="Rename one: stored values would belong to both.",
            obj="tenant_settings",
            id="tenancy.E401",
        )
        for key in registry.duplicates
    ]
    for group in registry:
        found += [
            Error(
                f"Settings group '{group.key}': {problem}",
                hint="docs/settings.md lists the supported subset of JSON Schema.",
                obj=f"tenant_settings:{group.key}",
                id=f"tenancy.{IDS.get(problem.code, OTHER)}",
            )
            for problem in group.problems
        ]
    return found + [warning for group in registry for warning in _secrets(group)]


def _secrets(group: Group) -> list[CheckMessage]:
    if group.problems or not any(setting.is_secret for setting in group.settings.values()):
        return []
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return [
            Error(
                f"Settings group '{group.key}' declares a secret, and the package cryptography is not installed.",
                hint="Install cryptography, or take x-secret away: secrets are never stored in clear.",
                obj=f"tenant_settings:{group.key}",
                id="tenancy.E407",
            )
        ]
    return []


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(check_settings, "tenancy")
