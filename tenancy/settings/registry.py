"""Every group of settings is declared once, here; what is wrong with a declaration is told by the system checks."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from . import judge
from .errors import Path, Problem, SchemaRefused, UnknownSetting
from .keywords import PERMISSIONS, ordered_keys
from .schema import group_problems

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


def humanize(key: str) -> str:
    """What a key without a title is called: ``seat_limit`` → ``Seat limit``."""
    return key.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Setting:
    """One declared setting; `schema` judges its value."""

    group: str
    key: str
    schema: dict[str, Any]
    edit: str

    @property
    def name(self) -> str:
        """``group.key``, as commands, history and messages call it."""
        return f"{self.group}.{self.key}"

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.schema.get("title") or humanize(self.key))

    @property
    def help(self) -> str:
        """What it causes, for the form."""
        return str(self.schema.get("description", ""))

    @property
    def default(self) -> Any:
        """A fresh copy of the declared default."""
        return copy.deepcopy(self.schema.get("default"))

    @property
    def is_secret(self) -> bool:
        """Whether its value is encrypted at rest and never shown."""
        return bool(self.schema.get("x-secret"))

    @cached_property
    def _judge(self) -> Any:
        return judge.validator(self.schema)

    def problems(self, value: Any) -> list[Problem]:
        """What is wrong with `value`, with paths relative to the setting; empty when it fits."""
        return judge.problems(self._judge, value)

    def may_be_edited_by(self, editor: str) -> bool:
        """Whether `editor` (``admin``, ``owner`` or ``staff``; nobody else) has the right to change it."""
        return editor in PERMISSIONS and PERMISSIONS.index(editor) >= PERMISSIONS.index(self.edit)


@dataclass(eq=False)
class Group:
    """A group of settings with one version.

    `schema` is an object schema whose properties are the settings. `upgrades` maps an old version to the function that
    turns values of that version into the next one's. `order` is for menus. `build` makes the object that
    ``tenant.config.<key>`` returns from judged JSON; a plain one with attributes if None.
    """

    key: str
    schema: dict[str, Any]
    version: int = 1
    title: str = ""
    help: str = ""
    order: int = 100
    upgrades: dict[int, Upgrade] = field(default_factory=dict)
    build: Callable[[dict[str, Any]], Any] | None = None

    def __post_init__(self) -> None:
        self.title = self.title or str(self.schema.get("title") or humanize(self.key))
        self.help = self.help or str(self.schema.get("description", ""))

    def upgrade(self, from_version: int) -> Callable[[Upgrade], Upgrade]:
        """Decorator: a function from the values of `from_version` to those of the next one.

        It must be pure, and must expect any subset of the keys: a tenant stores only what it set.
        """

        def register(function: Upgrade) -> Upgrade:
            self.upgrades[from_version] = function
            return function

        return register

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Why the declaration can not be used; empty for a good one."""
        found = [] if self.key.isidentifier() and self.key.islower() else [_bad_group_name(self.key)]
        found += group_problems(self.schema)
        missing = sorted(set(range(1, self.version)) - set(self.upgrades))
        if missing:
            found.append(Problem((), f"no upgrade from version {missing[0]}", "no_upgrade"))
        if any(old >= self.version or old < 1 for old in self.upgrades):
            found.append(Problem((), "an upgrade starts at a version that is not older than the group's", "no_upgrade"))
        return tuple(found)

    @cached_property
    def settings(self) -> Mapping[str, Setting]:
        """Key → setting, in the order of the form. Raises SchemaRefused for a bad declaration."""
        if self.problems:
            raise SchemaRefused(self.key, self.problems)
        edit = self.schema.get("x-permission", "admin")
        parts = self.schema["properties"]
        return {
            key: Setting(self.key, key, parts[key], parts[key].get("x-permission", edit))
            for key in ordered_keys(self.schema)
        }


def _bad_group_name(key: str) -> Problem:
    return Problem((), f"{key!r} is no usable name: use a lower-case Python name", "bad_name")


class Registry:
    """The declared groups, in the order of the menu."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self.duplicates: list[str] = []
        self.generation = 0  # counts declarations, so that caches of resolved values notice a new one

    def add(self, group: Group) -> Group:
        """Declare `group`. A second group of the same key is not used and becomes a check error."""
        if group.key in self._groups:
            self.duplicates.append(group.key)
        else:
            self._groups[group.key] = group
            self.generation += 1
        return group

    def remove(self, key: str) -> None:
        """Take a group back (tests)."""
        del self._groups[key]
        self.generation += 1

    def __iter__(self) -> Iterator[Group]:
        return iter(sorted(self._groups.values(), key=lambda group: (group.order, group.key)))

    def __contains__(self, key: object) -> bool:
        return key in self._groups

    def group(self, key: str) -> Group:
        """The group called `key`. Raises UnknownSetting with the nearest names."""
        try:
            return self._groups[key]
        except KeyError:
            raise UnknownSetting(key, self._groups) from None

    def setting(self, name: str) -> Setting:
        """The setting called ``group.key``. Raises UnknownSetting with the nearest names."""
        group, _, key = name.partition(".")
        if group in self._groups and key in self._groups[group].settings:
            return self._groups[group].settings[key]
        raise UnknownSetting(name, self.names())

    def names(self) -> list[str]:
        """Every ``group.key`` that can be used."""
        return [setting.name for group in self if not group.problems for setting in group.settings.values()]


registry = Registry()
"""The groups of this project: filled by the modules called ``tenant_settings`` of the installed apps."""


def register(
    key: str,
    schema: dict[str, Any],
    *,
    version: int = 1,
    title: str = "",
    help: str = "",
    order: int = 100,
    into: Registry | None = None,
) -> Group:
    """Declare a group from a JSON Schema, in a module ``tenant_settings`` of an installed app. Returns it.

    The returned group takes ``@group.upgrade(from_version)`` functions.
    """
    return (into or registry).add(Group(key, schema, version=version, title=title, help=help, order=order))


def problem_name(group: Group, path: Path) -> str:
    """``group.key.…`` for messages."""
    return ".".join([group.key, *map(str, path)])
