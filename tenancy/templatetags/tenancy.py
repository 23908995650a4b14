"""``{% tenant_form %}`` inside a form, ``{% can "members.manage" as ok %}`` around what a role may do."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from tenancy.forms import form_field, form_token
from tenancy.roles import Action
from tenancy.roles import can as role_can

register = template.Library()


@register.simple_tag(takes_context=True)
def tenant_form(context: dict[str, Any]) -> SafeString | str:
    """The hidden input that binds a form to the tenant it was rendered for; nothing outside a tenant."""
    tenant = getattr(context["request"], "tenant", None)
    return form_field(tenant) if tenant else ""


@register.simple_tag(takes_context=True)
def tenant_form_token(context: dict[str, Any]) -> str:
    """The bare mark, for the header of scripted requests."""
    tenant = getattr(context["request"], "tenant", None)
    return form_token(tenant) if tenant else ""


@register.simple_tag(takes_context=True)
def can(context: dict[str, Any], action: str) -> bool:
    """Whether the person's role in this tenant may do `action`."""
    return role_can(getattr(context["request"], "user_tenant_role", None), Action(action))
