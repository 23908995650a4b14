"""The verbs of a tag for everybody whom a search finds: order, carry out in batches, stop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from tenancy import audit, jobs

from .models import BulkTagging, Contact, ContactTag, Tag, TaggingState
from .search import search_contacts
from .tagging import put_on, take_off

JOB = "workspace.tag_contacts"
BATCH = 5_000


def matching(text: str, among: UUID | None) -> models.QuerySet[Contact]:
    """The contacts in scope that a search text and the key of a tag select."""
    found = search_contacts(text)
    if among is not None:
        found = found.filter(pk__in=ContactTag.objects.filter(tag_id=among).values("contact_id"))
    return found


@transaction.atomic
def order_tagging(tag: Tag, *, adds: bool, text: str, among: UUID | None, by: Any) -> BulkTagging:
    """Ask for a change of tags on everybody whom the search finds."""
    order: BulkTagging = BulkTagging.objects.create(tag=tag, adds=adds, text=text[:200], among=among, ordered_by=by)
    audit.record("contacts.tagging_ordered", by=by, tenant=order.tenant_id, target=order)
    jobs.enqueue(JOB, order.pk, tenant=order.tenant_id, lock=f"{JOB}:{order.pk}", by=by)
    return order


def carry_out(order: BulkTagging) -> None:
    """Walk what the search finds, batch by batch; each commits with its place, so that a killed run goes on there."""
    while order.is_busy:
        with transaction.atomic():
            order = BulkTagging.objects.select_for_update(of=("self",)).select_related("tag").get(pk=order.pk)
            if not order.is_busy:
                return
            _next_batch(order)
        jobs.progress(order.looked_at, None, "Tagging")


def _next_batch(order: BulkTagging) -> None:
    found = matching(order.text, order.among).order_by("pk")
    if order.reached is not None:
        found = found.filter(pk__gt=order.reached)
    keys = list(found.values_list("pk", flat=True)[:BATCH])
    order.state = TaggingState.RUNNING
    if keys:
        act = put_on if order.adds else take_off
        order.changed += act(keys, order.tag, by=order.ordered_by_id)
        order.looked_at, order.reached = order.looked_at + len(keys), keys[-1]
    if len(keys) < BATCH:
        _finish(order, TaggingState.DONE)
    order.save()


def stop_tagging(order: BulkTagging) -> None:
    """End an order where it stands; what was tagged stays so. One that is over stays as it is."""
    with transaction.atomic():
        order = BulkTagging.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if order.is_busy:
            _finish(order, TaggingState.STOPPED)
            order.save()


def _finish(order: BulkTagging, state: TaggingState) -> None:
    order.state, order.finished_at = state, timezone.now()
    verb = "contacts.tagged" if order.adds else "contacts.untagged"
    audit.record(verb, by=order.ordered_by_id, tenant=order.tenant_id, target=order, details={"count": order.changed})
