"""What can be wrong with a setting, as values that name the place and errors that name the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..exceptions import TenancyError, TenantRefused

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a schema or a value: where it is, what is wrong in plain words, and a stable code."""

    path: Path
    message: str
    code: str

    def __str__(self) -> str:
        place = ".".join(map(str, self.path))
        return f"{place}: {self.message}" if place else self.message


class SettingError(TenancyError):
    """Base class of errors about settings."""


class SchemaRefused(SettingError):
    """A group was declared with a schema that cannot be honoured; `problems` lists why."""

    def __init__(self, group: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"Settings group '{group}' is refused: " + "; ".join(map(str, self.problems)))


class UnknownSetting(SettingError, AttributeError):
    """No such group or key; `nearest` holds names that look alike.

    It is an AttributeError too, so that `getattr(config, name, default)` and templates behave.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.unknown = name
        self.nearest = tuple(difflib.get_close_matches(name, list(known), n=3, cutoff=0.5))
        hint = f" Did you mean {' or '.join(self.nearest)}?" if self.nearest else ""
        super().__init__(f"There is no setting '{name}'.{hint}")


class ValueRefused(TenantRefused):
    """A value does not fit its schema; `problems` hold paths that start with group and key."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)), code="invalid_setting")


class SettingLocked(TenantRefused):
    """The platform locked the setting: no tenant may override it."""

    def __init__(self, name: str, lock: Any) -> None:
        self.name, self.lock = name, lock
        super().__init__(f"{name} is locked by the platform ({lock.describe()}).", code="setting_locked")


class SettingConflict(TenantRefused):
    """Somebody else changed the same settings since they were read; `names` lists them. Nothing was saved."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"Changed meanwhile by somebody else: {', '.join(self.names)}.", code="setting_conflict")


class EditNotAllowed(TenantRefused):
    """The person may not edit this setting."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} can not be changed by this role.", code="setting_forbidden")
