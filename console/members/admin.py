"""Pages of imports: the list, and one import from upload to undo."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from console.admin import ConsoleModelAdmin, column

from .models import MemberImport
from .verbs import ImportVerbs

COLOURS = {
    "uploaded": "info",
    "previewing": "info",
    "previewed": "warning",
    "running": "warning",
    "stopped": "danger",
    "done": "success",
    "discarded": "default",
    "undoing": "warning",
    "undone": "default",
}


@admin.register(MemberImport)
class MemberImportAdmin(ImportVerbs, ConsoleModelAdmin):
    """Imports of all tenants, newest first."""

    empty_words = _(
        "Upload a file of people from the page of their tenant; each import shows here with what became of every row."
    )
    list_display = ("title", "tenant", "state_label", "rows", "actor", "created_at", "finished_at")
    list_filter = (("tenant", AutocompleteSelectFilter), ("state", ChoicesDropdownFilter))
    list_select_related = ("tenant", "actor")
    exact_search = ("file_hash",)
    search_help_text = _("Id of the import, or SHA-256 of its file")
    actions = ()

    @column(description=_("Import"))
    def title(self, obj: MemberImport) -> str:
        return f"#{obj.number} {obj.file_name}"

    @column(description=_("State"), label=COLOURS, ordering="state")
    def state_label(self, obj: MemberImport) -> tuple[str, Any]:
        return obj.state, obj.get_state_display()  # type: ignore[attr-defined]  # choices

    @column(description=_("Rows"))
    def rows(self, obj: MemberImport) -> str:
        counts = obj.applied if obj.is_over else obj.counts
        return ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "-"

    def tenant_widget(self) -> AutocompleteSelect:
        """The field in which a tenant is searched for."""
        return AutocompleteSelect(MemberImport._meta.get_field("tenant"), self.admin_site)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("members.change_memberimport")
