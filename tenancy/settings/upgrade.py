"""Brings stored values of an older version of a group to the present one, in memory."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from .errors import Problem
from .registry import Group


@dataclass(frozen=True, slots=True)
class Stored:
    """What one level holds for one group, at the group's present version.

    `upgraded` says that the database still has an older version. `problem` says that the values can not be used as a
    whole (an upgrade failed, or a newer release wrote them); `values` is then what is stored, untouched.
    """

    values: dict[str, Any] = field(default_factory=dict)
    upgraded: bool = False
    problem: Problem | None = None


def read(group: Group, document: Any) -> Stored:
    """The values of `group` in a settings document (``{"group": {"v": 1, "values": {…}}}``), upgraded."""
    entry = document.get(group.key) if isinstance(document, dict) else None
    if entry is None:
        return Stored()
    values = entry.get("values") if isinstance(entry, dict) else None
    version = entry.get("v", 1) if isinstance(entry, dict) else None
    if not isinstance(values, dict) or not isinstance(version, int) or isinstance(version, bool) or version < 1:
        return Stored(problem=Problem((group.key,), "the stored document is damaged", "damaged"))
    if version > group.version:
        text = f"written by a newer release (version {version}; this one knows {group.version})"
        return Stored(values, problem=Problem((group.key,), text, "newer"))
    if version == group.version:
        return Stored(values)
    return _raise_version(group, values, version)


def _raise_version(group: Group, values: dict[str, Any], version: int) -> Stored:
    raised = copy.deepcopy(values)
    for old in range(version, group.version):
        try:
            raised = group.upgrades[old](raised)
            if not isinstance(raised, dict):
                raise TypeError("it returned no dict")
        except Exception as error:  # noqa: BLE001 - a customer's page must not fail for a faulty upgrade
            # The type alone: the text of an exception may quote a value.
            text = f"the upgrade from version {old} failed ({type(error).__name__})"
            return Stored(values, problem=Problem((group.key,), text, "upgrade_failed"))
    return Stored(raised, upgraded=True)


def write(group: Group, values: dict[str, Any]) -> dict[str, Any]:
    """The entry of a document for `values` of the present version."""
    return {"v": group.version, "values": values}
