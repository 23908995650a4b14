"""A range of moments beside a list: typed in the viewer's zone; a date without a time means the whole day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from unfold.contrib.filters.admin import RangeDateTimeFilter


class MomentRangeFilter(RangeDateTimeFilter):
    """Unfold's filter, which takes moments as UTC and ignores a date that has no time beside it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        bounds = {"gte": self.typed("from", "00:00:00"), "lte": self.typed("to", "23:59:59.999999")}
        found = {f"{self.parameter_name}__{name}": moment for name, moment in bounds.items() if moment is not None}
        return queryset.filter(**found)

    def typed(self, end: str, else_at: str) -> datetime | None:
        """One end of the range, aware; None where nothing that is a date was typed."""
        try:
            day = parse_date(self.used_parameters.get(f"{self.parameter_name}_{end}_0") or "")
            time = parse_time(self.used_parameters.get(f"{self.parameter_name}_{end}_1") or else_at)
        except ValueError:
            return None
        return timezone.make_aware(datetime.combine(day, time)) if day and time else None
