"""The package holds everything and nothing of others, streams, and can be checked."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from pii import conf
from pii.exceptions import RequestRefused
from pii.export import purge_packages, run_export, start_export, verify_package
from pii.export.records import neutral
from pii.export.zipfile import safe_name
from pii.models import Package, State
from pii.requests import attest, receive
from tenancy import system_scope
from tests.factories import make_membership, make_user
from tests.pii.conftest import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def jane(tenant_a, tenant_b):
    user = make_user("jane.canary@example.test", full_name="=cmd|' /C calc'!A0")
    make_membership(tenant_a, user, display_name="Jane at A", external_id="A-4711-X")
    make_membership(tenant_b, user, display_name="Jane at B")
    make_membership(tenant_a, make_user("neighbour@example.test"), display_name="Somebody Else")
    return user


def exported(officer, **who):
    request = receive("access", by=officer, **who)
    attest(request, by=officer, method="seen at the desk")
    start_export(request, by=officer)
    package = run_export(request.pk)
    return fresh(request), package, conf.packages_dir() / f"{package.pk}.zip"


def test_everything_of_the_person_and_nothing_of_others(officer, jane):
    request, _package, path = exported(officer, objects=[jane])
    assert request.state == State.DONE
    assert verify_package(path) == []
    with zipfile.ZipFile(path) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
        line = json.loads(archive.read("access/northwind/tenancy.usertenantmembership/records.jsonl"))
        table = archive.read("access/account/accounts.user/records.csv").decode()
    assert "Jane at A" in text
    assert "Jane at B" in text
    assert "neighbour" not in text
    assert "Somebody Else" not in text
    assert jane.password not in text
    assert line["external_id"] == "A-4711-X"
    assert "'=cmd" in table
    assert {"index.html", "withheld.json", "requests.json", "manifest.json"} <= set(names)
    assert "portability/northwind/tenancy.usertenantmembership.json" in names
    assert manifest["files"]["access/northwind/tenancy.usertenantmembership/records.jsonl"]["rows"] == 1
    assert "<script" not in text


def test_a_tenants_request_holds_that_tenant_alone(officer, jane, tenant_a):
    _request, _package, path = exported(officer, emails=["jane.canary@example.test"], tenant=tenant_a)
    with zipfile.ZipFile(path) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
        assert not any(name.startswith(("access/account", "access/contoso")) for name in archive.namelist())
    assert "Jane at A" in text
    assert "Jane at B" not in text


def test_no_copy_without_a_checked_identity(officer, jane):
    request = receive("access", by=officer, objects=[jane])
    with pytest.raises(RequestRefused, match="identity"):
        start_export(request, by=officer)


def test_a_changed_package_is_found_out(officer, jane, tmp_path):
    _request, _package, path = exported(officer, objects=[jane])
    other = tmp_path / "changed.zip"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"Jane at A", b"Jane at X") if name.endswith(".jsonl") else data)
        target.writestr("extra.txt", "?")
    problems = verify_package(other)
    assert "extra.txt is not in the manifest." in problems
    assert any("was changed" in problem for problem in problems)
    with pytest.raises(SystemExit) as stopped:
        call_command("pii_verify", str(other))
    assert stopped.value.code == 1
    assert verify_package(tmp_path / "none.zip") == ["This is no readable package (FileNotFoundError)."]


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_damaged_package_is_a_sentence(officer, jane, tmp_path, place):
    _request, _package, path = exported(officer, objects=[jane])
    data = bytearray(path.read_bytes())
    at = int(len(data) * place)
    data[at : at + 40] = bytes(byte ^ 0x5A for byte in data[at : at + 40])
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(data)
    assert verify_package(damaged)


@pytest.mark.parametrize("manifest", ["[]", "1", '{"files": {"a.txt": {}}}', '{"files": []}', '{"signature": 1}', "{"])
def test_a_made_up_manifest_is_a_sentence(tmp_path, manifest):
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr("a.txt", "?")
    assert verify_package(path)


def test_an_expired_package_is_purged_and_recorded(officer, jane, time_machine):
    _request, package, path = exported(officer, objects=[jane])
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert purge_packages() == 1
    assert not path.exists()
    with system_scope(reason="test"):
        assert Package.objects.get(pk=package.pk).purged_at


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_formulas_are_neutralised(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize(
    ("name", "safe"), [("../../etc/passwd", "passwd"), ("C:\\a\\b.txt", "b.txt"), ("..", "unnamed"), ("a\x00b", "a_b")]
)
def test_names_inside_the_package_are_safe(name, safe):
    assert safe_name(name) == safe
