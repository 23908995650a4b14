"""Commands: exit codes, JSON, dry run, and messages that name the remedy."""

from __future__ import annotations

import json

import pytest
from django.core.management import ManagementUtility
from django.db import connections

from tenancy import system_scope
from tenancy.models import Invitation, Tenant, UserTenantMembership
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manage(capsys, monkeypatch):
    """Run a command as a shell does; returns (exit code, standard output, standard error)."""

    monkeypatch.setattr(connections, "close_all", lambda: None)  # a command ends with that; the test goes on

    def run(*argv: str) -> tuple[int, str, str]:
        code = 0
        try:
            ManagementUtility(["manage.py", *argv]).execute()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return run


def test_create_tenant_is_idempotent_and_says_what_it_did(manage):
    owner = make_user("olivia@example.test")
    argv = ["create_tenant", "--name", "Acme", "--slug", "acme", "--owner", "Olivia@example.test", "--json"]
    first, again = manage(*argv), manage(*argv)
    assert (first[0], json.loads(first[1])["created"]) == (0, True)
    assert (again[0], json.loads(again[1])["created"]) == (0, False)
    with system_scope(reason="test"):
        assert UserTenantMembership.objects.get(tenant__slug="acme").user_id == owner.pk


def test_an_owner_without_an_account_is_invited_once(manage):
    argv = ["create_tenant", "--name", "Acme", "--slug", "acme", "--owner", "new@example.test", "--json"]
    assert json.loads(manage(*argv)[1])["owner_invited"] is True
    assert json.loads(manage(*argv)[1])["owner_invited"] is False
    with system_scope(reason="test"):
        assert [i.role for i in Invitation.objects.filter(tenant__slug="acme", email="new@example.test")] == ["owner"]
        assert not UserTenantMembership.objects.filter(tenant__slug="acme").exists()


def test_a_dry_run_changes_nothing(manage, tenant_a):
    code, out, _ = manage("create_tenant", "--name", "Acme", "--slug", "acme", "--dry-run")
    assert code == 0
    assert "dry run" in out
    assert not Tenant.objects.filter(slug="acme").exists()
    code, out, _ = manage("suspend_tenant", "--tenant", tenant_a.slug, "--reason", "x", "--dry-run", "--json")
    assert (json.loads(out)["state"], json.loads(out)["dry_run"]) == ("suspended", True)
    tenant_a.refresh_from_db()
    assert tenant_a.is_active


def test_refusals_exit_with_1_and_wrong_usage_with_2(manage, tenant_a):
    assert manage("create_tenant", "--name", "Other", "--slug", tenant_a.slug)[0] == 1
    assert manage("create_tenant", "--name", "Other", "--slug", "Not A Slug")[0] == 2
    assert manage("create_tenant", "--slug", "acme")[0] == 2
    assert manage("suspend_tenant", "--tenant", tenant_a.slug)[0] == 2
    assert manage("suspend_tenant", "--tenant", tenant_a.slug, "--reason", "r", "--until", "soon")[0] == 2
    assert manage("suspend_tenant", "--tenant", tenant_a.slug, "--reason", "r", "--until", "2020-01-01")[0] == 1
    assert manage("archive_tenant", "--tenant", tenant_a.slug)[0] == 2
    assert (
        manage("assign_user_to_tenant", "--user", "no@example.test", "--tenant", tenant_a.slug, "--role", "member")[0]
        == 2
    )
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.select_related("user").get(tenant=tenant_a).user.email
    code, _, err = manage("assign_user_to_tenant", "--user", owner, "--tenant", tenant_a.slug, "--role", "viewer")
    assert (code, "last_owner" in err) == (1, True)


def test_an_unknown_tenant_names_the_nearest(manage, tenant_a, tenant_b):
    code, _, err = manage("list_members", "--tenant", "nortwind")
    assert code == 2
    assert "Did you mean northwind?" in err
    assert "list_tenants" in manage("list_members", "--tenant", "zzz")[2]


def test_lists_print_a_json_list(manage, tenant_a, tenant_b):
    make_membership(tenant_a, make_user("sam@example.test"), role="admin", title="=cmd()")
    code, out, _ = manage("list_tenants", "--json")
    assert code == 0
    assert [(row["slug"], row["members"]) for row in json.loads(out)] == [("contoso", 1), ("northwind", 2)]
    rows = json.loads(manage("list_members", "--tenant", "northwind", "--role", "admin", "--json")[1])
    assert [(row["email"], row["role"], row["is_active"]) for row in rows] == [("sam@example.test", "admin", True)]
    assert "sam@example.test" in manage("list_members", "--tenant", "northwind")[1]
    assert manage("list_tenants", "--state", "archived")[1].strip() == "Nothing to list."


def test_the_life_of_a_tenant(manage, tenant_a):
    states = []
    for command in ("suspend_tenant", "restore_tenant", "archive_tenant", "archive_tenant", "restore_tenant"):
        code, out, _ = manage(command, "--tenant", tenant_a.slug, "--reason", "ticket 1", "--json")
        states.append((code, json.loads(out)["state"]))
    assert states == [(0, "suspended"), (0, "active"), (0, "archived"), (0, "archived"), (0, "active")]
    code, out, _ = manage(
        "suspend_tenant", "--tenant", tenant_a.slug, "--reason", "r", "--until", "2999-01-31", "--json"
    )
    assert json.loads(out)["until"] == "2999-01-31T00:00:00Z"


@pytest.mark.parametrize("role", ["member", "owner"])
def test_assigning_twice_is_one_membership(manage, tenant_a, role):
    make_user("sam@example.test")
    argv = ["assign_user_to_tenant", "--user", "sam@example.test", "--tenant", tenant_a.slug, "--role", role, "--json"]
    first, again = manage(*argv), manage(*argv)
    assert (first[0], json.loads(first[1])) == (again[0], json.loads(again[1]))
    assert json.loads(first[1])["role"] == role


COMMANDS = (
    "create_tenant assign_user_to_tenant list_tenants list_members suspend_tenant restore_tenant archive_tenant"
).split()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_examples(manage, command):
    code, out, _ = manage(command, "--help")
    assert code == 0
    assert f"manage.py {command} --" in out
    assert "exit code: 0 done" in out
