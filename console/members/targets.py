"""What the engine merges into: tables and columns of a target, from which its few statements are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps

from .files import MEMBERS, Target


@dataclass(frozen=True, slots=True)
class Column:
    """One stored field: its place in the staging table, its column, its type and what new rows get without a value."""

    field: str
    staged: str
    name: str
    cast: str
    default: str  # SQL; may name the parameter %(default_role)s

    lacks: str = ""  # SQL for a field that is not a column: what tells that the row (m) lacks what the file (s) states

    def value(self, alias: str) -> str:
        """The staged value in the column's own type; NULL where the file does not say."""
        return f"{alias}.{self.staged}::{self.cast}"

    def merged(self, alias: str, row: str) -> str:
        """What the column becomes, NULL where the file does not say; a document keeps its other names."""
        return f"{row}.{self.name} || {self.value(alias)}" if self.cast == "jsonb" else self.value(alias)

    def differs(self, alias: str, row: str) -> str:
        """Whether the file states something else than the row has; `alias` and `row` are s and m for `lacks`."""
        told = self.lacks or f"{self.merged(alias, row)} IS DISTINCT FROM {row}.{self.name}"
        return f"({alias}.{self.staged} IS NOT NULL AND {told})"


@dataclass(frozen=True)
class MergeTarget:
    """`match` joins rows of `model` as ``m`` to staged rows as ``s``, and so does, in turn, each of `further` for those
    not found before; `people` says that keys are addresses of accounts, which enter by the door of `console.accounts`.
    """

    file: Target
    model: str
    match: str
    people: bool
    types: dict[str, tuple[str, str]]  # field → (type, default for new rows)
    filled: dict[str, str] = field(default_factory=dict)  # further columns of new rows → SQL
    settle: Callable[[Any, Any], None] | None = None  # (import, chunk): completes written rows, in their transaction
    noun: str = "member"
    further: tuple[str, ...] = ()
    unique: tuple[str, ...] = ("external_id",)  # fields that one row of a tenant has to itself
    lacks: dict[str, str] = field(default_factory=dict)  # field that `settle` stores → `Column.lacks`
    judge: Callable[[Any], None] | None = None  # (import): refuses further rows of a preview
    removable: str = "true"  # SQL: whether an undo may remove the row (m) that the import (%(reason)s) made
    settle_undo: Callable[[Any, dict[str, Any]], None] | None = None  # (import, parameters): the reverse of `settle`

    @property
    def table(self) -> str:
        return str(self.row_model._meta.db_table)

    @cached_property
    def row_model(self) -> Any:
        return apps.get_model(self.model)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that a file can change, in the order of the staging table."""
        return tuple(
            Column(item.name, f"c{place}", item.name, *self.types[item.name])
            for place, item in enumerate(self.file.stored, start=1)
            if item.name in self.types
        )

    @cached_property
    def stated(self) -> tuple[Column, ...]:
        """The columns, and the fields that `settle` stores elsewhere."""
        return self.columns + tuple(
            Column(item.name, f"c{place}", "", "text", "", self.lacks[item.name])
            for place, item in enumerate(self.file.stored, start=1)
            if item.name in self.lacks
        )

    def column(self, name: str) -> Column:
        """The column of a field. Raises StopIteration for one that is not stored."""
        return next(column for column in self.columns if column.field == name)

    def different(self, alias: str, row: str) -> str:
        """Whether the file changes the row at all."""
        return "(" + " OR ".join(column.differs(alias, row) for column in self.stated) + ")"


MEMBER_TARGET = MergeTarget(
    file=MEMBERS,
    model="tenancy.UserTenantMembership",
    match="FROM tenancy_usertenantmembership m JOIN accounts_user u ON u.id = m.user_id "
    "WHERE m.tenant_id = %(tenant)s AND u.email = s.key",
    people=True,
    types={
        "display_name": ("text", "''"),
        "role": ("text", "%(default_role)s"),
        "is_active": ("boolean", "true"),
        "external_id": ("text", "''"),
        "title": ("text", "''"),
    },
)

TARGETS = {"members": MEMBER_TARGET}
"""Every kind of import by its key."""
