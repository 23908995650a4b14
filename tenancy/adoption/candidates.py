"""The ways from a model to the table of customers, along foreign keys, shortest first."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import models

LONGEST = 5
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, order=True)
class Candidate:
    """A path to the root. Sorted: not through people, then short, then without keys that may be NULL."""

    through_people: bool
    length: int
    nullable: int
    path: str


def candidates(model: Any, root: Any) -> list[Candidate]:
    """Every way from `model` to `root` without a detour over the same model, best first."""
    return sorted(_walk(model, root, (), {model}))


def _walk(model: Any, root: Any, so_far: tuple[Any, ...], seen: set[Any]) -> Iterator[Candidate]:
    for key in foreign_keys(model):
        target, path = key.related_model._meta.concrete_model, (*so_far, key)
        if target is root:
            people = any(step.model is get_user_model() or step.related_model is get_user_model() for step in path)
            yield Candidate(people, len(path), sum(step.null for step in path), "__".join(step.name for step in path))
        elif target not in seen and len(path) < LONGEST:
            yield from _walk(target, root, path, seen | {target})


def foreign_keys(model: Any) -> Iterator[Any]:
    """The keys to other models in the model's own table, but for the one to its tenant.

    What a child of multi-table inheritance has from its parent stands in the parent's table: one step further.
    """
    for field in model._meta.local_concrete_fields:
        target = field.related_model if isinstance(field, models.ForeignKey) else None
        if isinstance(target, type) and target._meta.label_lower != "tenancy.tenant":
            yield field


def generic_key(model: Any) -> Any:
    """The model's generic key, or None."""
    return next((key for key in model._meta.private_fields if hasattr(key, "ct_field")), None)


def behind(ends: Mapping[K, K | None], generic: Collection[K]) -> set[K]:
    """Those whose way (`ends`: one step, None where it is not known) leads over one of `generic`.

    A generic key may point at any of the others, so only these have to wait for it.
    """
    found: set[K] = set()
    for start in ends:
        seen, at = {start}, ends[start]
        while at is not None and at not in seen and at not in generic:
            seen.add(at)
            at = ends.get(at)
        if at is not None and at in generic and start not in generic:
            found.add(start)
    return found
