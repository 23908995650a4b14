"""The command line: exit codes, JSON, dry run, and a file that goes out and comes back."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from console.members.models import MemberImport
from tenancy import system_scope

from .files.helpers import DATA
from .helpers import HEAD, imported, member, members


def run(name, *args, **options):
    out = io.StringIO()
    code = 0
    try:
        call_command(name, *args, stdout=out, **options)
    except CommandError as error:
        code, message = error.returncode, str(error)
        return code, out.getvalue() + message
    return code, out.getvalue()


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(HEAD + "a@x.test,A,,,,\nb@x.test,B,,,,\n")
    return path


def test_a_good_file_is_done_with_0_and_again_changes_nothing(tenant_a, people):
    code, text = run("import_members", str(people), "--tenant", "northwind", "--json")
    assert code == 0
    result = json.loads(text)
    assert (result["created"], result["unchanged"], result["problems"]) == (2, 0, [])
    result = json.loads(run("import_members", str(people), "--tenant", "northwind", "--json")[1])
    assert (result["created"], result["updated"], result["unchanged"]) == (0, 0, 2)


@pytest.mark.parametrize(
    ("name", "created", "skipped", "problems"),
    [("google_workspace_users.csv", 240, 0, 0), ("slack_members.csv", 121, 9, 0), ("hand_kept_cp1252.csv", 61, 4, 5)],
)
def test_the_three_samples(tenant_a, name, created, skipped, problems):
    code, text = run("import_members", str(DATA / name), "--tenant", "northwind", "--json")
    result = json.loads(text)
    assert code == (1 if problems else 0)
    assert (result["created"], result["skipped"], len(result["problems"])) == (created, skipped, problems)
    assert result["rules"]
    again = json.loads(run("import_members", str(DATA / name), "--tenant", "northwind", "--json")[1])
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, created)


def test_bad_rows_are_told_and_end_with_1(tenant_a, people, tmp_path):
    people.write_text(HEAD + "good@x.test,G,,,,\nbad,B,,,,\nalso@x.test,C,Kaiser,,,\n")
    corrections = tmp_path / "refused.csv"
    code, text = run("import_members", str(people), "--tenant", "northwind", "--refused", str(corrections))
    assert code == 1
    assert "Line 3, column “email”, value “bad”: It is not an e-mail address" in text
    assert "Line 4, column “role”, value “Kaiser”" in text
    assert "good@x.test" in members(tenant_a)
    fixed = corrections.read_text(encoding="utf-8-sig").replace("bad,", "bad@x.test,").replace("Kaiser", "admin")
    corrections.write_text(fixed, encoding="utf-8-sig")
    code, text = run("import_members", str(corrections), "--tenant", "northwind")
    assert code == 0, text
    assert member(tenant_a, "also@x.test").role == "admin"
    assert "bad@x.test" in members(tenant_a)


def test_strict_takes_all_or_none(tenant_a, people):
    people.write_text(HEAD + "good@x.test,G,,,,\nbad,B,,,,\n")
    code, text = run("import_members", str(people), "--tenant", "northwind", "--strict", "--json")
    assert code == 1
    assert json.loads(text[: text.rindex("}") + 1])["created"] == 0
    assert "good@x.test" not in members(tenant_a)


def test_a_dry_run_leaves_nothing_behind(tenant_a, people, kept_files):
    code, text = run("import_members", str(people), "--tenant", "northwind", "--dry-run")
    assert code == 0
    assert "2 new" in text
    assert "a@x.test" not in members(tenant_a)
    with system_scope(reason="test"):
        assert not MemberImport.objects.exists()
    assert not [path for path in kept_files.rglob("*") if path.is_file()]


def test_columns_are_mapped_by_hand(tenant_a, people):
    people.write_text("email,name,Abteilung\na@x.test,A,Kasse\n")
    assert run("import_members", str(people), "--tenant", "northwind", "--map", "Abteilung=title")[0] == 0
    assert member(tenant_a, "a@x.test").title == "Kasse"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--tenant", "nortwind"], "Did you mean northwind?"),
        (["--tenant", "northwind", "--map", "Nmae=title"], "“name”"),
        (["--tenant", "northwind", "--map", "name"], "column=field"),
        (["--tenant", "northwind", "--map", "name=nothing"], "external_id"),
        (["--tenant", "northwind", "--delimiter", ";;"], "one character"),
    ],
)
def test_wrong_usage_ends_with_2_and_names_the_remedy(tenant_a, people, args, words):
    code, text = run("import_members", str(people), *args)
    assert code == 2
    assert words in text


def test_a_file_that_is_none_ends_with_2_and_one_that_cannot_be_read_with_1(tenant_a, people, tmp_path):
    assert run("import_members", str(tmp_path / "gone.csv"), "--tenant", "northwind")[0] == 2
    people.write_bytes(b"%PDF-1.7 nothing")
    code, text = run("import_members", str(people), "--tenant", "northwind")
    assert code == 1
    assert "PDF" in text
    people.write_text("Vorname;Nachname\nAnna;Weiss\n")
    code, text = run("import_members", str(people), "--tenant", "northwind")
    assert code == 1
    assert "--map" in text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_harmless_and_comes_back_without_a_change(tenant_a, tmp_path, form):
    imported(tenant_a, HEAD + "a@x.test,=1+1,admin,no,+7,@boss\nb@x.test,-Ben,,,,\n")
    path = tmp_path / f"members.{form}"
    assert run("export_members", "--tenant", "northwind", "--format", form, "--output", str(path))[0] == 0
    if form == "csv":
        assert "a@x.test,'=1+1,admin,no,'+7,'@boss" in path.read_text(encoding="utf-8-sig")
    else:
        cells = [row[1] for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]
        assert "'=1+1" in cells
    result = json.loads(run("import_members", str(path), "--tenant", "northwind", "--json")[1])
    assert (result["unchanged"], result["updated"], result["created"], result["refused"]) == (3, 0, 0, 0)


def test_an_export_as_json_is_a_list_of_objects(tenant_a, tenant_b):
    imported(tenant_a, HEAD + "a@x.test,=1+1,admin,no,7,\n")
    imported(tenant_b, HEAD + "sentinel@x.test,S,,,,\n")
    rows = json.loads(run("export_members", "--tenant", "northwind", "--format", "json")[1])
    assert rows[0] == {
        "email": "a@x.test",
        "display_name": "=1+1",
        "role": "admin",
        "is_active": False,
        "external_id": "7",
        "title": "",
    }
    assert "sentinel" not in str(rows)


@pytest.mark.parametrize("name", ["import_members", "export_members"])
def test_help_teaches(name, capsys):
    with pytest.raises(SystemExit):
        call_command(name, "--help")
    text = capsys.readouterr().out
    assert "examples:" in text
    assert "exit code: 0 done" in text
