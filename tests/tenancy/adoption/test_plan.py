"""The plan: what becomes of each table, and what stands in the way."""

import json
import tomllib

import pytest

pytestmark = pytest.mark.drill  # processes and databases of its own


@pytest.fixture
def installed(legacy):
    legacy.edit("install")
    legacy.manage("migrate", "tenancy", "-v0")
    return legacy


def test_classifies_infers_and_lists_obstacles(installed):
    shown = json.loads(installed.manage("tenancy_plan", "--root", "crm.Company", "--json"))
    entries = {entry["label"]: entry for entry in shown["entries"]}
    kinds = {label: entry["kind"] for label, entry in entries.items() if entry["kind"] != "own"}
    assert {label for label, kind in kinds.items() if kind == "tenant"} == {
        *("crm.Company", "crm.Project", "crm.Label", "crm.Task", "crm.Task_labels"),
        *("crm.Comment", "crm.Invoice", "crm.Payment"),
    }
    assert kinds["crm.Country"] == "shared"
    assert kinds["people.User"] == kinds["account.EmailAddress"] == kinds["sessions.Session"] == "people"
    assert kinds["admin.LogEntry"] == "staff"
    assert entries["crm.Task"]["path"] == "project", "the shortest way, and it ends at the nearest table with a tenant"
    assert entries["crm.Task"]["candidates"] == ["project", "assignee__company"]
    assert entries["crm.Task"]["disagree"] == {"assignee__company": 10}
    assert entries["crm.Comment"]["path"] == "content_type/object_id"
    assert entries["crm.Comment"]["missing"] == 10
    labels = [entry["label"] for entry in shown["entries"] if entry["kind"] == "tenant"]
    assert labels.index("crm.Company") < labels.index("crm.Project") < labels.index("crm.Task")
    found = {(one["kind"], one["place"].split(":")[0].split("/project/")[-1]) for one in shown["obstacles"]}
    assert found >= {
        ("unique", "crm.Invoice.number"),
        ("many-to-many", "crm.Task.labels"),
        ("manager", "crm/managers.py"),
        ("raw SQL", "crm/reports.py"),
        ("signal", "crm/signals.py"),
        ("cache", "crm/views.py"),
        ("command", "crm/management/commands/close_stale.py"),
        ("admin", "crm.Invoice"),
        ("rows", "crm.Task"),
        ("rows", "crm.Comment"),
    }


def test_the_plan_is_edited_and_checked(installed):
    installed.manage("tenancy_plan", "--root", "crm.Company")
    installed.manage("tenancy_plan", "--root", "crm.Company", code=1)  # an edited plan is not written over
    plan = installed.folder / "tenancy_plan.toml"
    assert tomllib.loads(plan.read_text())["models"]["crm.Payment"]["path"] == "invoice"
    installed.manage("tenancy_plan", "--check")
    plan.write_text(plan.read_text().replace('path = "invoice"', 'path = "bill"'))
    installed.manage("tenancy_plan", "--check", code=1)
    installed.manage("tenancy_plan", "--root", "crm.Company", "--force", "--no-rows")
    plan.write_text(plan.read_text().replace('kind = "shared"', 'kind = "unclear"', 1))
    assert "unclear" in installed.manage("tenancy_plan", "--check", code=1)
    installed.manage("tenancy_migrations", code=1)


def test_a_backfill_before_its_column_says_what_to_do_first(installed):
    process = installed.popen("backfill_tenant", "crm.Task", "--from", "project")
    _out, err = process.communicate(timeout=60)
    assert (process.returncode, "add_tenant" in err, "Traceback" in err) == (1, True, False)


def test_a_model_that_the_plan_does_not_know_fails_the_check(installed):
    installed.manage("tenancy_plan", "--root", "crm.Company")
    models = installed.folder / "crm/models.py"
    models.write_text(models.read_text() + "\n\nclass Note(models.Model):\n    text = models.TextField()\n")
    assert "crm.Note: not in the plan" in installed.manage("tenancy_plan", "--check", code=1)
