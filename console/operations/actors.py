"""Who acted, as the viewer may read it: staff by their address, a tenant's own people masked as everywhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from pii.masking import shown, viewer_of


def actors(request: HttpRequest, keys: Iterable[str]) -> dict[str, str]:
    """The address of each account, masked where the viewer may not see it; two queries, however many there are."""
    listed = {key for key in keys if _is_key(key)}
    viewer = viewer_of(request)
    found: dict[str, str] = {}
    for person in get_user_model()._default_manager.filter(pk__in=listed):
        found[str(person.pk)] = person.email if person.is_staff else str(shown(viewer, person, "email"))
    return found


def named(found: dict[str, str], key: str) -> str:
    """The words for one actor."""
    return found.get(key, f"account {key}") if key else "command line"


def _is_key(text: Any) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True
