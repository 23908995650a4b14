"""What the command line says about settings, apart from its arguments."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .config import resolution_of
from .registry import Setting, registry
from .resolution import Level
from .secrets import is_sealed

if TYPE_CHECKING:
    from ..models import Tenant


def explain(tenant: Tenant, name: str) -> dict[str, Any]:
    """Every level of a setting, the lock, and which level won. Raises UnknownSetting with the nearest names."""
    setting = registry.setting(name)
    resolved = resolution_of(tenant, registry.group(setting.group)).settings[setting.key]
    lock = resolved.lock
    return {
        "name": setting.name,
        "value": shown(resolved.value),
        "source": str(resolved.source),
        "editable_by": setting.edit,
        "locked": None if lock is None else lock.as_json(),
        "levels": [_level(level) for level in resolved.levels],
    }


def _level(level: Level) -> dict[str, Any]:
    notes = [str(problem) for problem in level.problems] + ([level.note] if level.note else [])
    return {
        "level": str(level.source),
        "is_set": level.is_set,
        "value": shown(level.value) if level.is_set else None,
        "not_used": "; ".join(notes) or None,
    }


def shown(value: Any) -> Any:
    """A value for output: a secret is only said to be set."""
    return "(secret, set)" if is_sealed(value) else value


def explained(found: dict[str, Any]) -> Iterator[str]:
    """The lines that people read."""
    yield f"{found['name']} = {json.dumps(found['value'], ensure_ascii=False)}   (from {found['source']})"
    for level in found["levels"]:
        mark = "→" if level["level"] == found["source"] else " "
        value = json.dumps(level["value"], ensure_ascii=False) if level["is_set"] else "not set"
        why = f"   not used: {level['not_used']}" if level["not_used"] else ""
        yield f" {mark} {level['level']:<9} {value}{why}"
    lock = found["locked"]
    if lock:
        who = lock["by"] or "the command line"
        yield f"   locked by {who} on {lock['at'][:10]}" + (f": {lock['reason']}" if lock["reason"] else "")
    yield f"   may be edited by: {found['editable_by']}"


def typed(setting: Setting, text: str) -> Any:
    """What was typed, as JSON where that fits the schema, else as plain text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if setting.problems(value) and not setting.problems(text) else value


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the names that look alike, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(close)}?" if close else ""
