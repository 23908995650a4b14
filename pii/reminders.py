"""Tell the privacy officers which requests are nearly due: numbers and dates, nobody's data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from tenancy import system_scope

from .models import DataRequest, State
from .officers import officers

CLOSED = (State.DONE, State.REFUSED, State.WITHDRAWN)


def remind() -> int:
    """Mail what is due within a week: everything to the platform's officers, a tenant's own to its officers.

    Each request once a day. Returns how many requests somebody was reminded of.
    """
    now = timezone.now()
    with system_scope(reason="remind of privacy requests"):
        open_now = DataRequest.objects.exclude(state__in=CLOSED).filter(due_on__lte=now.date() + timedelta(days=7))
        due = list(open_now.exclude(reminded_at__gt=now - timedelta(hours=20)).order_by("due_on", "number"))
        theirs: dict[UUID | None, list[DataRequest]] = defaultdict(list)
        for row in due:
            theirs[None].append(row)
            if row.tenant_id is not None:
                theirs[row.tenant_id].append(row)
        reminded: set[UUID] = set()
        for tenant_id, rows in theirs.items():
            to = officers(tenant_id)
            if rows and to:
                _send(rows, to)
                reminded |= {row.pk for row in rows}
        DataRequest.objects.filter(pk__in=reminded).update(reminded_at=now)
    return len(reminded)


def _send(rows: Iterable[DataRequest], to: list[str]) -> None:
    lines = [
        f"{row.number}  {row.get_kind_display()}  due {row.due_on:%d %b %Y}  {row.get_state_display()}" for row in rows
    ]
    subject = f"{len(lines)} privacy requests are due within a week"
    for address in to:  # one mail each: nobody's address is shown to the others
        send_mail(subject, "\n".join(lines) + "\n", settings.DEFAULT_FROM_EMAIL, [address])
