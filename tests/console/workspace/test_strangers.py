"""Bringing in a stranger's address tells nothing of the account behind it, until the person comes in."""

import io
import zipfile

import pytest
from django.test import Client

from console.workspace.exporting.archive import write_archive
from tenancy import tenant_scope
from tenancy.memberships import assign_user_to_tenant
from tenancy.models import UserTenantMembership
from tests.console.members.helpers import imported
from tests.factories import make_membership, make_user

NAME = "Vera Sentinelname"


@pytest.fixture
def brought_in(tenant_a, tenant_b, enter):
    """A's administrator has imported two addresses: one has an account in B and a name there, one has none."""
    stranger = make_membership(tenant_b, make_user("vera@rival.test", full_name=NAME)).user
    imported(tenant_a, "email\nvera@rival.test\nnobody@rival.test\n")
    enter(tenant_a, "admin")
    return stranger


def shown(client):
    return client.get("/t/northwind/members/").content.decode()


def rows(text):
    """How each of the two addresses shows, with the address itself taken out."""
    lines = [line for line in text.splitlines() if "rival.test" in line]
    known = [line.replace("vera@", "·") for line in lines if "vera@" in line]
    unknown = [line.replace("nobody@", "·") for line in lines if "nobody@" in line]
    return known, unknown


def test_the_list_and_the_search_tell_a_known_address_from_none_by_nothing(client, brought_in):
    page = shown(client)
    assert NAME not in page
    known, unknown = rows(page)
    assert len(known) == len(unknown) > 0
    for word in ("Vera", "sentinel", NAME):
        assert "vera@rival.test" not in client.get("/t/northwind/members/", {"q": word + "x"}).content.decode()
    assert "vera@rival.test" not in client.get("/t/northwind/members/", {"q": "Sentinelname"}).content.decode()
    assert "vera@rival.test" in client.get("/t/northwind/members/", {"q": "vera@"}).content.decode()


def test_a_stranger_who_renames_themselves_stays_one(client, brought_in):
    brought_in.full_name = "Another Sentinelname"
    brought_in.save()
    assert "vera@rival.test" not in client.get("/t/northwind/members/", {"q": "Sentinelname"}).content.decode()


def test_whoever_comes_in_is_called_as_they_call_themselves(client, brought_in, tenant_a):
    theirs = Client()
    theirs.force_login(brought_in)
    assert theirs.get("/t/northwind/members/").status_code == 200
    assert NAME in shown(client)
    assert "vera@rival.test" in client.get("/t/northwind/members/", {"q": "Sentinelname"}).content.decode()
    with tenant_scope(tenant_a):
        first = UserTenantMembership.objects.get(user=brought_in).entered_at
    theirs.get("/t/northwind/members/")
    with tenant_scope(tenant_a):
        assert UserTenantMembership.objects.get(user=brought_in).entered_at == first


def test_the_verb_of_staff_brings_in_a_stranger_alike(tenant_a, tenant_b):
    stranger = make_user("vera@rival.test", full_name=NAME)
    with tenant_scope(tenant_a):
        assert assign_user_to_tenant(stranger, tenant_a, "member", by=None).entered_at is None


def test_the_export_of_everything_holds_no_strangers_name(tenant_a, brought_in):
    target = io.BytesIO()
    with tenant_scope(tenant_a):
        write_archive(tenant_a, target, lambda done, total: None)
    with zipfile.ZipFile(target) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert "vera@rival.test" in everything
    assert "Sentinelname" not in everything
