"""Every verb asks first: its dialog names the object, says what follows, counts what it touches, and wants a reason."""

from __future__ import annotations

import pytest
from django.contrib.admin.sites import site
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape

from tenancy import system_scope
from tests.browser.every_page import prepare, row_of

UNCOUNTED = {
    "the row that the dialog names, and nothing beside it": {
        *("retry", "cancel", "reactivate", "view_as", "unlock", "send_link", "release", "close_task", "open_session"),
        *("attest_identity", "check_code", "doubt_identity", "send_code", "extend", "finish", "refuse", "withdraw"),
        "reveal_personal_data",
    },
    "what it touches is looked up and counted by it, and shown for a second decision": {
        *("export_personal_data", "erase_personal_data", "plan_again", "make_package", "restrict", "decide"),
    },
}
CLOSED = {"workspace.Contact": "a tenant's record: 404 without a staff session"}


def dialogs():
    """Model, name and method of every dialog of one object."""
    for model, page in site._registry.items():
        for name in dir(type(page)):
            method = getattr(type(page), name, None)
            if hasattr(method, "consequence"):
                yield model, name, method


@pytest.fixture
def demo(root, settings, tmp_path):
    settings.MEDIA_ROOT, settings.DEBUG = tmp_path, True
    call_command("seed_demo")
    prepare(root.user)


def test_every_dialog_says_what_follows_and_asks_why(demo, root):
    seen = set()
    for model, name, method in dialogs():
        with system_scope(reason="test"):
            row = row_of(model)
            count = method.counts(row) if row is not None and method.counts else ""
        words, opts = str(method.consequence), model._meta
        assert len(words.split()) > 4, (name, words)
        assert words.endswith("."), (name, words)
        if row is None or opts.label in CLOSED or name == "withdraw":  # to withdraw is for whoever asked
            continue
        try:
            answer = root.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=[row.pk]))
        except NoReverseMatch:  # a page without masked data offers no way to reveal it
            assert name == "reveal_personal_data", (opts.label, name)
            continue
        assert answer.status_code == 200, (opts.label, name)
        shown = answer.content.decode()
        assert escape(words) in shown, (opts.label, name)
        assert escape(count) in shown, (opts.label, name)
        assert 'name="reason"' in shown, (opts.label, name)
        seen.add((opts.label, name))
    assert len(seen) > 40, seen


def test_every_dialog_that_may_touch_many_says_how_many():
    uncounted = {name for _model, name, method in dialogs() if not method.counts}
    assert uncounted == set().union(*UNCOUNTED.values())
