"""System checks of what pages offer: forms, filtersets and admin classes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from .enforcement import Mode, mode_of
from .models import TenantScoped


@register()
def check_forms(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Form classes whose querysets were evaluated at import hold one tenant's rows for all."""
    return [
        Error(
            f"{form.__module__}.{form.__qualname__}.{name} holds a queryset that was evaluated at import.",
            hint="Give the field a queryset that is not evaluated; it is scoped when the form is used.",
            id="tenancy.E007",
        )
        for form in _subclasses(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if _is_evaluated(getattr(field, "_queryset", None))
    ]


@register()
def check_filtersets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The same of django-filter's classes, where a project uses them."""
    module = sys.modules.get("django_filters.filterset")
    return [
        Error(
            f"{each.__module__}.{each.__qualname__}.{name} holds a queryset that was evaluated at import.",
            hint="Give the filter a queryset that is not evaluated, or a function of the request.",
            id="tenancy.E008",
        )
        for each in (_subclasses(module.BaseFilterSet) if module else ())
        for name, one in getattr(each, "base_filters", {}).items()
        if _is_evaluated(getattr(one, "queryset", None))
    ]


def _is_evaluated(queryset: Any) -> bool:
    return getattr(queryset, "_result_cache", None) is not None


def _subclasses(root: type) -> Iterator[type]:
    one: type
    for one in root.__subclasses__():
        yield one
        yield from _subclasses(one)


@register(Tags.admin)
def check_admin(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Pages of tenants' rows on a site that opens no scope, and pages that list rows of all tenants as options."""
    if not apps.is_installed("django.contrib.admin"):
        return []
    from . import sites

    found: list[CheckMessage] = []
    for site, model, page in sites.registered():
        if _is_owned(model) and not getattr(site, "opens_scope", False):
            found.append(_without_scope(site, model))
        found += _options(sites, page)
    return found


def _is_owned(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, TenantScoped)


def _without_scope(site: Any, model: Any) -> CheckMessage:
    kind = Error if mode_of(model._meta.label) is Mode.ENFORCE else Warning
    return kind(
        f"{model._meta.label} has a page on the admin site '{site.name}', whose views open no scope.",
        hint="tenancy.sites.TenantAdminSite opens the staff scope; a site of your own does it in `admin_view` and says "
        "so with `opens_scope = True`.",
        obj=model,
        id="tenancy.E010",
    )


def _options(sites: Any, page: Any) -> Iterator[CheckMessage]:
    listed = [(f"list_filter {entry!r}", sites.options_of_filter(page, entry)) for entry in page.list_filter]
    listed += [(f"the form's field {name!r}", model) for name, model in sites.options_of_form(page)]
    for what, model in listed:
        if _is_owned(model):
            yield Warning(
                f"{type(page).__qualname__}: {what} lists the rows of every tenant in scope as options.",
                hint="Search instead: `autocomplete_fields` or `raw_id_fields`, a filter with autocomplete.",
                obj=type(page),
                id="tenancy.W011",
            )
