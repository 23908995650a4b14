"""Keys and groups that this release does not know: kept and shown, carried by imports and rollbacks, never dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from . import limits, upgrade
from .documents import ABSENT, same
from .errors import Problem
from .keywords import KEY_PATTERN
from .registry import Registry, registry
from .secrets import is_sealed

Unknown = Mapping[str, Mapping[str, Any]]
"""Group → ``{"v": version, "values": {key: JSON value, or ABSENT to take it away}}``."""

MAX_GROUPS = 200
_KEY = re.compile(KEY_PATTERN)


def in_document(document: Any, among: Registry = registry) -> dict[str, dict[str, Any]]:
    """What `document` holds that nobody declares, at the declared groups' present versions; damaged entries aside."""
    found: dict[str, dict[str, Any]] = {}
    for key, entry in (document or {}).items():
        if key not in among:
            if isinstance(entry, dict) and isinstance(entry.get("values"), dict):
                found[key] = {"v": entry.get("v"), "values": dict(entry["values"])}
            continue
        group = among.group(key)
        level = upgrade.read(group, document)
        if level.problem is None and not group.problems:
            held = {name: value for name, value in level.values.items() if name not in group.settings}
            if held:
                found[key] = {"v": group.version, "values": held}
    return found


def between(now: Any, then: Any, among: Registry = registry) -> dict[str, dict[str, Any]]:
    """What to write into the document `now` so that its unknown keys are those of `then`; secrets stay."""
    old, wanted = in_document(now, among), in_document(then, among)
    found: dict[str, dict[str, Any]] = {}
    for key in {**old, **wanted}:
        before, after = old.get(key, {}).get("values", {}), wanted.get(key, {}).get("values", {})
        values = {
            name: after.get(name, ABSENT)
            for name in {**before, **after}
            if not same(before.get(name, ABSENT), after.get(name, ABSENT))
            and not is_sealed(before.get(name))
            and not is_sealed(after.get(name))
        }
        if values:
            found[key] = {"v": (wanted.get(key) or old[key])["v"], "values": values}
    return found


def names(unknown: Unknown) -> list[str]:
    """``group.key`` of each."""
    return [f"{group}.{key}" for group, entry in unknown.items() for key in entry["values"]]


def merge(document: dict[str, Any], unknown: Unknown, among: Registry = registry) -> list[Problem]:
    """Write `unknown` into `document`, in place; what is wrong with it, empty for a good one."""
    problems: list[Problem] = []
    for key, entry in unknown.items():
        faults = list(_faults(key, entry))
        held = _held(document, key, entry, among, faults)
        if faults:
            problems += faults
            continue
        for name, value in entry["values"].items():
            if value is ABSENT:
                held["values"].pop(name, None)
            elif not same(held["values"].get(name, ABSENT), value):
                held["values"][name] = value
        document[key] = held
        if not held["values"]:
            del document[key]
    if unknown and len(document) > MAX_GROUPS:
        problems.append(Problem((), _("There are more than %(n)d groups.") % {"n": MAX_GROUPS}, "too_large"))
    return problems


def _held(
    document: dict[str, Any], key: str, entry: Mapping[str, Any], among: Registry, faults: list[Problem]
) -> dict[str, Any]:
    if key in among:
        level = upgrade.read(among.group(key), document)
        if level.problem is not None:
            faults.append(level.problem)
        return upgrade.write(among.group(key), dict(level.values))
    held = document.get(key, {"v": entry.get("v"), "values": {}})
    if not isinstance(held, dict) or not isinstance(held.get("values"), dict):
        faults.append(Problem((key,), _("The stored document is damaged."), "damaged"))
    elif held.get("v") != entry.get("v"):
        # Nobody here knows how to bring the one to the other's version.
        faults.append(Problem((key,), _("Another version of this group is stored, and neither is known."), "version"))
    else:
        return {"v": held.get("v"), "values": dict(held["values"])}
    return {}


def _faults(key: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    version = entry.get("v")
    if not _KEY.fullmatch(key):
        yield Problem((), _("A key here is not allowed: %(key)r.") % {"key": key[:40]}, "bad_key")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= limits.MAX_NUMBER:
        yield Problem((key,), _("The version is no whole number from 1."), "version")
    for name, value in entry["values"].items():
        if value is ABSENT:
            continue
        if not _KEY.fullmatch(name):
            yield Problem((key,), _("A key here is not allowed: %(key)r.") % {"key": name[:40]}, "bad_key")
        elif (fault := limits.unfit(value)) is not None:
            yield Problem((key, name, *fault.path), fault.message, fault.code)
