"""Error pages are styled, need nothing that may be broken, and say what to do."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("400", "reload the page"),
        ("403", "Ask an administrator"),
        ("403_csrf", "send the form again"),
        ("404", "Check the address"),
        ("429", "Wait five minutes"),
        ("500", "try again"),
    ],
)
def test_each_says_what_to_do_without_any_context(name, remedy):
    page = render_to_string(f"{name}.html")
    assert remedy in page
    assert "pico.min.css" in page
    assert "<h1>" in page
    assert "<script>" not in page


def test_a_missing_page_and_a_stale_form_get_them(db):
    missing = Client().get("/no/such/page/")
    assert missing.status_code == 404
    assert "There is nothing here" in missing.content.decode()
    stale = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.test", "password": "x"})
    assert stale.status_code == 403
    assert "no longer valid" in stale.content.decode()
