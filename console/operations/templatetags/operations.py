"""Tags of staff's pages: where one is, moments in running text, moments and people in the read-only fields of forms."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.utils import display_for_label

from console.lists.columns import value_words
from console.moments import moment
from console.navigation import title_of
from console.operations.naming import called

register = template.Library()
register.filter("moment", moment)


@register.filter
def worded(verb: Any) -> str:
    """A verb of the trail or of a job as words: ``tenant.created`` as “Tenant created”."""
    return str(capfirst(str(verb).replace(".", " ").replace("_", " ")))


@register.simple_tag(takes_context=True)
def contents(context: Any, field: Any) -> Any:
    """What a read-only field of a form shows: moments, people by name or mask, states as labels."""
    found, row = field.resolved_field or (None, None, None), field.form.instance
    _field, attr, value = found
    label = getattr(attr, "label", None)
    if label:
        return display_for_label(value, "-", label)
    words = value_words(context["request"], value, row)
    if words is None:
        return field.contents()
    if isinstance(value, get_user_model()):
        return format_html(
            '<a class="text-link" href="{}">{}</a>', reverse("admin:person_page", args=[value.pk]), words
        )
    return words


@register.simple_tag(takes_context=True)
def places(context: Any) -> list[tuple[Any, str]]:
    """The way to a page: its list, and what the page is about; titles as in the sidebar, objects as `called`."""
    original = context.get("original")
    obj = (
        context.get("object") if original is None or isinstance(original, str) else getattr(original, "_row", original)
    )
    opts = context.get("opts") or getattr(obj, "_meta", None)
    if opts is None:
        return [(context.get("title", ""), "")]
    try:
        where = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    except NoReverseMatch:
        return [(context.get("title", ""), "")]
    way: list[tuple[Any, str]] = [(title_of(where) or capfirst(opts.verbose_name_plural), where)]
    if obj is not None and hasattr(obj, "_meta"):
        return [*way, (called(context["request"], obj), "")]
    if context.get("add"):
        return [*way, (_("Add"), "")]
    return way if context.get("cl") else [*way, (context.get("title", ""), "")]
