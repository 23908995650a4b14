"""What the person who imports decides, beside the mapping."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from tenancy.roles import Role


class Missing(StrEnum):
    """What happens to members whom the file does not name."""

    NOTHING = "nothing"
    REPORT = "report"
    DEACTIVATE = "deactivate"


@dataclass(frozen=True)
class Choices:
    """`update` names the fields that may change in existing members (None: all that the file states).

    `words` are translations added by a person: {field: {word: value}}.
    """

    strict: bool = False
    missing: Missing = Missing.NOTHING
    invite: bool = False
    default_role: Role = Role.MEMBER
    update: tuple[str, ...] | None = None
    words: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, data: dict[str, Any]) -> Choices:
        """From the JSON that `dump` made; unknown keys are left out."""
        update = data.get("update")
        return cls(
            strict=bool(data.get("strict")),
            missing=Missing(data.get("missing", Missing.NOTHING)),
            invite=bool(data.get("invite")),
            default_role=Role(data.get("default_role", Role.MEMBER)),
            update=None if update is None else tuple(update),
            words=data.get("words", {}),
        )

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)
