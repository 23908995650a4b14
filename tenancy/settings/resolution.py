"""Which value wins: declared default → platform override → tenant, unless the platform locked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .errors import Problem
from .registry import Group, Setting
from .secrets import is_sealed
from .upgrade import Stored

_MISSING: Any = object()


class Source(StrEnum):
    """The levels, from the weakest to the strongest."""

    DEFAULT = "default"
    PLATFORM = "platform"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Lock:
    """The platform's word that no tenant overrides a setting: who said so, when (ISO 8601) and why."""

    by: str = ""
    at: str = ""
    reason: str = ""

    def describe(self) -> str:
        """In one line, without names of people: operators look the id up."""
        who = f"by {self.by}" if self.by else "from the command line"
        return f"{who} on {self.at[:10]}" + (f": {self.reason}" if self.reason else "")

    def as_json(self) -> dict[str, str]:
        """As it is stored."""
        return {"by": self.by, "at": self.at, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Level:
    """What one level says: `value` is JSON (or a sealed secret), absent when `is_set` is false."""

    source: Source
    is_set: bool = False
    value: Any = None
    problems: tuple[Problem, ...] = ()
    note: str = ""

    @property
    def usable(self) -> bool:
        """Whether it may win."""
        return self.is_set and not self.problems and not self.note


@dataclass(frozen=True, slots=True)
class Resolved:
    """One setting with every level, and which of them won."""

    setting: Setting
    levels: tuple[Level, Level, Level]
    lock: Lock | None

    @property
    def winner(self) -> Level:
        """The strongest usable level; the default always is."""
        return next((level for level in reversed(self.levels) if level.usable), self.levels[0])

    @property
    def value(self) -> Any:
        """The winning JSON value."""
        return self.winner.value

    @property
    def source(self) -> Source:
        """The winning level."""
        return self.winner.source

    @property
    def inherited(self) -> Level:
        """What would hold without the tenant's own value."""
        return next((level for level in self.levels[1::-1] if level.usable), self.levels[0])

    @property
    def own(self) -> Level:
        """The tenant's level."""
        return self.levels[2]


@dataclass(frozen=True, slots=True)
class ResolvedGroup:
    """One group for one tenant: its settings in the form's order, and what is kept without being understood."""

    group: Group
    settings: Mapping[str, Resolved]
    unknown: Mapping[str, Any]
    problem: Problem | None

    @property
    def values(self) -> dict[str, Any]:
        """Key → winning JSON value."""
        return {key: resolved.value for key, resolved in self.settings.items()}

    @property
    def broken(self) -> dict[str, tuple[Problem, ...]]:
        """Key → why the tenant's own value is not used; for the operators' page."""
        return {key: item.own.problems for key, item in self.settings.items() if item.own.problems}


def resolve(group: Group, platform: Stored, tenant: Stored, locks: Mapping[str, Lock]) -> ResolvedGroup:
    """Resolve every setting of `group`; `locks` is keyed by ``group.key``. Raises SchemaRefused for a bad group."""
    settings = {
        key: _resolve(setting, platform, tenant, locks.get(setting.name)) for key, setting in group.settings.items()
    }
    unknown = {key: value for key, value in tenant.values.items() if key not in settings}
    return ResolvedGroup(group, settings, unknown, tenant.problem)


def _resolve(setting: Setting, platform: Stored, tenant: Stored, lock: Lock | None) -> Resolved:
    default = Level(Source.DEFAULT, True, setting.schema.get("default"))
    override = _level(setting, Source.PLATFORM, platform)
    own = _level(setting, Source.TENANT, tenant)
    if lock is not None and own.is_set:
        own = Level(own.source, True, own.value, own.problems, "locked")
    return Resolved(setting, (default, override, own), lock)


def _level(setting: Setting, source: Source, stored: Stored) -> Level:
    value = stored.values.get(setting.key, _MISSING)
    if value is _MISSING:
        return Level(source)
    if stored.problem is not None:
        return Level(source, True, value, (stored.problem,))
    return Level(source, True, value, tuple(judge_stored(setting, value)))


def judge_stored(setting: Setting, value: Any) -> list[Problem]:
    """What is wrong with a value as it is stored: a secret is sealed, and its text was judged when it was set."""
    if setting.is_secret:
        if is_sealed(value):
            return []
        return [Problem((), "a secret is stored in clear", "not_sealed")]
    return setting.problems(value)
