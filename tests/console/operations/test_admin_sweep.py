"""Every page of the admin, walked by staff with the keys of a tenant whose records are not open to them."""

from __future__ import annotations

import itertools

import pytest
from django.apps import apps

from console.operations.sessions import open_session
from tenancy import staff_scope
from tenancy.testing.isolation import SENTINEL, Fleet, assert_isolated
from tenancy.testing.routes import routes
from tests.fleet import MAKE, in_its_tenant

ENDS_THE_SESSION = {"admin:logout"}


@pytest.fixture
def both(tenant_a, tenant_b, settings, tmp_path):
    """A row of everything in both tenants; the sentinel is in B's records alone, for the directory is staff's."""
    settings.MEDIA_ROOT = tmp_path

    def worded(model, make):
        return lambda tenant, word: make(tenant, word if is_record(model) or word != SENTINEL else "theirs")

    makers = {model: in_its_tenant(worded(model, make)) for model, make in MAKE.items()}
    return Fleet(tenant_a, tenant_b, makers).build()


def is_record(model):
    return model.tenancy_visibility == "content"


def addresses(keys):
    """Every address of the admin, with each of `keys` in the place of each parameter."""
    for route in routes():
        if not route.name.startswith("admin:") or route.name in ENDS_THE_SESSION:
            continue
        for filled in itertools.product(keys, repeat=min(1, len(route.converters))):
            yield route.name, route.fill(list(filled) * len(route.converters))


def records(both):
    """B's rows that no member of staff has opened."""
    return {key: row for key, row in both.snapshot().items() if is_record(apps.get_model(key[0]))}


@pytest.mark.drill
def test_no_page_shows_a_record_of_a_tenant_that_is_not_open(both, root):
    with staff_scope(actor=root.user.pk, reason="test"):
        open_session(both.a, by=root.user, reason="another tenant's question", ticket="T-1")
    before, opened = records(both), set()
    keys = [str(pair[1].pk) for model, pair in both.rows.items() if is_record(model)] + [str(both.b.pk)]
    for name, address in addresses(keys):
        for method in ("get", "post"):
            response = getattr(root, method)(address)
            assert response.status_code < 500, (method, address, response.status_code)
            assert_isolated(response)
            opened |= {name} if response.status_code == 200 else set()
    assert records(both) == before
    assert before
    assert len(opened) > 60, "a walk along closed doors proves nothing"


def test_lists_searches_and_options_show_no_record(both, root):
    """What a person types into lists: searches, filters, orders, facets, the palette and the options of a field."""
    key, word = str(both.b.pk), SENTINEL[:12]
    asked = ["?_facets=True", "?o=1", f"?tenant__id__exact={key}", f"?q={key}", f"?q={word}", f"?s={word}&extended=1"]
    seen = 0
    for name, address in addresses([key]):
        if name.endswith(("_changelist", "search", ":index")):
            for query in asked:
                response = root.get(address + query, follow=True)
                assert response.status_code in (200, 400, 403, 404), (address, query, response.status_code)
                assert_isolated(response)
                seen += 1
    for model in MAKE:
        meta = model._meta
        query = f"?term={word}&app_label={meta.app_label}&model_name={meta.model_name}&field_name=tenant"
        response = root.get(f"/admin/autocomplete/{query}")
        assert response.status_code in (200, 403, 404)
        assert_isolated(response)
    assert seen > 100
