"""The change list of every page of the admin: pages by key, links to the object's own page, no count at all."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from unfold.views import ChangeList

from .columns import shown_column
from .keyset import Page, keyset_page
from .ordering import index_order

AFTER, BEFORE = "_after", "_before"
EXPORT = "operations.export_list"
PICKER_LIMIT = 1_000  # rows that the boxes for picking one page through; whoever needs more types more letters


class ListPaginator(Paginator):
    """For the boxes in which one row is picked; a list itself asks it only for its template."""

    template_name = "admin/keyset_pages.html"

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:PICKER_LIMIT].count()) if hasattr(rows, "order_by") else len(rows)


class ConsoleChangeList(ChangeList):
    """A list whose rows lead to the object's page, where it has one; the next page starts after a row's key."""

    result_list: list[Any]
    list_display: Any
    list_display_links: Any
    sortable_by: Any

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        given = request.GET.copy()
        self.place = {name: (given.pop(name, None) or [""])[-1] for name in (AFTER, BEFORE)}
        request.GET = given  # type: ignore[assignment]  # so that no filter's link carries the place along
        self.may_export = request.user.has_perm(EXPORT)  # type: ignore[union-attr]  # staff pages have a user
        super().__init__(request, *args, **kwargs)
        shown = {name: shown_column(request, self.model, name) for name in self.list_display}
        self.list_display = [shown[name] for name in self.list_display]
        self.list_display_links = [shown.get(name, name) for name in self.list_display_links or ()]
        self.sortable_by = [shown.get(name, name) for name in self.sortable_by or ()]

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        return index_order(self.model, super().get_ordering(request, queryset))

    def get_results(self, request: HttpRequest) -> None:
        order = [str(name) for name in self.queryset.query.order_by]
        size = self.list_per_page
        self.page: Page = keyset_page(
            self.queryset, order, size=size, after=self.place[AFTER], before=self.place[BEFORE]
        )
        self.result_list = self.page.rows
        more = self.page.has_before or self.page.has_after
        self.result_count = len(self.page.rows) + more  # templates ask whether there are more than are shown
        self.full_result_count = self.result_count
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = self.model_admin.get_paginator(request, self.queryset, size)

    @property
    def newer_link(self) -> str:
        """Address of the page before this one, or nothing."""
        return self._link(BEFORE, 0) if self.page.has_before and self.page.rows else ""

    @property
    def older_link(self) -> str:
        """Address of the page after this one, or nothing."""
        return self._link(AFTER, -1) if self.page.has_after and self.page.rows else ""

    @property
    def first_link(self) -> str:
        """Address of the first page, where this is another."""
        is_lost = bool(self.place[AFTER] or self.place[BEFORE]) and not self.page.rows
        return str(self.get_query_string()) if self.page.has_before or is_lost else ""

    @property
    def export_link(self) -> str:
        """Address of the export of what matches, for whoever may export."""
        if self.is_popup or not self.may_export or not self.page.rows:
            return ""
        return reverse("admin:export_list", args=[self.opts.label_lower]) + str(self.get_query_string())

    def url_for_result(self, result: Any) -> str:
        name = self.model_admin.page_name
        return reverse(f"admin:{name}", args=[result.pk]) if name else str(super().url_for_result(result))

    def _link(self, name: str, place: int) -> str:
        return str(self.get_query_string({name: str(self.page.rows[place].pk)}))
