"""The page of purges: what went, counted by table, and who had it deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from console.admin import ReadOnlyAdmin, column
from tenancy.models import TenantPurge


@admin.register(TenantPurge)
class TenantPurgeAdmin(ReadOnlyAdmin):
    """Ordered purges, newest first."""

    list_display = ("tenant_key", "ordered_at", "ordered_by", "approved_by", "finished_at", "rows", "files")
    list_select_related = ("ordered_by", "approved_by")
    exact_search = ("tenant_key",)
    empty_words = _("An archived tenant is purged from its page once its waiting period is over.")
    search_help_text = _("Id of the tenant or of the purge")
    fields = (
        "tenant_key",
        "reason",
        ("ordered_by", "approved_by"),
        ("ordered_at", "emptied_at"),
        "finished_at",
        "counts",
    )
    readonly_fields = ("counts",)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        if search_term.strip() and self.key_of(search_term.strip()) is None:
            return queryset.none(), False  # both columns hold keys, which PostgreSQL compares with nothing else
        return super().get_search_results(request, queryset, search_term)

    @column(description=_("Rows"))
    def rows(self, obj: TenantPurge) -> Any:
        return sum(obj.report.get("rows", {}).values()) if obj.emptied_at else ""

    @column(description=_("Files"))
    def files(self, obj: TenantPurge) -> Any:
        return obj.report.get("files", "")

    @column(description=_("What went"))
    def counts(self, obj: TenantPurge) -> Any:
        found = {name: number for name, number in obj.report.get("rows", {}).items() if number}
        exported = found.pop("operations_listexport.file", 0)
        if exported:
            found[str(_("files of lists that staff had exported"))] = exported
        found[str(_("files"))] = obj.report.get("files", 0)
        found[str(_("accounts left without a tenant"))] = obj.report.get("accounts_left_without_tenant", 0)
        lines = format_html_join(
            "", "<tr><th scope='row'>{}</th><td class='console-number-cell'>{}</td></tr>", found.items()
        )
        return format_html('<table class="console-table console-narrow">{}</table>', lines)
