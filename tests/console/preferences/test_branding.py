"""The stylesheet of a tenant's colours, kept by browsers: one tenant's copy never stands in for another's."""

from __future__ import annotations

from tenancy import tenant_scope
from tenancy.settings.store import change
from tests.factories import make_membership


def test_two_tenants_do_not_share_an_etag(client, enter, flip, tenant_b):
    person = enter().user
    make_membership(tenant_b, person)
    flip({"branding.colour": "#aa0000"})
    with tenant_scope(tenant_b):
        change(tenant_b, {"branding.colour": "#0000aa"}, by=None)
    ours, theirs = (client.get(f"/t/{slug}/branding.css") for slug in ("northwind", "contoso"))
    assert ours.status_code == theirs.status_code == 200
    assert ours["ETag"] != theirs["ETag"]
    again = client.get("/t/northwind/branding.css", headers={"if-none-match": ours["ETag"]})
    assert again.status_code == 304
    crossed = client.get("/t/contoso/branding.css", headers={"if-none-match": ours["ETag"]})
    assert crossed.status_code == 200
    assert crossed.content == theirs.content
    assert "private" in crossed["Cache-Control"]
