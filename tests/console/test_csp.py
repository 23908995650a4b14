"""The Content-Security-Policy is strict, but for the pages that the admin itself renders."""

from __future__ import annotations

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import resolve

from console.csp import ConsoleCSPMiddleware

STRICT = {"script-src": "'self'", "style-src": "'self'", "object-src": "'none'", "default-src": "'self'"}


def policy(response) -> dict[str, str]:
    header = response.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


def answered(address: str, response: HttpResponse) -> dict[str, str]:
    request = RequestFactory().get(address)
    request.resolver_match = resolve(address)
    return policy(ConsoleCSPMiddleware(lambda _: response)(request))


@pytest.mark.parametrize("address", ["/accounts/login/", "/healthz", "/admin/", "/nowhere/", "/admin/nowhere/"])
def test_everything_else_is_strict(client, db, address):
    found = policy(client.get(address))
    assert STRICT.items() <= found.items()
    assert "unsafe" not in str(found)
    assert found["frame-ancestors"] == found["base-uri"] == "'none'"


def test_pages_of_the_admin_may_evaluate_and_style_but_run_no_inline_script():
    found, strict = answered("/admin/", HttpResponse("<p>")), answered("/healthz", HttpResponse("<p>"))
    assert found["script-src"] == "'self' 'unsafe-eval'"
    assert found["style-src"] == "'self' 'unsafe-inline'"
    assert {**found, "script-src": "'self'", "style-src": "'self'"} == strict


@pytest.mark.parametrize(
    "response",
    [HttpResponse("<p>", status=403), HttpResponse("{}", content_type="application/json"), HttpResponseRedirect("/")],
)
def test_what_the_admin_answers_without_a_page_is_strict(response):
    assert "unsafe" not in str(answered("/admin/", response))


def test_the_sign_in_that_lies_under_the_admin_is_strict():
    assert "unsafe" not in str(answered("/admin/login/", HttpResponse("<p>")))
