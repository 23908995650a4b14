"""The one declaration of a model's personal data; everything else in this app is derived from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .categories import PROVIDED, Category, Export, Trace
from .exceptions import DeclarationError
from .links import Link, Nobody
from .masks import Mask, default_mask
from .strategies import Strategy


@dataclass(frozen=True)
class Field:
    """What one column holds and what becomes of it.

    `trace` marks values that find the person elsewhere (the proof scan looks for them). `decode` turns a stored value
    into text where it is encoded. `mask` defaults to the category's. `is_open` marks what staff work with (reasons,
    messages of jobs): never masked for them, erased and exported like the rest.
    """

    category: Category
    erase: Strategy
    export: Export = PROVIDED
    mask: Mask | None = None
    trace: Trace | None = None
    decode: Callable[[Any], str] | None = None
    is_open: bool = False

    @property
    def never_masked(self) -> bool:
        return self.is_open or self.category is Category.ACTIVITY

    @property
    def masked(self) -> Mask:
        return self.mask or default_mask(self.category)


@dataclass(frozen=True)
class RowRule:
    """What becomes of the row itself."""

    kind: str
    reason: str = ""


ANONYMISE = RowRule("anonymise")
DELETE = RowRule("delete")


def KEEP(reason: str) -> RowRule:  # reads as a constant in declarations
    """The row stays, with its declared columns treated one by one; `reason` stands in the report."""
    return RowRule("keep", reason)


class ModelPII:
    """Base of every declaration.

    Attributes:
        subject: one link or several; a row belongs to a person when any of them says so.
        actors: keys of somebody acting, not the subject: never exported; nulled when that somebody is erased.
        actors_kept: the same, but the (then nameless) key stays; name → reason.
        actor_texts: text that names an actor (an address as it was); name → the column with that actor's key.
        fields: one `Field` per column with personal data.
        plain: columns without personal data; name → why. Several harmless names may share one reason, separated by
            blanks; a name or type that smells of personal data must stand alone and say why it is none.
        spelled: what an export says in place of a key: relation → the column of the other row (a tag's or role's word).
        row: ANONYMISE, DELETE or KEEP("why").
        mention: what the proof scan does with a row that mentions the person without belonging to them: ``scrub``,
            ``delete`` or ``review``; ``derived`` for an index that follows rows which are judged themselves.
        append_only: the database refuses changes to everybody but the erasure role.
        tenant: path from a row to its tenant.
        made_at: the column that says when a row was made, where the model has it.
        proven: condition under which an address in this model proves an account's ownership of it.
        purpose, legal_basis, recipients: the row's line in the Article 30 record.
        retain: days after which a row is swept, counted from `retain_from`; None keeps it as long as its owner lives.
        retain_least: the shortest span that a tenant may ask for; None leaves it no say. `retain` is the longest.
        retain_row: what the sweep does with the row where that is not what an erasure does. DELETE takes along what
            follows it, and spares it while that is younger than the span.
    """

    subject: ClassVar[Link | Iterable[Link]] = Nobody()
    actors: ClassVar[Iterable[str]] = ()
    actors_kept: ClassVar[Mapping[str, str]] = {}
    actor_texts: ClassVar[Mapping[str, str]] = {}
    fields: ClassVar[Mapping[str, Field]] = {}
    plain: ClassVar[Mapping[str, str]] = {}
    spelled: ClassVar[Mapping[str, str]] = {}
    row: ClassVar[RowRule] = ANONYMISE
    mention: ClassVar[str] = "scrub"
    append_only: ClassVar[bool] = False
    tenant: ClassVar[str] = "tenant"
    made_at: ClassVar[str] = "created_at"
    proven: ClassVar[Mapping[str, Any]] = {}
    purpose: ClassVar[str] = "Running the service"
    legal_basis: ClassVar[str] = "Art. 6(1)(b)"
    recipients: ClassVar[str] = "none"
    retain: ClassVar[int | None] = None
    retain_from: ClassVar[str] = ""
    retain_least: ClassVar[int | None] = None
    retain_row: ClassVar[RowRule | None] = None
    retain_condition: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def links(cls) -> tuple[Link, ...]:
        return (cls.subject,) if isinstance(cls.subject, Link) else tuple(cls.subject)

    @classmethod
    def plain_reasons(cls) -> dict[str, tuple[str, bool]]:
        """Field name → (reason, whether the reason is for this field alone)."""
        reasons: dict[str, tuple[str, bool]] = {}
        for names, reason in cls.plain.items():
            split = names.split()
            for name in split:
                if name in reasons:
                    raise DeclarationError(f"{cls.__name__}: {name} is waived twice.")
                reasons[name] = (reason, len(split) == 1)
        return reasons
