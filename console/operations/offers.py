"""A dialog of another page, offered where it is the repair: for those who may use it, where it makes sense."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import site
from django.http import HttpRequest
from django.urls import reverse


def offered(request: HttpRequest, obj: Any, name: str) -> dict[str, Any] | None:
    """The dialog `name` of the page of `obj`: title and address. None for those who may not, or where it is idle."""
    page: Any = site._registry[type(obj)]
    method = getattr(page, name)
    if not all(getattr(page, f"has_{rule}_permission")(request, obj) for rule in method.allowed_permissions):
        return None
    if method.possible is not None and not method.possible(obj):
        return None
    opts = type(obj)._meta
    path = reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=[obj.pk])
    return {"title": method.short_description, "path": path, "dialog": True}
