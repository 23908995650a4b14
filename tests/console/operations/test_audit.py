"""The append-only table of acts."""

from __future__ import annotations

import pytest

from console.operations.models import AuditEvent
from tenancy import audit, system_scope, tenant_scope
from tests.factories import make_user


def test_an_act_is_kept_with_the_actors_address_of_that_moment(tenant_a):
    actor = make_user("before@example.test")
    with tenant_scope(tenant_a):
        audit.record("tenant.visited", by=actor, tenant=tenant_a, target=tenant_a, reason="ticket 7")
    actor.email = "after@example.test"
    with system_scope(reason="test"):
        actor.save()
        event = AuditEvent.objects.get(verb="tenant.visited")
    assert (event.actor_id, event.actor_address) == (actor.pk, "before@example.test")
    assert (event.tenant_key, event.target_id, event.reason) == (tenant_a.pk, str(tenant_a.pk), "ticket 7")


def test_an_act_is_never_changed_through_the_model(db):
    audit.record("a.b", by=None)
    with system_scope(reason="test"):
        event = AuditEvent.objects.get()
        event.verb = "c.d"
        with pytest.raises(TypeError):
            event.save()
        with pytest.raises(TypeError):
            event.delete()
