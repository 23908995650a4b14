"""Write the ZIP: dataset by dataset, row by row, hashes and counts on the way."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone

from tenancy.models import Tenant

from ..models import DataRequest, PlanRow
from ..registry import registry
from ..subjects import Subject
from .datasets import Dataset, datasets
from .records import write_dataset
from .signing import sign
from .zipfile import Package


@dataclass(frozen=True)
class Written:
    size: int
    sha256: str
    rows: int
    withheld: int


def write_package(request: DataRequest, subject: Subject, path: Path, *, refused: set[UUID]) -> Written:
    """Write the package to `path`, readable by the owner alone. Memory does not grow with the number of rows."""
    part = path.with_suffix(".part")
    names = dict(Tenant.objects.values_list("pk", "slug"))
    withheld: list[dict[str, Any]] = []
    found: list[Dataset] = []
    with Package(part) as package:
        for dataset in datasets(subject, names, refused):
            found.append(dataset)
            write_dataset(package, dataset)
            withheld += dataset.withheld()
        withheld += [
            {"what": f"data kept by {names.get(decision.tenant_id, decision.tenant_id)}", "ground": decision.ground}
            for decision in request.decisions.filter(tenant_id__in=refused)
        ]
        package.add_json("withheld.json", withheld)
        package.add_json("requests.json", own_requests(subject))
        context = {"request": request, "datasets": found, "withheld": withheld, "made_at": timezone.now()}
        package.add_text("index.html", render_to_string("pii/package/index.html", context))
        manifest: dict[str, Any] = {
            "format": 1,
            "request": request.number,
            "made_at": timezone.now().isoformat(),
            "registry": registry.content_hash(),
            "files": package.files,
        }
        package.add_json("manifest.json", {**manifest, "signature": sign(manifest)}, listed=False)
    os.replace(part, path)
    return Written(path.stat().st_size, digest_of(path), sum(dataset.count for dataset in found), len(withheld))


def own_requests(subject: Subject) -> list[dict[str, Any]]:
    """The person's own earlier requests, recognised by the rows they covered."""
    numbers: set[Any] = set()
    for model, keys in subject.keys_by_model():
        rows = PlanRow.objects.filter(model=model._meta.label_lower, key__in=keys)
        numbers |= set(rows.values_list("request_id", flat=True).distinct())
    return [
        {"number": row.number, "kind": row.kind, "received_at": row.received_at.isoformat(), "state": row.state}
        for row in DataRequest.objects.filter(pk__in=numbers).order_by("received_at")
    ]


def digest_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    found = hashlib.sha256()
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            found.update(piece)
    return found.hexdigest()
