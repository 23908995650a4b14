"""The erasure report: what was done, kept and proved, signed; without one identifier in it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from .. import conf
from ..models import DataRequest, LegalHold, PlanItem, PlanRow
from ..registry import registry
from ..scan import ScanResult
from .mentions import Outcome

CAVEATS = [
    "Dead row versions stay in the data files until PostgreSQL vacuums them, and in the write-ahead log and on "
    "replicas until these are recycled.",
    "Query texts stand in pg_stat_activity until the session's next statement, and in server logs as long as those are "
    "kept.",
]

NO_SCAN = "The rows that were kept held no identifier of their own: the scan of the request that kept them stands."


def build_report(request: DataRequest, result: ScanResult, outcome: Outcome) -> tuple[dict[str, Any], str, bool]:
    """(report, signature, whether something was retained)."""
    retained = _retained(request, outcome)
    held = PlanRow.objects.filter(request=request, done=False).count()
    report = {
        "request": request.number,
        "state": "done",
        "started_at": request.report.get("started_at", ""),
        "finished_at": timezone.now().isoformat(),
        "limited_to": str(request.tenant_id or ""),
        "plan": request.plan_hash,
        "registry": registry.content_hash(),
        "steps": [
            {"name": step.name, "rows": step.done, "history_rows": step.history_done} for step in request.steps.all()
        ],
        "retained": retained,
        "held_rows": held,
        "mentions_removed": dict(outcome.repaired),
        "mentions_explained": dict(outcome.explained),
        "reviewed": request.reviews.count(),
        "scan": result.as_json() if result.tables else {"none": NO_SCAN},
        "statistics": "read as text and renewed" if result.statistics_seen else "renewed; no role here may read them",
        "backups": {
            "days": conf.get("BACKUP_DAYS"),
            "until": (timezone.now() + timedelta(days=conf.get("BACKUP_DAYS"))).date().isoformat(),
            "note": "Backups are not rewritten: this erasure is repeated after every restore.",
        },
        "not_claimed": CAVEATS,
    }
    return report, sign(report), bool(retained or held)


def _retained(request: DataRequest, outcome: Outcome) -> list[dict[str, Any]]:
    lines = [
        {
            "name": item.model,
            "title": title_of(item.model),
            "tenant": str(item.tenant_key or ""),
            "rows": item.rows,
            "ground": item.ground,
            "until": item.until.isoformat() if item.until else "",
        }
        for item in request.items.filter(action__in=[PlanItem.Action.KEEP, PlanItem.Action.REFUSE])
    ]
    held: dict[str, int] = defaultdict(int)
    for model in PlanRow.objects.filter(request=request, done=False).values_list("model", flat=True):
        held[model] += 1
    named = {str(line["name"]).lower() for line in lines}
    grounds = LegalHold.objects.filter(released_at=None).order_by("-created_at").values_list("ground", flat=True)
    for model, rows in sorted(held.items()):
        if model not in named:
            ground = next(iter(grounds), "legal hold")
            lines.append(
                {"name": model, "title": title_of(model), "tenant": "", "rows": rows, "ground": ground, "until": ""}
            )
    return lines


def title_of(name: str) -> str:
    """What a table, or a column of one, is called where people read it: “contacts”, “contacts: e-mail address”."""
    label, _, column = name.rpartition(".") if name.count(".") > 1 else (name, "", "")
    meta = apps.get_model(label)._meta
    return (
        f"{meta.verbose_name_plural}: {meta.get_field(column).verbose_name}"
        if column
        else str(meta.verbose_name_plural)
    )  # type: ignore[union-attr]  # a declared column


def sign(report: dict[str, Any]) -> str:
    """HMAC-SHA256 of the report under a key derived from SECRET_KEY."""
    key = hashlib.sha256(b"pii.report" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, json.dumps(report, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def is_genuine(report: dict[str, Any], signature: str) -> bool:
    """Whether a report is as it was signed."""
    return hmac.compare_digest(sign(report), signature)
