"""The audit port: what is sent, and that a failing recorder stops the act."""

from __future__ import annotations

import datetime
import logging

import pytest

from tenancy import audit
from tenancy.signals import act_recorded


@pytest.fixture
def acts():
    seen = []

    def keep(sender, act, **kwargs):
        seen.append(act)

    act_recorded.connect(keep)
    yield seen
    act_recorded.disconnect(keep)


def test_an_act_carries_who_what_where_and_why(tenant_a, acts, caplog):
    with caplog.at_level(logging.INFO, "tenancy.audit"):
        audit.record("tenant.looked_at", by=None, tenant=tenant_a, target=tenant_a, reason="ticket 7", details={"n": 1})
    (act,) = acts
    assert (act.verb, act.by, act.tenant_id, act.reason) == ("tenant.looked_at", None, tenant_a.pk, "ticket 7")
    assert (act.target_model, act.target_id, act.details) == ("tenancy.tenant", str(tenant_a.pk), {"n": 1})
    assert "tenant.looked_at" in caplog.text
    assert tenant_a.name not in caplog.text


def test_a_recorder_that_fails_aborts_the_act():
    def fail(sender, **kwargs):
        raise RuntimeError("the disk is full")

    act_recorded.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            audit.record("x.y", by=None)
    finally:
        act_recorded.disconnect(fail)


def test_changing_nests_and_restores():
    past = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
    assert audit.current_change() == audit.Change()
    with audit.changing(by="someone", reason="why", at=past):
        with audit.changing(by="someone"):
            assert audit.current_change() == audit.Change("someone", "why", past)
        with audit.changing(by="other", reason="else"):
            assert (audit.current_change().reason, audit.moment()) == ("else", past)
        with audit.changing(by="other"):
            assert audit.current_change().reason == ""
    assert audit.moment() > past
