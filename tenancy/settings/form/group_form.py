"""The form of one group at one level (a tenant, or the platform): fields, what was changed, and by whom it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..documents import ABSENT, digest
from ..errors import Problem
from ..registry import Group, Setting
from ..resolution import Lock
from ..secrets import SEALED, is_sealed
from .build import node_for
from .nodes import Data, Node
from .scalars import SecretNode
from .show import changed_places, show


@dataclass
class State:
    """What the level holds for one setting: `own` is its stored value or ABSENT, `inherited` what holds without it."""

    own: Any
    inherited: Any
    inherited_from: str
    lock: Lock | None = None
    problems: tuple[Problem, ...] = ()


@dataclass
class Field:
    """One setting in the form.

    `seen` carries what the editor saw, so that an untouched control changes nothing, and a control that somebody else
    changed meanwhile is noticed: its state, the digest of what its controls say, and of what was stored.
    """

    setting: Setting
    state: State
    node: Node
    editable: bool
    seen: str = ""
    reset: bool = False
    pin: bool = False
    choice: str = ""
    is_posted: bool = False
    conflict: Any = ABSENT

    @property
    def name(self) -> str:
        """The name of its main control."""
        return self.node.name

    @property
    def is_own(self) -> bool:
        """Whether the level has a value of its own."""
        return self.state.own is not ABSENT

    @property
    def inherited_text(self) -> str:
        """The inherited value in words."""
        return show(self.state.inherited, self.setting.schema)

    @property
    def own_text(self) -> str:
        """The stored value in words, for a field that is not editable or does not fit any more."""
        return show(self.state.own, self.setting.schema)

    @property
    def effective_text(self) -> str:
        """What holds now, in words."""
        is_used = self.is_own and not self.state.problems and self.state.lock is None
        return self.own_text if is_used else self.inherited_text

    @property
    def change(self) -> Any:
        """The new value, ABSENT to inherit, or `UNCHANGED`."""
        if not (self.editable and self.is_posted) or self.choice == "theirs":
            return UNCHANGED
        if self.reset:
            return ABSENT if self.is_own else UNCHANGED
        state, typed_then, _stored = self.seen.split(".")
        if isinstance(self.node, SecretNode):
            if self.node.text:
                return self.node.text
            return {SEALED: self.node.sealed, "as": self.setting.name} if self.node.sealed else UNCHANGED
        value = self.node.value()
        wanted = digest_of(value) != typed_then or (self.pin and state != "own") or self.choice == "mine"
        if not wanted:
            return UNCHANGED
        return None if value is ABSENT else value

    def expected(self, data: Data) -> str:
        """The digest of the stored value that the editor saw, or saw again beside the own one and overruled."""
        if self.choice == "mine":
            return str(data.get(f"{self.name}:current", ""))
        return self.seen.split(".")[2]


UNCHANGED: Any = type("Unchanged", (), {"__repr__": lambda self: "UNCHANGED"})()


def digest_of(value: Any) -> str:
    """The digest of a typed value, which may be no JSON at all."""
    try:
        return digest(value)
    except (ValueError, RecursionError):
        return "unfit"


@dataclass
class GroupForm:
    """The settings of a group that `editor` sees at one level.

    `states` says what the level holds. Without `data` the form shows it; with `data` it shows what was posted.
    `search` leaves out what does not match.
    """

    group: Group
    states: Mapping[str, State]
    editor: str
    data: Data | None = None
    search: str = ""
    fields: dict[str, Field] = field(init=False)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fields = {
            key: self._field(setting) for key, setting in self.group.settings.items() if matches(setting, self.search)
        }

    def _field(self, setting: Setting) -> Field:
        state = self.states[setting.key]
        node = node_for(setting.schema, f"s.{setting.key}", label=setting.title)
        made = Field(setting, state, node, setting.may_be_edited_by(self.editor) and state.lock is None)
        is_usable = made.is_own and not state.problems
        node.load(state.own if is_usable else state.inherited)
        if isinstance(node, SecretNode):
            node.is_set = made.is_own
        kind = "own" if is_usable else "broken" if made.is_own else "inherited"
        made.seen = f"{kind}.{digest_of(node.value())}.{digest_of(state.own)}"
        if self.data is not None and made.editable and f"{node.name}:seen" in self.data:
            self._read(made, self.data)
        return made

    def _read(self, made: Field, data: Data) -> None:
        seen = str(data.get(f"{made.name}:seen"))
        made.seen = seen if seen.count(".") == 2 else made.seen
        made.is_posted = True
        made.reset = f"{made.name}:reset" in data
        made.pin = f"{made.name}:own" in data
        made.choice = str(data.get(f"{made.name}:choice", ""))
        made.node.read(data)

    @property
    def rows(self) -> list[Field]:
        """The fields in the declared order."""
        return list(self.fields.values())

    @property
    def changes(self) -> dict[str, Any]:
        """``group.key`` → the new value or ABSENT, of what the editor changed."""
        found = {made.setting.name: made.change for made in self.fields.values()}
        return {name: value for name, value in found.items() if value is not UNCHANGED}

    @property
    def expect(self) -> dict[str, str]:
        """``group.key`` → digest of the stored value that the editor saw."""
        data = self.data
        if data is None:
            return {}
        fields = self.fields.values()
        return {made.setting.name: made.expected(data) for made in fields if made.change is not UNCHANGED}

    def is_valid(self) -> bool:
        """Whether every changed value fits; messages stand at the fields."""
        for made in self.fields.values():
            value = made.change
            if value is UNCHANGED or value is ABSENT or is_sealed(value):
                continue
            self._place(made, made.setting.problems(value))
        return not self.has_errors()

    def has_errors(self) -> bool:
        """Whether a message stands anywhere."""
        return bool(self.errors) or any(made.node.has_errors() for made in self.fields.values())

    def place(self, problems: Iterable[Problem]) -> None:
        """Put problems whose paths start with group and key at their fields."""
        for problem in problems:
            made = self.fields.get(str(problem.path[1])) if len(problem.path) > 1 else None
            if made is None:
                self.errors.append(problem.message)
            else:
                made.node.place(problem.path[2:], problem.message)

    def _place(self, made: Field, problems: Iterable[Problem]) -> None:
        for problem in problems:
            made.node.place(problem.path, problem.message)

    def act(self, order: str) -> None:
        """Do what a button asked: ``add:name``, ``remove:name``, ``up:name`` or ``down:name``."""
        verb, _colon, name = order.partition(":")
        for made in self.fields.values():
            if made.editable and name.startswith(made.name) and made.node.act(verb, name):
                return

    def difference(self) -> Iterator[tuple[Field, list[tuple[str, str, str]]]]:
        """Every changed field with its (place, before, after) in words."""
        for made in self.fields.values():
            value = made.change
            if value is UNCHANGED:
                continue
            before = made.state.own if made.is_own else made.state.inherited
            after = made.state.inherited if value is ABSENT else value
            places = list(changed_places(made.setting.schema, before, after))
            if made.setting.is_secret:
                places = [("", show(made.state.own, made.setting.schema), _new_secret(value))]
            elif not places:
                places = [("", made.inherited_text, _("the same, even if the default changes"))]
            yield made, places

    def carried(self) -> Iterator[tuple[str, str]]:
        """What the next step has to post again; a typed secret only sealed."""
        data = self.data
        if data is None:
            return
        left_out = (":password", ":sealed", ":choice", ":current")
        for name in getattr(data, "keys", lambda: ())():
            if name.startswith("s.") and not name.endswith(left_out):
                yield from ((name, value) for value in data.getlist(name))
        for made in self.fields.values():
            if isinstance(made.node, SecretNode) and made.node.sealed:
                yield f"{made.name}:sealed", made.node.sealed
            if made.choice in ("mine", "theirs"):
                yield f"{made.name}:choice", made.choice
                yield f"{made.name}:current", str(data.get(f"{made.name}:current", ""))


def _new_secret(value: Any) -> str:
    return _("inherited") if value is ABSENT else _("a new secret")


def matches(setting: Setting, search: str) -> bool:
    """Whether every word of `search` stands in the setting's name, title or help."""
    text = f"{setting.name} {setting.title} {setting.help}".casefold()
    return all(word in text for word in search.casefold().split())
