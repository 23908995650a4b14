"""Freeze whom a request is about, then preview what would happen: counts per model and tenant, and one hash."""

from .guards import guard_erasure
from .make import current_hash, make_plan

__all__ = ["current_hash", "guard_erasure", "make_plan"]
