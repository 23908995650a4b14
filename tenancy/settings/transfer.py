"""A tenant's settings as a JSON file, out and in again: secrets stay at home, unknown keys travel along."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import upgrade
from .documents import ABSENT, same
from .errors import Problem, ValueRefused
from .registry import registry
from .resolution import judge_stored
from .secrets import is_sealed

if TYPE_CHECKING:
    from ..models import Tenant

FORMAT = "tenant-settings/1"
MAX_BYTES = 4 * 1024 * 1024


def exported(tenant: Tenant) -> dict[str, Any]:
    """What the tenant set itself, by group with its version; ``secrets`` lists what was left out."""
    groups, left_out = {}, []
    for key, entry in sorted((tenant.settings or {}).items()):
        values = entry.get("values", {}) if isinstance(entry, dict) else {}
        left_out += [f"{key}.{name}" for name, value in values.items() if is_sealed(value)]
        groups[key] = {"v": entry.get("v"), "values": {k: v for k, v in values.items() if not is_sealed(v)}}
    return {"format": FORMAT, "tenant": tenant.slug, "groups": groups, "secrets": sorted(left_out)}


def loads(text: str | bytes) -> dict[str, Any]:
    """The document of an export file. Raises ValueRefused with the reason for anything else."""
    if len(text) > MAX_BYTES:
        raise ValueRefused([Problem((), f"the file is larger than {MAX_BYTES} bytes", "too_large")])
    try:
        found = json.loads(text, parse_constant=lambda name: _refuse(f"{name} is no JSON"))
    except (ValueError, RecursionError) as error:
        raise ValueRefused([Problem((), f"not a JSON file: {type(error).__name__}", "not_json")]) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("groups"), dict):
        raise ValueRefused([Problem((), f"not an export of settings ({FORMAT})", "format")])
    return found


def _refuse(message: str) -> Any:
    raise ValueRefused([Problem((), message, "not_json")])


def changes_from(tenant: Tenant, document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What importing would change (``group.key`` → value), and what this release does not know, for `change(kept=…)`.

    Values of an older version are upgraded. Keys that the file does not mention stay. Raises ValueRefused with every
    problem.
    """
    changes: dict[str, Any] = {}
    kept: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for key, entry in document["groups"].items():
        if key not in registry:
            if not isinstance(entry, dict) or not isinstance(entry.get("values"), dict):
                problems.append(Problem((key,), "not a group of settings", "format"))
            elif entry["values"]:
                kept[key] = {"v": entry.get("v"), "values": entry["values"]}
            continue
        group = registry.group(key)
        now, then = upgrade.read(group, tenant.settings), upgrade.read(group, document["groups"])
        if then.problem is not None:
            problems.append(Problem((key,), then.problem.message, then.problem.code))
            continue
        for name, value in then.values.items():
            setting = group.settings.get(name)
            if setting is None:
                kept.setdefault(key, {"v": group.version, "values": {}})["values"][name] = value
            elif setting.is_secret or is_sealed(value):
                problems.append(Problem((key, name), "a secret is not imported: set it by itself", "secret"))
            elif faults := judge_stored(setting, value):
                problems += [Problem((key, name, *fault.path), fault.message, fault.code) for fault in faults]
            elif not same(now.values.get(name, ABSENT), value):
                changes[setting.name] = value
    if problems:
        raise ValueRefused(problems)
    return changes, kept
