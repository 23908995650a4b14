"""Every command explains itself, and answers bad input with a sentence and an exit code, before it writes anything."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, load_command_class

from pii.management import commands
from pii.models import DataRequest
from tenancy import system_scope
from tests.factories import make_membership, make_user
from tests.pii.conftest import fresh, planned

pytestmark = pytest.mark.django_db
NAMES = sorted(path.stem for path in Path(commands.__path__[0]).glob("pii_*.py"))
MAIL = "jane.canary@example.test"
WHO = ("--email", MAIL)
BY = ("--by", "officer@example.test")


@pytest.mark.parametrize("name", NAMES)
def test_each_explains_itself_with_an_example(name):
    text = load_command_class("pii", name).create_parser("manage.py", name).format_help()
    assert f"manage.py {name}" in " ".join(text.split()).split("Example:", 1)[1]


BAD = [
    ("pii_find", (), 2, "Name the person"),
    ("pii_find", ("--email", "nonsense"), 2, "Name the person"),
    ("pii_find", ("--email", MAIL, "--tenant", "nowhere"), 1, "no tenant 'nowhere'"),
    ("pii_scan", (), 2, "--email or --phone"),
    ("pii_export", (*BY, "--attest", "passport"), 2, "--email or --phone"),
    ("pii_export", (*WHO, "--by", MAIL, "--attest", "passport"), 1, "no member of staff"),
    ("pii_export", (*WHO, *BY, "--attest", "x"), 1, "how the identity was checked"),
    ("pii_export", (*WHO, *BY, "--attest", "passport", "--to", "/nowhere/at/all.zip"), 1, "no folder /nowhere/at"),
    ("pii_plan", BY, 2, "--email or --phone"),
    ("pii_plan", (*WHO, *BY, "--attest", "x"), 1, "how the identity was checked"),
    ("pii_plan", (*WHO, *BY, "--carry-out", "nowhere"), 1, "no tenant 'nowhere'"),
    ("pii_plan", (*WHO, *BY, "--refuse", "northwind"), 2, "names its ground"),
    ("pii_plan", ("--request", "DSR-0", *BY), 1, "no request 'DSR-0'"),
    ("pii_erase", ("DSR-0", *BY, "--confirm", "DSR-0"), 1, "no request 'DSR-0'"),
    ("pii_verify", ("/nowhere.zip",), 1, "no readable package"),
    ("pii_retention", ("--record", "--tenant", "nowhere"), 1, "no tenant 'nowhere'"),
]


@pytest.mark.parametrize(
    ("name", "args", "code", "words"), BAD, ids=lambda value: value if isinstance(value, str) else ""
)
def test_bad_input_is_a_sentence_and_leaves_nothing_behind(officer, tenant_a, name, args, code, words):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises((CommandError, SystemExit)) as stopped:
        call_command(name, *args, stdout=out, stderr=err)
    error = stopped.value
    said = f"{error} {out.getvalue()} {err.getvalue()}"
    assert (error.returncode if isinstance(error, CommandError) else error.code) == code
    assert words in said
    assert MAIL not in said
    with system_scope(reason="test"):
        assert not DataRequest.objects.exists()


def test_a_copy_that_cannot_be_written_says_where_the_package_waits(officer, tenant_a, tmp_path):
    make_membership(tenant_a, make_user(MAIL))
    with pytest.raises(CommandError, match="is made, but not copied") as refused:
        call_command("pii_export", *WHO, *BY, "--attest", "passport seen", "--to", tmp_path)
    assert Path(str(refused.value).rsplit("waits in ", 1)[1].rstrip(".")).exists()


def test_a_mistyped_number_approves_nothing(officer, approver):
    request = planned(officer, objects=[make_user()])
    with pytest.raises(CommandError, match=request.number):
        call_command("pii_erase", request.number, "--by", approver.email, "--confirm", "DSR-0")
    assert fresh(request).state == "planned"


@pytest.mark.django_db(transaction=True)
def test_a_person_is_found_exported_and_the_package_checked(officer, tenant_a, tmp_path):
    make_membership(tenant_a, make_user(MAIL, full_name="Jane Canary"))
    package = tmp_path / "jane.zip"

    def said(name, *args):
        out = io.StringIO()
        call_command(name, *args, stdout=out)
        return out.getvalue()

    assert "accounts.user" in (found := said("pii_find", *WHO)).lower()
    assert "tenancy.usertenantmembership" in found.lower()
    assert MAIL not in found
    assert "Nothing is kept" in said("pii_find", "--email", "nobody.canary@example.test")
    assert f"rows in {package}" in said(
        "pii_export", *WHO, "--by", officer.email, "--attest", "passport", "--to", str(package)
    )
    with zipfile.ZipFile(package) as archive:
        assert any(MAIL.encode() in archive.read(name) for name in archive.namelist())
    assert package.stat().st_mode & 0o077 == 0
    assert said("pii_verify", str(package)) == "The package is whole and made here.\n"


def test_a_replay_with_nothing_to_repeat_says_so():
    out = io.StringIO()
    call_command("pii_replay", "--dry-run", stdout=out)
    assert out.getvalue().strip()
