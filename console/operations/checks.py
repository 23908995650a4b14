"""Checks that every page of the admin says what it needs."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import site
from django.core.checks import CheckMessage, Error, register


@register("operations")
def actions_are_guarded(**kwargs: Any) -> list[CheckMessage]:
    """operations.E001: an action without a permission. operations.E002: an action that a GET would carry out."""
    found: list[CheckMessage] = []
    registered: dict[Any, Any] = site._registry
    for model, page in registered.items():
        buttons = [*page.actions_list, *page.actions_row, *page.actions_detail, *page.actions_submit_line]
        for name in [*page._extract_action_names(buttons), *(page.actions or ())]:
            method = getattr(page, name, None) if isinstance(name, str) else name
            where = f"{type(page).__name__}.{name}"
            if not getattr(method, "allowed_permissions", None):
                found.append(
                    Error(
                        f"{where} names no permission.",
                        hint="Use dialog_action or bulk_action.",
                        id="operations.E001",
                        obj=model,
                    )
                )
            elif name not in (page.actions or ()) and not getattr(method, "dialog", None):
                found.append(
                    Error(f"{where} acts on a GET.", hint="Use dialog_action.", id="operations.E002", obj=model)
                )
    return found


@register("operations")
def pages_name_a_permission(**kwargs: Any) -> list[CheckMessage]:
    """operations.E003: a page of the console that anybody among the staff may open."""
    from console.pages import pages

    return [
        Error(f"The page {entry.name!r} names no permission.", id="operations.E003")
        for entry in pages()
        if "." not in entry.permission
    ]
