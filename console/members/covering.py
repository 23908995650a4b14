"""What staff may read of an import's rows: their own file as they brought it, all else masked as everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from pii.masking import viewer_of
from pii.masks import DOTS, Mask, MaskEmail
from pii.registry import registry

from .models import MemberImport
from .targets import TARGETS, MergeTarget


@dataclass(frozen=True, slots=True)
class Cover:
    """`brought`: the viewer uploaded the file, and knows it. `opened`: a staff session for the tenant is open."""

    target: MergeTarget
    brought: bool
    opened: bool

    @property
    def hides_file(self) -> bool:
        """Whether raw rows of the file stay closed. Those of records hold what no session alone opens."""
        return not (self.brought or (self.opened and self.target.people))

    @property
    def hides_rows(self) -> bool:
        """Whether anything of the tenant's own rows is masked."""
        return not (self.opened and self.target.people)

    def value(self, name: str, value: Any, *, from_file: bool) -> Any:
        """A field's value, or its mask."""
        mask = self._mask(name, from_file=from_file)
        return value if mask is None else mask.show(value)

    def key(self, key: str, *, from_file: bool) -> str:
        """The address, or whatever else a row is known by."""
        known = (from_file and self.brought) or (self.opened and self.target.people)
        return key if known else MaskEmail().show(key)

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of a list as the viewer may read it. Rows below line 0 are people who are not in the file."""
        told = row["line"] > 0
        changes = [
            {
                "field": change["field"],
                "before": self.value(change["field"], change["before"], from_file=False),
                "after": self.value(change["field"], change["after"], from_file=told),
            }
            for change in row["changes"]
        ]
        problems = row["problems"]
        if self.hides_file:
            problems = [{**problem, "value": DOTS if problem["value"] else ""} for problem in problems]
        return {
            **row,
            "key": self.key(row["key"] or "", from_file=told),
            "values": {name: self.value(name, value, from_file=told) for name, value in row["values"].items()},
            "before": None,
            "changes": changes,
            "problems": problems,
        }

    def _mask(self, name: str, *, from_file: bool) -> Mask | None:
        if from_file and self.brought:
            return None
        declaration = registry.get(self.target.row_model)
        columns = {column.field: column.name for column in self.target.columns}
        if declaration is None or name not in columns:  # stored elsewhere, such as tags: free words
            return Mask()
        declared = declaration.fields.get(columns[name])
        if declared is None or declared.never_masked:
            return None
        return None if self.opened and not declared.category.is_sensitive else declared.masked


def cover_of(request: HttpRequest, item: MemberImport) -> Cover:
    """How the rows of an import are covered for the person of a request in staff scope."""
    viewer = viewer_of(request)
    return Cover(TARGETS[item.target], brought_by(item, viewer.user_key), item.tenant_id in viewer.open_tenants)


def brought_by(item: MemberImport, key: Any) -> bool:
    """Whether this person uploaded the file, as the record says: the import's own actor is whoever acted on it last."""
    from console.operations.models import AuditEvent

    acts = AuditEvent.objects.filter(target_id=str(item.pk), actor_id=key, verb=f"{item.target}.file_uploaded")
    return acts.exists()
