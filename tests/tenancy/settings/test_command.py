"""``manage.py tenant_settings``: what it says, what it changes, and its exit codes."""

from __future__ import annotations

import io
import json

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from tenancy import system_scope, tenant_scope
from tenancy.models import SettingChange, Tenant
from tenancy.settings import registry
from tenancy.settings.maintenance import upgrade_all
from tests.factories import make_tenant

pytestmark = pytest.mark.usefixtures("sample")


def run(*args):
    out = io.StringIO()
    call_command("tenant_settings", *args, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def fails(*args):
    with pytest.raises(CommandError) as error:
        run(*args)
    return error.value.returncode, str(error.value)


def test_explain_shows_every_level_and_the_winner(tenant_a):
    run("set", "@platform", "sample.name", "platform")
    run("set", "northwind", "sample.name", "own")
    run("set", "@platform", "sample.name", "--lock", "--reason", "one name")
    said = run("explain", "northwind", "sample.name")
    assert 'sample.name = "platform"   (from platform)' in said
    assert '"plain"' in said
    assert '"own"   not used: locked' in said
    assert "one name" in said
    found = json.loads(run("explain", "northwind", "sample.name", "--json"))
    assert [level["value"] for level in found["levels"]] == ["plain", "platform", "own"]
    assert (found["source"], found["locked"]["reason"]) == ("platform", "one name")
    assert "locked" in fails("set", "northwind", "sample.name", "x")[1]


@pytest.mark.parametrize("action", [["explain"], ["get"], ["set", "1"]])
def test_unknown_names_exit_with_1_and_the_nearest(tenant_a, action):
    code, said = fails(action[0], "northwind", "sample.seat", *action[1:])
    assert code == 1
    assert "sample.seats" in said
    code, said = fails(action[0], "northwnd", "sample.seats", *action[1:])
    assert code == 1
    assert "northwind" in said


def test_wrong_usage_exits_with_2(tenant_a):
    assert fails("set", "northwind", "sample.name")[0] == 2
    assert fails("set", "northwind", "sample.name", "x", "--lock")[0] == 2
    assert fails("set", "northwind", "sample.token", "hunter2")[0] == 2


def test_set_get_unset(tenant_a):
    assert "Would change" in run("set", "northwind", "sample.seats", "5", "--dry-run")
    assert run("get", "northwind", "sample.seats") == "null\n"
    assert "version 1" in run("set", "northwind", "sample.seats", "5")
    assert run("get", "northwind", "sample.seats") == "5\n"
    run("set", "northwind", "sample.name", "5")  # text where the schema says text
    assert json.loads(run("get", "northwind", "sample.name", "--json")) == "5"
    assert "Nothing to change" in run("set", "northwind", "sample.seats", "5")
    run("set", "northwind", "sample.seats", "--unset")
    assert run("get", "northwind", "sample.seats") == "null\n"
    assert fails("set", "northwind", "sample.seats", "0") == (1, "sample.seats: Enter 1 or more.")


def test_a_secret_comes_by_pipe_and_is_never_said(tenant_a, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("hunter2-hunter2\n"))
    said = run("set", "northwind", "sample.token")
    said += run("get", "northwind") + run("export", "northwind") + run("explain", "northwind", "sample.token")
    assert "hunter2" not in said
    assert "gAAAA" not in said
    assert "(secret, set)" in said


def test_export_and_import_are_inverse(tenant_a, tenant_b, tmp_path):
    run("set", "northwind", "sample.rules", '[{"label": "b"}, {"label": "a", "limit": 3}]')
    run("set", "northwind", "sample.name", "<b>&")
    file = tmp_path / "settings.json"
    file.write_text(run("export", "northwind"))
    assert "Would change" in run("import", "contoso", str(file), "--dry-run")
    with tenant_scope(tenant_b):
        assert Tenant.objects.get().settings == {}
    run("import", "contoso", str(file))
    assert json.loads(run("export", "contoso"))["groups"] == json.loads(file.read_text())["groups"]
    assert "Nothing to change" in run("import", "contoso", str(file))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"format": "other"}',
        '{"format": "tenant-settings/1", "groups": {"sample": {"v": 1, "values": {"seats": NaN}}}}',
        '{"format": "tenant-settings/1", "groups": {"sample": {"v": 1, "values": {"seats": "x"}}}}',
        '{"format": "tenant-settings/1", "groups": {"sample": {"v": 9, "values": {}}}}',
        '{"format": "tenant-settings/1", "groups": {"sample": {"v": 1, "values": {"token": "clear"}}}}',
        '{"format": "tenant-settings/1", "groups": {"left": {"v": "1", "values": {"a": 1}}}}',
        '{"format": "tenant-settings/1", "groups": {"left": {"v": 1, "values": [1]}}}',
        '{"format": "tenant-settings/1", "groups": {"left": {"v": 1, "values": {"a": {"$secret": "forged"}}}}}',
        '{"format": "tenant-settings/1", "groups": {"left": {"v": 1, "values": {"a": {"b": {"$secret": "forged"}}}}}}',
        '{"format": "tenant-settings/1", "groups": {"left": {"v": 1, "values": {"__proto__": 1}}}}',
        '{"format": "tenant-settings/1", "groups": {"../left": {"v": 1, "values": {"a": 1}}}}',
        '{"format": "tenant-settings/1", "groups": {"sample": {"v": 1, "values": {"gone\\n": 1}}}}',
        '{"format": "tenant-settings/1", "groups": {"sample": {"v": 1, "values": {"rules": [{"__proto__": 1}]}}}}',
    ],
)
def test_a_hostile_file_is_refused_in_words(tenant_a, tmp_path, text):
    file = tmp_path / "settings.json"
    file.write_text(text)
    code, said = fails("import", "northwind", str(file))
    assert code == 1
    assert "Traceback" not in said
    with tenant_scope(tenant_a):
        assert Tenant.objects.get().settings == {}


def test_what_nobody_knows_is_carried_from_an_export_to_an_import(tenant_a, tenant_b, tmp_path):
    strange = {
        "sample": {"v": 1, "values": {"seats": 2, "gone": [1, {"a": None}]}},
        "left": {"v": 9, "values": {"a": 1}},
    }
    with system_scope(reason="a newer release wrote this"):
        Tenant.objects.filter(pk=tenant_a.pk).update(settings=strange)
    file = tmp_path / "settings.json"
    file.write_text(run("export", "northwind"))
    said = run("import", "contoso", str(file))
    assert "kept as it is: sample.gone" in said
    assert "kept as it is: left.a" in said
    with tenant_scope(tenant_b):
        held = Tenant.objects.get()
        assert held.settings == strange
        assert SettingChange.objects.get().names == ["left.a", "sample.gone", "sample.seats"]
    assert json.loads(run("export", "contoso"))["groups"] == strange
    assert "Nothing to change" in run("import", "contoso", str(file))


def test_unknown_groups_of_two_versions_are_not_mixed(tenant_a, tmp_path):
    stored = {"left": {"v": 9, "values": {"a": 1}}}
    with system_scope(reason="test"):
        Tenant.objects.filter(pk=tenant_a.pk).update(settings=stored)
    file = tmp_path / "settings.json"
    file.write_text('{"format": "tenant-settings/1", "groups": {"left": {"v": 8, "values": {"a": 2}}}}')
    assert "Another version" in fails("import", "northwind", str(file))[1]
    with tenant_scope(tenant_a):
        assert Tenant.objects.get().settings == stored


def second_version(declared):
    schema = dict(registry.group("sample").schema)
    registry.remove("sample")
    group = declared("sample", schema, version=2)

    @group.upgrade(1)
    def louder(values):
        if "name" in values:
            values["name"] = values["name"].upper()
        return values


def test_upgrade_walks_all_tenants_once(tenant_a, tenant_b, declared, monkeypatch):
    for slug in ("northwind", "contoso"):
        run("set", slug, "sample.name", slug)
    second_version(declared)
    monkeypatch.setattr("tenancy.settings.maintenance.BATCH", 1)
    assert "Would upgrade 2" in run("upgrade", "--dry-run")
    first = min(tenant_a.pk, tenant_b.pk)
    walk = upgrade_all(after=first)  # as after an interruption
    assert (walk.total, walk.changed) == (1, 1)
    assert "Upgraded 1 tenants" in run("upgrade")
    assert "Upgraded 0 tenants" in run("upgrade")
    with tenant_scope(tenant_a):
        assert Tenant.objects.get().settings == {"sample": {"v": 2, "values": {"name": "NORTHWIND"}}}
        assert SettingChange.objects.first().changes == {
            "sample": {"v": [1, 2], "keys": {"name": {"before": "northwind", "after": "NORTHWIND"}}}
        }


def test_a_failing_upgrade_is_listed_and_the_others_go_on(tenant_a, tenant_b, declared):
    with system_scope(reason="test"):
        Tenant.objects.filter(pk=tenant_a.pk).update(settings={"sample": {"v": 1, "values": {"name": 3}}})
    run("set", "contoso", "sample.name", "fine")
    second_version(declared)
    code, said = fails("upgrade")
    assert code == 1
    assert "1 tenants" in said
    with tenant_scope(tenant_b):
        assert Tenant.objects.get().settings["sample"]["v"] == 2


def test_misfits_are_listed(tenant_a):
    assert run("misfits") == ""
    with system_scope(reason="test"):
        Tenant.objects.filter(pk=tenant_a.pk).update(settings={"sample": {"v": 1, "values": {"seats": "many"}}})
    with pytest.raises(CommandError):
        run("misfits")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("tenant_settings", "misfits", stdout=out)
    assert "northwind sample.seats: Enter a whole number." in out.getvalue()


def test_rotation_renews_every_secret(tenant_a, settings, monkeypatch):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.TENANCY = {**settings.TENANCY, "ENCRYPTION_KEYS": [old]}
    for slug in ("northwind", "@platform"):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"secret-of-{slug}"))
        run("set", slug, "sample.token")
    settings.TENANCY = {**settings.TENANCY, "ENCRYPTION_KEYS": [new, old]}
    assert "Would renew 2" in run("rotate", "--dry-run")
    assert "Renewed 2" in run("rotate")
    settings.TENANCY = {**settings.TENANCY, "ENCRYPTION_KEYS": [new]}
    tenant_a.refresh_from_db()
    assert tenant_a.config.sample.token.reveal() == "secret-of-northwind"
    run("set", "northwind", "sample.token", "--unset")
    tenant_a.refresh_from_db()
    assert tenant_a.config.sample.token.reveal() == "secret-of-@platform"
    assert make_tenant("fresh").config.sample.token.reveal() == "secret-of-@platform"
