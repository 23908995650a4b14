"""Tell the privacy officers which requests are nearly due: numbers and dates, nobody's data."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from tenancy import system_scope

from . import conf
from .models import DataRequest, State

CLOSED = (State.DONE, State.REFUSED, State.WITHDRAWN)


def remind() -> int:
    """Mail ``PII["OFFICERS"]`` one list of what is due within a week; each request once a day. Returns how many."""
    now = timezone.now()
    with system_scope(reason="remind of privacy requests"):
        due = DataRequest.objects.exclude(state__in=CLOSED).filter(due_on__lte=now.date() + timedelta(days=7))
        due = due.exclude(reminded_at__gt=now - timedelta(hours=20)).order_by("due_on")
        lines = [
            f"{row.number}  {row.get_kind_display()}  due {row.due_on:%d %b %Y}  {row.get_state_display()}"
            for row in due
        ]
        if lines and conf.get("OFFICERS"):
            subject = f"{len(lines)} privacy requests are due within a week"
            send_mail(subject, "\n".join(lines) + "\n", settings.DEFAULT_FROM_EMAIL, list(conf.get("OFFICERS")))
            DataRequest.objects.filter(pk__in=[row.pk for row in due]).update(reminded_at=now)
    return len(lines)
