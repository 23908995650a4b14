"""Checks that every page of the admin says what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin.sites import site
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver

# Addresses whose guard stands elsewhere, mostly in their library, each with what it asks for.
GUARDED = {
    "django.contrib.admin.options.ModelAdmin": "the model's permissions",
    "unfold.admin.ModelAdmin": "the model's permissions",
    "import_export.admin.ImportMixin": "has_import_permission",
    "import_export.admin.ExportMixin": "has_export_permission",
    "console.admin.ConsoleModelAdmin.delete_view": "nobody: it refuses",
    "tenancy.settings.admin.PlatformSettingsAdminMixin": "view and change, asked by the pages that it leads to",
    "tenancy.admin.ObservedAccessAdminMixin": "the model's permissions, by super()",
    "django.contrib.admin.sites.AdminSite": "being staff; nothing of a model's is shown without its permission",
    "unfold.sites.UnfoldAdminSite": "likewise",
    "console.sites.ConsoleAdminSite": "likewise",
    "django.contrib.contenttypes.views": "leads to an object's public address; no model of ours has one",
}


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


@register("operations")
def addresses_declare_a_need(**kwargs: Any) -> list[CheckMessage]:
    """operations.E004: an address under the admin of which nobody said what it asks for, such as one of `get_urls`."""
    return [
        Error(
            f"The address {route!r} of the admin declares no requirement.",
            hint="console.needs: needs(…) on a view, asks(…) on a method of a ModelAdmin.",
            id="operations.E004",
        )
        for route, view in addresses(site.get_urls())
        if not declares(view)
    ]


def addresses(patterns: Iterable[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every (route, view) below these patterns."""
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def declares(view: Any) -> bool:
    """Whether a view says what it needs, by its own note, as an action, or as a page that its library guards."""
    inner = view
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    of_class = getattr(inner, "view_class", None)
    if getattr(view, "needs", None) or getattr(of_class, "needs", None) or getattr(view, "allowed_permissions", None):
        return True
    if of_class is not None:  # Django's redirect from an address of old
        return bool(of_class.__module__ == "django.views.generic.base")
    name = f"{inner.__module__}.{inner.__qualname__}"
    return name in GUARDED or name.rpartition(".")[0] in GUARDED
