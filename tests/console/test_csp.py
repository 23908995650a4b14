"""The Content-Security-Policy is strict, but for the pages that the admin itself renders."""

from __future__ import annotations

import uuid
from io import BytesIO

import pytest
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.csp import allow_unfold

STRICT = {"script-src": "'self'", "style-src": "'self'", "object-src": "'none'", "default-src": "'self'"}


def policy(response) -> dict[str, str]:
    header = response.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


@pytest.mark.parametrize("address", ["/accounts/login/", "/healthz", "/admin/", "/nowhere/", "/admin/nowhere/"])
def test_everything_else_is_strict(client, db, address):
    found = policy(client.get(address))
    assert STRICT.items() <= found.items()
    assert "unsafe" not in str(found)
    assert found["frame-ancestors"] == found["base-uri"] == "'none'"


@pytest.mark.parametrize("address", ["admin:index", "admin:tenancy_tenant_changelist", "admin:tenancy_tenant_add"])
def test_pages_of_the_admin_may_evaluate_and_style_but_run_no_inline_script(root, address):
    response = root.get(reverse(address))
    assert response.status_code == 200
    found, strict = policy(response), policy(root.get("/healthz"))
    assert found["script-src"] == "'self' 'unsafe-eval'"
    assert found["style-src"] == "'self' 'unsafe-inline'"
    assert {**found, "script-src": "'self'", "style-src": "'self'"} == strict


@pytest.mark.parametrize(
    "address",
    ["/admin/nowhere/", f"/admin/tenancy/tenant/{uuid.UUID(int=0)}/change/", "/admin/login/"],
)
def test_what_is_no_page_of_the_admin_is_strict_for_staff_too(root, address):
    assert "unsafe" not in str(policy(root.get(address)))


@pytest.mark.parametrize(
    "response",
    [HttpResponse("{}", content_type="application/json"), HttpResponseRedirect("/"), FileResponse(BytesIO())],
)
def test_data_downloads_and_redirects_of_the_admin_are_strict(response):
    allow_unfold(response)
    assert not hasattr(response, "_csp_replace")
    response.close()
