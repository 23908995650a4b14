"""What the scan found in rows that are not the person's own: explained, repaired, or laid before somebody."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction

from tenancy.db.message import narrow_role

from ..categories import Category
from ..holds import Holds
from ..identifiers import Identifiers
from ..models import DataRequest, PlanItem, PlanRow, ReviewItem
from ..registry import history_of, registry
from ..scan.files import FoundFile
from ..scan.run import Found, ScanResult
from ..scrub import scrub_value
from ..strategies import Scrub
from .files import Owner, as_found, owners_of, sweep_orphan
from .rewrite import rewrite_column
from .rows import delete_rows

SCRUBBED = (Category.FREETEXT, Category.CUSTOM, Category.DERIVED)


@dataclass
class Outcome:
    """What became of the hits: `again` rows must be erased once more, `repaired` tables are scanned again."""

    explained: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    again: int = 0
    open_reviews: int = 0


class Mentions:
    """Judges the hits of one scan for one request."""

    def __init__(self, request: DataRequest, identifiers: Identifiers, holds: Holds) -> None:
        self.request = request
        self.identifiers = identifiers
        self.holds = holds
        self.refused = set(request.items.filter(action=PlanItem.Action.REFUSE).values_list("tenant_key", flat=True))
        self.models = {m._meta.db_table: m for m in apps.get_models(include_auto_created=True) if not m._meta.proxy}
        self.outcome = Outcome()

    def judge(self, result: ScanResult) -> Outcome:
        """Explain, repair or queue every hit."""
        repairs: dict[tuple[str, str], list[str]] = defaultdict(list)
        deletions: dict[str, set[str]] = defaultdict(set)
        for hit in result.hits:
            reason = self._explained(hit)
            if reason:
                self.outcome.explained[reason] += 1
                continue
            action = self._action(hit)
            if action == "again":
                self._once_more(hit)
            elif action == "delete":
                deletions[hit.table].add(hit.key[0])
            elif action == "scrub" and hit.exact:
                repairs[hit.table, hit.column].append(hit.key[0])
            else:
                self._queue(hit)
        for file in result.files:
            self._judge_file(file)
        for table, doomed in deletions.items():
            with transaction.atomic():
                delete_rows(self.models[table], sorted(doomed))
            self.outcome.repaired[table] += len(doomed)
        for (table, column), keys in repairs.items():
            self.outcome.repaired[table] += self._scrub(self.models[table], column, keys)
        self.outcome.open_reviews = self.request.reviews.filter(answer=ReviewItem.Answer.OPEN).count()
        return self.outcome

    def _judge_file(self, file: FoundFile) -> None:
        """A file cannot be edited: an orphan is swept, the person's own goes with its row, another's is looked at."""
        owners = list(owners_of(file.storage, file.name))
        if not owners and sweep_orphan(file):
            self.outcome.repaired["stored files"] += 1
            return
        pointing: list[Owner | None] = [*owners] or [None]
        for owner in pointing:
            hit = as_found(file, owner)
            reason = self._explained(hit)
            if reason:
                self.outcome.explained[reason] += 1
            elif owner is not None and self._planned(owner.model, hit):
                self._once_more(hit)
            else:
                self._queue(hit)

    def _explained(self, hit: Found) -> str:
        """Why an identifier may stand here, or an empty string."""
        if hit.table == "pii_datarequest":
            if hit.key[0] == str(self.request.pk):
                return "this request, scrubbed when it is done"
            if DataRequest.objects.filter(pk=hit.key[0], scrubbed_at=None).exists():
                return "another open request of the person"
        tenant = _uuid(hit.tenant)
        model = self.models.get(hit.table)
        if self.request.tenant_id is not None and tenant != self.request.tenant_id:
            if tenant is not None:
                return "another organisation's data: not part of this request"
            if not self.request.with_account:
                return "the person's account: it stays, and is not part of this request"
        if tenant in self.refused and tenant is not None:
            return "kept: refused for this organisation, with its ground"
        if self.holds.ground(tenant):
            return "kept: legal hold"
        base = history_of(model) or model if model is not None else None
        kept = base is not None and self.holds.ground(tenant, base._meta.label_lower)
        if kept and (base is not model or self._planned(model, hit)):
            return "kept: an item of the plan, with its ground"
        if not self.request.with_account and model is not None and tenant is None:
            return "the person's account stays, and with it what the platform itself recorded about it"
        declaration = registry.get(model) if model is not None else None
        something_stays = bool(self.refused or self.holds) or not self.request.with_account
        if declaration is not None and declaration.mention == "derived" and something_stays:
            return "an index of rows that stay"
        declared = declaration.fields.get(_field_name(model, hit.column)) if declaration and model else None
        if declared is not None and declared.erase.keeps and self._planned(model, hit):
            return f"kept: {getattr(declared.erase, 'ground', '')} {getattr(declared.erase, 'basis', '')}".strip()
        answered = self.request.reviews.filter(
            table=hit.table, column=hit.column, key=list(hit.key), digest=hit.digest, answer=ReviewItem.Answer.KEPT
        )
        return "looked at: somebody else is meant" if answered.exists() else ""

    def _planned(self, model: type[models.Model] | None, hit: Found) -> bool:
        if model is None:
            return False
        rows = PlanRow.objects.filter(request=self.request, model=model._meta.label_lower, key=hit.key[0])
        return rows.exists()

    def _action(self, hit: Found) -> str:
        model = self.models.get(hit.table)
        declaration = registry.get(model) if model is not None else None
        if model is None or declaration is None or len(hit.key) != 1:
            return "review"
        if declaration.mention == "delete":
            return "delete"
        name = _field_name(model, hit.column)
        declared = declaration.fields.get(name)
        historic = history_of(model) is not None
        if historic and (name in registry.history_actor_texts or name == "history_change_reason"):
            return "scrub"
        if name in declaration.actor_texts:
            return "scrub"
        if declared is not None and (declared.category in SCRUBBED or isinstance(declared.erase, Scrub)):
            return "scrub"
        if declared is not None and not historic and self._planned(model, hit):
            return "again"
        return "review"

    def _once_more(self, hit: Found) -> None:
        """A row that was erased holds the person again: somebody typed or restored it meanwhile."""
        model = self.models[hit.table]
        rows = PlanRow.objects.filter(request=self.request, model=model._meta.label_lower, key=hit.key[0])
        self.outcome.again += rows.filter(done=True).update(done=False)

    def _queue(self, hit: Found) -> None:
        item, made = ReviewItem.objects.get_or_create(
            request=self.request,
            table=hit.table,
            column=hit.column,
            key=list(hit.key),
            defaults={"kind": hit.kind, "digest": hit.digest, "tenant_key": _uuid(hit.tenant)},
        )
        if not made and item.answer != ReviewItem.Answer.OPEN:
            item.answer, item.digest = ReviewItem.Answer.OPEN, hit.digest
            item.save(update_fields=["answer", "digest"])

    def _scrub(self, model: type[models.Model], column: str, keys: list[str]) -> int:
        # Only cells with an exact identifier come here: a full name beside it is the same person's.
        return scrub_cells(model, _field_name(model, column), keys, self.identifiers, names=True)


def scrub_cells(model: type[models.Model], name: str, keys: list[str], identifiers: Identifiers, *, names: bool) -> int:
    """Replace the identifiers in one column of some rows; returns how many cells changed."""
    matcher = identifiers.matcher()
    limit = getattr(model._meta.get_field(name), "max_length", None)

    def clean(value: Any) -> Any:
        cleaned, _count = scrub_value(value, matcher, names=names)
        return cleaned[:limit] if limit and isinstance(cleaned, str) else cleaned

    declaration = registry.get(model)
    with transaction.atomic():
        if history_of(model) is not None or (declaration is not None and declaration.append_only):
            with narrow_role("erase"):
                return rewrite_column(model, "pk", keys, name, clean)
        return rewrite_column(model, "pk", keys, name, clean)


def _field_name(model: type[models.Model] | None, column: str) -> str:
    if model is None:
        return column
    return next((field.name for field in model._meta.concrete_fields if field.column == column), column)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
