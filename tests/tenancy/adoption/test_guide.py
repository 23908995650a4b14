"""docs/adopt.md, executed: its own commands and edits from first to last, on the wheel, while two writers run."""

import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.legacy_project import GUIDE, ROOT, TABLES, LegacyProject, blocks, stop_writers
from tests.legacy_walks import PRIVACY, SETTINGS, WITH_PII

pytestmark = pytest.mark.drill

COLUMNS = {
    "company": "id, name, country_id",
    "project": "id, company_id, name, archived",
    "label": "id, company_id, name",
    "task": "id, project_id, assignee_id, title, done",
    "task_labels": "id, task_id, label_id",
    "comment": "id, content_type_id, object_id, author_id, text",
    "invoice": "id, company_id, number, total, paid",
    "payment": "id, invoice_id, amount",
}
WAYS = {
    "company": "r.id",
    "project": "r.company_id",
    "label": "r.company_id",
    "task": "(SELECT company_id FROM crm_project WHERE id = r.project_id)",
    "task_labels": "(SELECT p.company_id FROM crm_task t JOIN crm_project p "
    "ON p.id = t.project_id WHERE t.id = r.task_id)",
    "invoice": "r.company_id",
    "payment": "(SELECT company_id FROM crm_invoice WHERE id = r.invoice_id)",
    "comment": "coalesce(CASE (SELECT model FROM django_content_type WHERE id = r.content_type_id) WHEN 'task' THEN "
    "(SELECT p.company_id FROM crm_task t JOIN crm_project p ON p.id = t.project_id WHERE t.id = r.object_id) ELSE "
    "(SELECT company_id FROM crm_project WHERE id = r.object_id) END, "
    "(SELECT company_id FROM people_user WHERE id = r.author_id))",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = out.glob("*.whl")
    return found


@pytest.fixture
def project(legacy, wheel, tmp_path):
    """The legacy project in a virtual environment that has its dependencies, and nothing of ours."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    [packages] = home.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    legacy.environment |= {"PATH": f"{home / 'bin'}:{os.environ['PATH']}", "PIP_NO_INDEX": "1"}
    del legacy.environment["PYTHONPATH"]
    legacy.python = str(home / "bin/python")
    (legacy.folder / wheel.name).write_bytes(wheel.read_bytes())
    return legacy


def rows_of(project: LegacyProject):
    """A checksum of each row's old columns, by table and key."""
    found = {}
    for table in TABLES:
        for key, *row in project.query(f"SELECT {COLUMNS[table]} FROM crm_{table}"):
            found[table, key] = hashlib.md5(repr(row).encode()).hexdigest()
    return found


def test_the_guide_from_zero_to_enforced(project):
    before = rows_of(project)
    assert len(before) + project.query("SELECT count(*) FROM people_user")[0][0] + 50 == 50_000
    writers, generation, ran = project.start_writers("journal0."), 0, []
    try:
        for kind, text in blocks():
            if kind == "diff":
                project.patch(text)
            for line in text.splitlines() if kind == "console" else ():
                command = line.removeprefix("$ ")
                print(f"$ {command}", flush=True)
                print(project.shell(command)[-600:], flush=True)
                ran.append(command)
                if command == "./restart":
                    stop_writers(writers)
                    generation += 1
                    writers = project.start_writers(f"journal{generation}.")
    except BaseException:
        for writer in writers:
            writer.kill()
        raise
    stop_writers(writers)
    installed = project.shell("python -c 'import tenancy; print(tenancy.__file__)'").strip()
    assert "site-packages" in installed
    assert not installed.startswith(str(ROOT))
    account_for(project, before)
    assert "0 holes" in ran_last(project)
    assert generation == 4
    assert ran[0].startswith("pip install")
    both_apps_on_the_stock_admin(project)


def both_apps_on_the_stock_admin(project):
    """The wheel holds `pii` too: installed beside, behind row-level security, both on django.contrib.admin."""
    project.patch(WITH_PII)
    settings = project.folder / "legacysite/settings.py"
    settings.write_text(settings.read_text() + '\nPII = {"ENFORCE_COVERAGE": False}\n')
    project.manage("migrate", "-v0")
    project.manage("check", "--database", "default")
    assert "0 holes" in project.manage("isolation")
    assert "settings walked" in project.run_python(SETTINGS)
    assert "privacy walked" in project.run_python(PRIVACY)
    project.run_python(
        "import pathlib, pii, tenancy\n"
        "for app in (pii, tenancy):\n"
        "    home = pathlib.Path(app.__file__).parent\n"
        "    assert (home / 'py.typed').is_file() and list(home.glob('templates/**/*.html')), home\n"
    )


def account_for(project, before):
    """Every row that was there is there, with what it held; every row that was written is there; nothing else is."""
    after, journal = rows_of(project), project.journal()
    assert len(journal) > 200, "the writers wrote"
    renamed = {("task", one["id"]): one["title"] for one in journal if "title" in one}
    untouched = {key: row for key, row in before.items() if key not in renamed}
    assert {key: after.get(key) for key in untouched} == untouched
    titles = dict(project.query("SELECT id, title FROM crm_task"))
    assert {key: titles[key[1]] for key in renamed} == renamed
    made = {(one["table"].removeprefix("crm_"), one["id"]) for one in journal if "id" in one and "title" not in one}
    labelled = {one["task"] for one in journal if one["table"] == "crm_task_labels"}
    new = {key for key in after if key not in before}
    assert {key for key in new if key[0] != "task_labels"} == {key for key in made if key[0] != "people_user"}
    links = project.query("SELECT id, task_id FROM crm_task_labels")
    assert {task for key, task in links if ("task_labels", key) in new} == labelled
    for table, way in WAYS.items():
        wrong = project.query(
            f"SELECT count(*) FROM crm_{table} r WHERE r.tenant_id IS DISTINCT FROM "
            f"(SELECT tenant_id FROM crm_company WHERE id = {way})"
        )
        assert wrong == [(0,)], f"{table}: {wrong[0][0]} rows have another tenant than their customer's"
    longest = sorted(one["ms"] for one in journal)
    print(
        f"{len(journal)} writes, {len(before)} old rows; longest {longest[-1]} ms, median {longest[len(longest) // 2]}"
    )


def ran_last(project):
    return project.shell("python manage.py isolation")


def test_the_quickstart_as_it_is_typed(project):
    """Its fifteen lines alone bring a project whose rows all have a customer from zero to enforced."""
    gone = (
        "DELETE FROM crm_comment c USING django_content_type k WHERE k.id = c.content_type_id AND NOT EXISTS "
        "(SELECT FROM crm_task t WHERE k.model = 'task' AND t.id = c.object_id) AND NOT EXISTS "
        "(SELECT FROM crm_project p WHERE k.model = 'project' AND p.id = c.object_id) RETURNING c.id"
    )
    assert len(project.query(gone)) == 10
    edits = iter([("install",), ("models",), ("observe",), ("fix", "enforce")])
    [quick] = blocks("sh")
    for line in quick.strip().splitlines()[:-1]:
        if line.startswith("#"):
            project.edit(*next(edits))
        else:
            project.shell(line)
    assert next(edits, None) is None
    assert "0 holes" in project.shell("python manage.py isolation")
    assert "TenantScopeRequired" in project.run_python(
        "import django\ndjango.setup()\nfrom crm.models import Task\n"
        "try:\n    Task.objects.count()\nexcept Exception as error:\n    print(type(error).__name__)\n"
    )


def test_the_quickstart_is_the_guide_in_fifteen_lines():
    [quick] = blocks("sh")
    lines = quick.strip().splitlines()
    assert len(lines) == 15
    guide = {line.removeprefix("$ ") for text in blocks("console") for line in text.splitlines()}
    assert [line for line in lines if not line.startswith("#") and line not in guide] == []
    assert Path(GUIDE).is_file()
