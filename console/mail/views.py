"""The page of the console on which a development server's mails land."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.accounts.decorators import staff_page

from . import store

SHOWN = 50


@require_safe
@staff_page
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    """The newest mails."""
    mails = [mail for mail in map(store.load, store.newest()[:SHOWN]) if mail is not None]
    return render(request, "mail/list.html", {"mails": mails})


@require_safe
@staff_page
@never_cache
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail, its links clickable."""
    mail = store.load(key)
    if mail is None:
        raise Http404
    return render(request, "mail/detail.html", {"mail": mail})
