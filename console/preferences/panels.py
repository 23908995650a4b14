"""The settings on the tenant's page of the console: how many are the tenant's own, and the way to all of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.operations.panels import Content, Row, panel
from tenancy.settings.config import resolution_of
from tenancy.settings.registry import registry


@panel("tenant", "settings", _("Settings of its own"), "tenancy.view_tenant")
def settings(request: HttpRequest, tenant: Any) -> Content:
    """What differs from what all tenants inherit, by group; values that no longer fit are a warning."""
    where = reverse("admin:tenancy_tenant_settings_index", kwargs={"object_id": tenant.pk})
    rows = []
    for group in registry:
        resolved = resolution_of(tenant, group)
        own = [str(item.setting.title) for item in resolved.settings.values() if item.own.is_set]
        link = reverse("admin:tenancy_tenant_settings_group", kwargs={"object_id": tenant.pk, "group": group.key})
        if resolved.broken or resolved.problem:
            rows.append(Row(group.title, _("does not fit any more"), link, tone="warn"))
        elif own:
            rows.append(Row(group.title, ", ".join(own), link))
    return Content(rows or [Row(_("None"), _("all are inherited"), where)])
