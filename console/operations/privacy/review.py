"""The review queue: found passages beside their redaction, one click each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from console.needs import needs
from pii.erase.review import passage
from pii.erase.verify import answer_review
from pii.models import DataRequest, ReviewItem
from pii.requests.identity import subject_of
from tenancy import TenantRefused, audit, system_scope

PER_PAGE = 20


@never_cache
@needs("pii.enter_datarequest")
def queue(request: HttpRequest, key: UUID) -> HttpResponse:
    """A GET shows what is open, recorded as a look at personal data; a POST answers one passage."""
    with system_scope(reason="review found passages", actor=request.user):
        asked = DataRequest.objects.filter(pk=key).first()
        if asked is None:
            raise Http404
        items = ReviewItem.objects.filter(request=asked, answer=ReviewItem.Answer.OPEN)
        if request.method == "POST":
            item = items.filter(pk=request.POST.get("item", "0")).first()
            answer = request.POST.get("answer", "")
            if item is None or answer not in (ReviewItem.Answer.REDACTED, ReviewItem.Answer.KEPT):
                raise Http404
            try:
                answer_review(item, answer=answer, by=request.user)
            except TenantRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Answered."))
            return HttpResponseRedirect(request.path)
        shown = list(items[:PER_PAGE])
        identifiers = subject_of(asked).identifiers if shown else None
        passages = [{"item": item, "passage": passage(item, identifiers)} for item in shown] if identifiers else []
        if passages:
            audit.record("privacy.passages_shown", by=request.user, target=asked, details={"passages": len(passages)})
        context = {
            **admin.site.each_context(request),
            "title": _("Passages to review"),
            "asked": asked,
            "passages": passages,
            "open": items.count(),
            "opts": DataRequest._meta,
        }
        response = TemplateResponse(request, "admin/privacy/review.html", context)
        response.render()
    response["Cache-Control"] = "no-store, private"
    return response
