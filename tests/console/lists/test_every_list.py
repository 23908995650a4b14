"""Every list of the admin pages by key, counts nothing, exports what matches, and changes many rows by a job alone."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from console.lists import ConsoleChangeList
from console.operations.four_eyes import verbs as four_eyes
from console.operations.models import BulkRow, BulkRun
from console.operations.sessions import open_session
from tenancy import staff_scope, system_scope
from tests.console.test_query_counts import lists
from tests.factories import make_membership
from tests.fleet import fleet

COUNTED = {
    "tenancy.ObservedAccess": "one row per place in the code: the head says how many are left to mend",
}
NO_LIST = {"tenancy.PlatformSettings": "one row: its address leads to the page of settings"}
UNBOUNDED = re.compile(r"^SELECT COUNT\(|\bCOUNT\(\*\)", re.IGNORECASE)


@pytest.fixture
def populated(tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fleet(tenant_a, tenant_b)
    for _ in range(3):
        make_membership(tenant_a)
    return tenant_a


def pages():
    """Every page of the admin with a list, by label, with the list's address."""
    addresses = dict(lists())
    return {
        model._meta.label: (page, addresses[model._meta.label])
        for model, page in site._registry.items()
        if model._meta.label in addresses
    }


def actions_of(page, person):
    request = RequestFactory().get("/")
    request.user = person
    return page.get_actions(request)


def test_every_list_pages_by_key_and_asks_for_no_whole_count(populated, root):
    counted = set()
    for label, (page, where) in pages().items():
        assert issubclass(page.get_changelist(None), ConsoleChangeList), label
        assert page.show_full_result_count is False, label
        with CaptureQueriesContext(connection) as queries:
            answer = root.get(where)
        assert answer.status_code == 200, label
        if any(UNBOUNDED.search(query["sql"]) and "LIMIT" not in query["sql"] for query in queries):
            counted.add(label)
        assert not any(" OFFSET " in query["sql"] for query in queries), label
    assert counted == set(COUNTED)


def test_every_list_exports_what_it_shows(populated, root):
    with staff_scope(actor=root.user, reason="test"):
        open_session(populated, by=root.user, reason="records", ticket="T-1")
        four_eyes.ask("bulk.change", by=root.user, reason="test", details={"rows": 1})
    silent, offered, pageless = set(), set(), set()
    for label, (page, where) in pages().items():
        answer = root.get(where)
        if "cl" not in answer.context:
            pageless.add(label)
            continue
        if not answer.context["cl"].result_list:
            continue
        link = reverse("admin:export_list", args=[page.opts.label_lower])
        (offered if f'href="{link}' in answer.content.decode() else silent).add(label)
        assert root.get(link).status_code == 200, label
    assert silent == set()
    assert pageless == set(NO_LIST)
    assert len(offered) > 8, "empty lists prove nothing"


def test_every_empty_list_says_in_its_own_words_why_or_what_to_do(root):
    told, empty = {}, set()
    for label, (page, where) in pages().items():
        if label in NO_LIST:
            continue
        told[label] = str(page.empty_words)
        answer = root.get(where)
        if not answer.context["cl"].result_list and not answer.context["cl"].has_active_filters:
            empty.add(label)
            assert escape(told[label]) in answer.content.decode(), label
    assert len(set(told.values())) == len(told), "two lists say the same"
    assert len(empty) > 12, empty


def test_every_action_over_many_rows_is_a_bulk_change(populated, root):
    found = {
        (label, name): hasattr(function, "act") and function.allowed_permissions
        for label, (page, _where) in pages().items()
        for name, (function, _name, _title) in actions_of(page, root.user).items()
    }
    assert {one for one, is_bulk in found.items() if not is_bulk} == set()
    assert len(found) >= 3


def test_every_bulk_change_counts_and_samples_before_anything_and_freezes_what_the_filter_leaves(
    populated, root, settings
):
    settings.FOUR_EYES_ABOVE = 0  # frozen and asked for: nothing is carried out here
    for label, (page, where) in pages().items():
        for name in actions_of(page, root.user):
            with staff_scope(actor=root.user, reason="test"):
                rows = list(page.model._default_manager.values_list("pk", flat=True)[:1])
                total = page.model._default_manager.count()
            form = {"action": name, "_selected_action": rows, "select_across": "1", "index": "0"}
            asked = root.post(where, form)
            assert asked.context["total"] == total > 1, (label, name)
            assert 0 < len(asked.context["sample"]) <= 10, (label, name)
            assert 'name="reason"' in asked.content.decode(), (label, name)
            with system_scope(reason="test"):
                assert not BulkRun.objects.exists(), (label, name)
            root.post(where, {**form, "confirmed": "yes", "reason": "test", "expected": total})
            with system_scope(reason="test"):
                run = BulkRun.objects.get()
                assert (run.action, run.total, run.state) == (name, total, "asked"), (label, name)
                assert BulkRow.objects.filter(run=run, state="waiting").count() == total
                BulkRow.objects.all().delete()
                BulkRun.objects.all().delete()
