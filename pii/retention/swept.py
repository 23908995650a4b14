"""A line of the sweep's account."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Swept:
    """How many rows of a model in a tenant (None: every other) went, or would go."""

    model: str
    tenant: UUID | None
    days: int
    rows: int
