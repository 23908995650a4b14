"""A table of rows inside a form that counts no further than the boxes for picking one do."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from unfold.forms import PaginationInlineFormSet

from .changelist import PICKER_LIMIT, ListPaginator


class CappedInlineFormSet(PaginationInlineFormSet):
    """Pages through the first rows; whoever needs all of them follows the link to the list."""

    def get_page(self, paginator: Paginator[Any], page: int) -> Page[Any]:
        assert self.per_page is not None
        self.paginator = ListPaginator(paginator.object_list, self.per_page)
        found: Page[Any] = super().get_page(self.paginator, min(page, PICKER_LIMIT // self.per_page))
        return found
