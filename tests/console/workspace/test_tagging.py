"""A tag for many contacts: for the ticked at once, for everybody whom a search finds as a job that can be stopped."""

from __future__ import annotations

import pytest

from console.operations.models import AuditEvent
from console.workspace import bulk
from console.workspace.models import BulkTagging, Contact, ContactTag, Tag
from console.workspace.records import find_or_make_tag
from tenancy import system_scope, tenant_scope

from .test_records import make_contacts

PATH = "/t/northwind/contacts/tag/"


@pytest.fixture
def few(monkeypatch):
    """So few that a search of the test finds too many to wait for, in several batches."""
    monkeypatch.setattr("console.workspace.views.bulk.MOST", 5)
    monkeypatch.setattr("console.workspace.bulk.BATCH", 4)


def tagged(tenant, key="vip"):
    with tenant_scope(tenant):
        return ContactTag.objects.filter(tag__name_key=key).count()


def test_all_that_match_are_tagged_at_once_where_they_are_few(client, tenant_a, tenant_b, enter):
    enter(tenant_a, "member")
    make_contacts(tenant_a, 30)
    make_contacts(tenant_b, 30)
    form = {"name": "VIP", "which": "all", "kept": "q=name0001"}
    page = client.post(PATH, form, follow=True).content.decode()
    assert "put on 10 contacts" in page
    assert (tagged(tenant_a), tagged(tenant_b)) == (10, 0)
    page = client.post(PATH, {**form, "kept": "q=nobody"}, follow=True).content.decode()
    assert "Nobody matches" in page


def test_many_are_a_job_with_history_and_one_line_in_the_log(
    client, tenant_a, tenant_b, enter, few, django_capture_on_commit_callbacks
):
    member = enter(tenant_a, "member")
    make_contacts(tenant_a, 30)
    make_contacts(tenant_b, 30)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(PATH, {"name": "VIP", "which": "all", "kept": "q=name0001"})
    with tenant_scope(tenant_a):
        order = BulkTagging.objects.get()
        assert answer["Location"].endswith(f"/contacts/tag/{order.pk}/")
        assert (order.state, order.looked_at, order.changed) == ("done", 10, 10)
        row = ContactTag.objects.filter(tag__name_key="vip").first().history.get()
        assert (row.history_type, row.history_user_id, row.history_actor) == ("+", member.user_id, member.user.email)
    assert (tagged(tenant_a), tagged(tenant_b)) == (10, 0)
    assert "10 contacts looked at, 10 changed" in client.get(answer["Location"]).content.decode()
    with system_scope(reason="test"):
        [event] = AuditEvent.objects.filter(verb="contacts.tagged")
        assert (event.details, event.actor_id) == ({"count": 10}, member.user_id)

    kept = f"tag={order.tag_id}"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(PATH, {"name": "vip", "which": "all", "kept": kept, "act": "remove"})
    assert tagged(tenant_a) == 0
    with tenant_scope(tenant_a):
        assert ContactTag.history.filter(history_type="-").count() == 10


def test_a_killed_job_goes_on_where_it_was_and_repeats_nothing(tenant_a, enter, few):
    member = enter(tenant_a, "member")
    make_contacts(tenant_a, 10)
    with tenant_scope(tenant_a):
        tag = find_or_make_tag("VIP", by=member.user)
        order = bulk.order_tagging(tag, adds=True, text="", among=None, by=member.user)
        bulk._next_batch(order)  # and here the worker dies
        assert (order.looked_at, tagged(tenant_a)) == (4, 4)
        bulk.carry_out(BulkTagging.objects.get())
        order.refresh_from_db()
        assert (order.state, order.looked_at, order.changed) == ("done", 10, 10)
        assert ContactTag.history.count() == 10


def test_a_stopped_one_stays_stopped(client, tenant_a, enter, few):
    member = enter(tenant_a, "member")
    make_contacts(tenant_a, 10)
    with tenant_scope(tenant_a):
        tag = find_or_make_tag("VIP", by=member.user)
        order = bulk.order_tagging(tag, adds=True, text="", among=None, by=member.user)
        bulk._next_batch(order)
    assert "4 looked at, 4 changed" in client.get(f"{PATH}{order.pk}/").content.decode()
    assert client.post(f"{PATH}{order.pk}/").status_code == 302
    with tenant_scope(tenant_a):
        bulk.carry_out(BulkTagging.objects.get())
        order.refresh_from_db()
    assert (order.state, tagged(tenant_a)) == ("stopped", 4)
    assert "what was changed stays" in client.get(f"{PATH}{order.pk}/").content.decode()


def test_a_tag_filter_of_another_tenant_filters_nothing(client, tenant_a, tenant_b, own, other, enter):
    enter(tenant_a, "member")
    client.post(PATH, {"name": "VIP", "which": "all", "kept": f"tag={other.tag.pk}"})
    with tenant_scope(tenant_a):
        assert Contact.objects.filter(tags__name_key="vip").count() == Contact.objects.count() == 1
        assert Tag.objects.count() == 2
