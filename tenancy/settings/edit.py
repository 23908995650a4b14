"""A change of a settings document, judged and described before anything is written. Pure: no database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from . import limits, unknown, upgrade
from .documents import ABSENT, differences, digest, same
from .errors import EditNotAllowed, Problem, SettingConflict, SettingLocked, ValueRefused
from .registry import Registry, Setting, registry
from .resolution import Lock, judge_stored
from .secrets import is_sealed

Changes = Mapping[str, Any]
"""``group.key`` → the new JSON value (a secret: its text), or ABSENT to inherit."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The document after a change, and the change as history keeps it (empty: nothing changed)."""

    document: dict[str, Any]
    recorded: dict[str, Any]


def apply(
    document: Mapping[str, Any],
    changes: Changes,
    *,
    seal: Callable[[str, str], dict[str, str]],
    editor: str = "staff",
    locks: Mapping[str, Lock] | None = None,
    expect: Mapping[str, str] | None = None,
    kept: unknown.Unknown | None = None,
    among: Registry = registry,
) -> Edit:
    """Apply `changes` to a stored document, or refuse them all.

    `kept` is written beside them as it is: what nobody declares (`tenancy.settings.unknown`). `seal` encrypts (text,
    name). `expect` maps names to the digest of the stored value that the editor saw. Raises UnknownSetting,
    EditNotAllowed, SettingLocked, SettingConflict, or ValueRefused with every problem of every value.
    """
    settings = {name: among.setting(name) for name in changes}
    for name, setting in settings.items():
        if not setting.may_be_edited_by(editor):
            raise EditNotAllowed(name)
        if locks and name in locks and changes[name] is not ABSENT:
            raise SettingLocked(name, locks[name])
    groups = {key: among.group(key) for key in dict.fromkeys(setting.group for setting in settings.values())}
    stored = {key: upgrade.read(group, document) for key, group in groups.items()}
    for key, level in stored.items():
        if level.problem is not None:
            raise ValueRefused([Problem((key,), level.problem.message, level.problem.code)])
    _refuse_conflicts(settings, changes, stored, expect or {})
    problems: list[Problem] = []
    made = {key: dict(level.values) for key, level in stored.items()}
    for name, setting in settings.items():
        value, faults = _judged(setting, changes[name], seal)
        problems += [Problem((setting.group, setting.key, *fault.path), fault.message, fault.code) for fault in faults]
        if value is ABSENT:
            made[setting.group].pop(setting.key, None)
        elif not same(made[setting.group].get(setting.key, ABSENT), value):
            made[setting.group][setting.key] = value
    after = dict(document)
    for key, group in groups.items():
        if made[key] != stored[key].values or stored[key].upgraded:
            after[key] = upgrade.write(group, made[key])
            if not made[key]:
                del after[key]
    problems += unknown.merge(after, kept or {}, among)
    problems += [problem for key in {**made, **(kept or {})} for problem in _too_large(key, after.get(key))]
    if problems:
        raise ValueRefused(problems)
    return Edit(after, describe(document, after))


def _refuse_conflicts(
    settings: Mapping[str, Setting], changes: Changes, stored: Mapping[str, upgrade.Stored], expect: Mapping[str, str]
) -> None:
    clashes = []
    for name, seen in expect.items():
        if name not in settings:
            continue
        current = stored[settings[name].group].values.get(settings[name].key, ABSENT)
        if digest(current) != seen and not same(current, changes[name]):
            clashes.append(name)
    if clashes:
        raise SettingConflict(clashes)


def _judged(setting: Setting, value: Any, seal: Callable[[str, str], dict[str, str]]) -> tuple[Any, list[Problem]]:
    if value is ABSENT:
        return ABSENT, []
    if setting.is_secret:
        if is_sealed(value):  # moved within its owner's own document: an import of history, a form's second step
            return value, judge_stored(setting, value)
        problems = setting.problems(value)
        return (seal(value, setting.name) if not problems and value is not None else ABSENT), problems
    return value, setting.problems(value)


def _too_large(key: str, entry: Any) -> Iterator[Problem]:
    try:
        size = len(json.dumps(entry))
    except (TypeError, ValueError, RecursionError):
        return  # the value's own problem says so
    if size > limits.MAX_GROUP_BYTES:
        yield Problem((key,), _("This group holds more than %(n)d bytes.") % {"n": limits.MAX_GROUP_BYTES}, "too_large")


def describe(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The change between two documents as history keeps it: by key, with both values, and never a secret's."""
    recorded: dict[str, Any] = {}
    for group in sorted({*before, *after}):
        old, new = _entry(before.get(group)), _entry(after.get(group))
        keys: dict[str, Any] = {}
        for (key, *_rest), _old, _new in differences(old["values"], new["values"]):
            keys[str(key)] = _both(old["values"].get(key, ABSENT), new["values"].get(key, ABSENT))
        if keys or old["v"] != new["v"]:
            recorded[group] = {"v": [old["v"], new["v"]], "keys": keys}
    return recorded


def _entry(entry: Any) -> dict[str, Any]:
    if isinstance(entry, dict) and isinstance(entry.get("values"), dict):
        return {"v": entry.get("v"), "values": entry["values"]}
    return {"v": None, "values": {}}


def _both(before: Any, after: Any) -> dict[str, Any]:
    if is_sealed(before) or is_sealed(after):
        return {"secret": True, "before": before is not ABSENT, "after": after is not ABSENT}
    return {
        **({} if before is ABSENT else {"before": before}),
        **({} if after is ABSENT else {"after": after}),
    }


def undo(document: Mapping[str, Any], recorded: Mapping[str, Any]) -> dict[str, Any]:
    """The document before a recorded change; secrets stay as they are."""
    earlier = dict(document)
    for group, entry in recorded.items():
        current = _entry(earlier.get(group))
        values = dict(current["values"])
        for key, both in entry["keys"].items():
            if both.get("secret"):
                continue
            if "before" in both:
                values[key] = both["before"]
            else:
                values.pop(key, None)
        earlier[group] = {"v": entry["v"][0] or current["v"], "values": values}
        if not values:
            del earlier[group]
    return earlier
