"""The pages: edit, review, settle a conflict, save, look back, go back; without JavaScript, under a strict CSP."""

from __future__ import annotations

import re

import pytest

from tenancy import tenant_scope
from tenancy.models import SettingChange, Tenant
from tenancy.settings.store import change

from .browserlike import controls, posted

pytestmark = pytest.mark.usefixtures("sample", "tenant_b")


@pytest.fixture
def page(client, tenant_a, settings):
    """Requests in the scope of tenant A, as its middleware would open it."""
    settings.ROOT_URLCONF = "tests.tenancy.settings.urls"
    settings.MIDDLEWARE = []

    def request(path, data=None, editor="staff"):
        with tenant_scope(tenant_a):
            if data is None:
                return client.get(path, headers={"X-Editor": editor})
            return client.post(path, data, headers={"X-Editor": editor})

    return request


def text(response):
    return response.content.decode()


def send(page, path, response, button, editor="staff", **changes):
    data = posted(text(response), **changes)
    data["_do"] = button
    return page(path, data.dict() | {name: data.getlist(name) for name in data}, editor=editor)


def stored(tenant):
    with tenant_scope(tenant):
        return Tenant.objects.get().settings


def test_edit_review_save(page, tenant_a):
    first = page("/sample/")
    review = send(page, "/sample/", first, "review", **{"s.name": "new", "s.seats": "4"})
    assert review.status_code == 200
    assert "<del>plain</del>" in text(review)
    assert "<ins>new</ins>" in text(review)
    assert stored(tenant_a) == {}  # nothing is written before the difference was seen
    saved = send(page, "/sample/", review, "confirm", reason="because")
    assert (saved.status_code, saved["Location"]) == (302, "/sample/?saved=1")
    assert stored(tenant_a) == {"sample": {"v": 1, "values": {"name": "new", "seats": 4}}}
    with tenant_scope(tenant_a):
        assert SettingChange.objects.get().reason == "because"
    assert "The settings were saved." in text(page("/sample/?saved=1"))


def test_back_to_editing_keeps_what_was_typed(page):
    review = send(page, "/sample/", page("/sample/"), "review", **{"s.name": "typed"})
    again = send(page, "/sample/", review, "edit")
    assert dict(controls(text(again))[0])["s.name"] == "typed"


def test_a_refused_value_comes_back_with_its_message(page, tenant_a):
    refused = send(page, "/sample/", page("/sample/"), "review", **{"s.seats": "0", "s.name": "typed"})
    assert refused.status_code == 422
    assert "Enter 1 or more." in text(refused)
    assert 'role="alert"' in text(refused)
    assert dict(controls(text(refused))[0])["s.name"] == "typed"
    assert dict(controls(text(refused))[0])["s.seats"] == "0"
    assert stored(tenant_a) == {}


def test_entries_are_added_by_buttons(page):
    grown = send(page, "/sample/", page("/sample/"), "add:s.rules")
    assert "s.rules.0.label" in dict(controls(text(grown))[0])
    review = send(page, "/sample/", grown, "review", **{"s.rules.0.label": "first"})
    assert "Label: first" in text(review)


@pytest.mark.parametrize("mine", [True, False])
def test_the_second_editor_sees_both_values_and_chooses(page, tenant_a, mine):
    form = page("/sample/")
    review = send(page, "/sample/", form, "review", **{"s.name": "mine", "s.seats": "9"})
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.name": "theirs"}, by=None)
    clash = send(page, "/sample/", review, "confirm")
    assert clash.status_code == 409
    assert "Keep theirs:" in text(clash)
    assert "<strong>theirs</strong>" in text(clash)
    assert "<strong>mine</strong>" in text(clash)
    assert stored(tenant_a)["sample"]["values"] == {"name": "theirs"}
    chosen = send(page, "/sample/", clash, "review", **{"s.name:choice": "mine" if mine else "theirs"})
    assert chosen.status_code == 200
    done = send(page, "/sample/", chosen, "confirm")
    assert done.status_code == 302
    assert stored(tenant_a)["sample"]["values"] == {"name": "mine" if mine else "theirs", "seats": 9}


def test_a_third_change_during_the_choice_is_a_conflict_again(page, tenant_a):
    review = send(page, "/sample/", page("/sample/"), "review", **{"s.name": "mine"})
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.name": "theirs"}, by=None)
    clash = send(page, "/sample/", review, "confirm")
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.name": "a third"}, by=None)
    again = send(page, "/sample/", clash, "review", **{"s.name:choice": "mine"})
    assert again.status_code == 409
    assert "<strong>a third</strong>" in text(again)


def test_changes_of_other_settings_are_kept(page, tenant_a):
    review = send(page, "/sample/", page("/sample/"), "review", **{"s.name": "mine"})
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.seats": 5}, by=None)
    assert send(page, "/sample/", review, "confirm").status_code == 302
    assert stored(tenant_a)["sample"]["values"] == {"name": "mine", "seats": 5}


def test_a_secret_is_typed_once_and_never_shown(page, tenant_a):
    review = send(page, "/sample/", page("/sample/"), "review", **{"s.token:password": "hunter2-hunter2"})
    assert "hunter2" not in text(review)
    back = send(page, "/sample/", review, "edit")
    assert "hunter2" not in text(back)
    assert "A new secret was entered" in text(back)
    review = send(page, "/sample/", back, "review")
    assert send(page, "/sample/", review, "confirm").status_code == 302
    tenant_a.refresh_from_db()
    assert tenant_a.config.sample.token.reveal() == "hunter2-hunter2"
    shown = text(page("/sample/")) + text(page("/history/"))
    assert "hunter2" not in shown
    assert tenant_a.settings["sample"]["values"]["token"]["$secret"] not in shown
    untouched = send(page, "/sample/", page("/sample/"), "review")
    assert "Nothing was changed." in text(untouched)
    short = send(page, "/sample/", page("/sample/"), "review", **{"s.token:password": "xyz"})
    assert short.status_code == 422
    assert "xyz" not in text(short)
    forged = send(page, "/sample/", page("/sample/"), "review", **{"s.token:sealed": "forged"})
    assert "Nothing was changed." in text(forged)


def test_reset_to_the_inherited_value(page, tenant_a):
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.name": "own"}, by=None)
    review = send(page, "/sample/", page("/sample/"), "review", **{"s.name:reset": "on"})
    assert "<ins>plain</ins>" in text(review)
    send(page, "/sample/", review, "confirm")
    assert stored(tenant_a) == {}


def test_an_administrator_changes_only_what_administrators_may(page, tenant_a):
    shown = page("/sample/", editor="admin")
    assert "s.plan" not in dict(controls(text(shown))[0])
    data = {"s.plan": '"paid"', "s.plan:seen": "inherited.x.y", "_do": "confirm", "s.plan:own": "on"}
    page("/sample/", data, editor="admin")
    assert stored(tenant_a) == {}
    assert page("/sample/", data, editor="nobody").status_code == 403


def test_search_finds_settings(page):
    assert "sample.seats" in text(page("/?q=seats"))
    assert "sample.name" not in text(page("/?q=seats"))
    assert "0 settings match" in text(page("/?q=%3Cscript%3E"))
    assert "<script>" not in text(page("/?q=%3Cscript%3E"))


def test_what_nobody_knows_is_shown(page, tenant_a):
    with tenant_scope(tenant_a):
        strange = {"left": {"v": 3, "values": {"a": ["<x>"]}}, "sample": {"v": 1, "values": {"gone": 7}}}
        change(tenant_a, {}, by=None, kept=strange)
    assert "left.a</code>: &lt;x&gt;" in text(page("/"))
    assert "gone</code>: 7" in text(page("/sample/"))
    assert "left.a" in text(page("/history/"))


def test_an_unknown_group_is_not_found(page):
    assert page("/nothing/").status_code == 404


def test_history_and_the_way_back(page, tenant_a):
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.name": "one"}, by=None, reason="first")
        change(tenant_a, {"sample.name": "two"}, by=None)
    history = page("/history/")
    assert "first" in text(history)
    assert "<ins>two</ins>" in text(history)
    preview = page("/history/", {"version": "1", "_do": "preview"})
    assert "<ins>one</ins>" in text(preview)
    assert stored(tenant_a)["sample"]["values"] == {"name": "two"}
    done = send(page, "/history/", preview, "rollback", reason="undo")
    assert done.status_code == 302
    assert stored(tenant_a)["sample"]["values"] == {"name": "one"}
    assert page("/history/", {"version": "77", "_do": "preview"}).status_code == 404


def test_the_way_back_is_shown_again_when_something_changed_meanwhile(page, tenant_a):
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.name": "one"}, by=None)
        change(tenant_a, {"sample.name": "two"}, by=None)
    preview = page("/history/", {"version": "1", "_do": "preview"})
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.name": "three"}, by=None)
    again = send(page, "/history/", preview, "rollback")
    assert again.status_code == 200
    assert stored(tenant_a)["sample"]["values"] == {"name": "three"}


def test_pages_hold_no_inline_script_or_style(page):
    for path in ("/", "/sample/", "/history/"):
        html = text(page(path))
        assert not re.search(r"<style|style=|<script(?![^>]*\bsrc=)|\son\w+=|javascript:", html)


def test_nothing_of_the_other_tenant_shows(page, tenant_b):
    with tenant_scope(tenant_b):
        change(tenant_b, {"sample.name": "sentinel-of-b"}, by=None)
    for path in ("/", "/sample/", "/history/"):
        assert "sentinel-of-b" not in text(page(path))
