"""`backfill_tenant`: batches, dry run, report, exit codes, triggers for what is written meanwhile."""

import json

import pytest

from tests.legacy_project import connect

pytestmark = pytest.mark.drill  # processes and databases of its own

ORDER = (
    ("crm.Company", "--own", "name"),
    ("crm.Project", "--from", "company"),
    ("crm.Label", "--from", "company"),
    ("crm.Invoice", "--from", "company"),
    ("crm.Task", "--from", "project"),
    ("crm.Payment", "--from", "invoice"),
    ("crm.TaskLabel", "--from", "task"),
)


def fill_parents(project, upto):
    names = [step[0] for step in ORDER]
    steps = ORDER[: names.index(upto)] if upto in names else ORDER
    project.manage_each(*(("backfill_tenant", *step) for step in steps))


def report(project, *arguments, code=0):
    return json.loads(project.manage("backfill_tenant", *arguments, "--json", code=code))


def test_fills_reports_and_is_done_the_second_time(planned):
    fill_parents(planned, "crm.Task")
    dry = report(planned, "crm.Task", "--from", "project", "--dry-run")
    assert (dry["total"], dry["filled"], dry["missing"], dry["dry_run"]) == (15000, 0, 0, True)
    assert planned.query("SELECT count(*) FROM crm_task WHERE tenant_id IS NOT NULL") == [(0,)]
    done = report(planned, "crm.Task", "--from", "project")
    assert (done["filled"], done["complete"]) == (15000, True)
    wrong = planned.query(
        "SELECT count(*) FROM crm_task t JOIN crm_project p ON p.id = t.project_id WHERE t.tenant_id <> p.tenant_id"
    )
    assert wrong == [(0,)]
    assert report(planned, "crm.Task", "--from", "project")["total"] == 0


def test_each_customer_gets_a_tenant_of_its_name(planned):
    report(planned, "crm.Company", "--own", "name")
    assert planned.query(
        "SELECT count(DISTINCT c.tenant_id), bool_and(t.name = c.name), min(t.slug) FROM crm_company c "
        "JOIN tenancy_tenant t ON t.id = c.tenant_id"
    ) == [(100, True, "company-1")]


def test_missing_rows_are_named_and_assigned(planned):
    fill_parents(planned, "none")
    left = report(planned, "crm.Comment", "--from", "about", code=2)
    assert (left["filled"], left["missing"], len(left["missing_keys"])) == (9990, 10, 10)
    planned.manage("backfill_tenant", "crm.Comment", "--tenant", "nobody", code=1)
    one = left["missing_keys"][0]
    assert report(planned, "crm.Comment", "--tenant", "company-7", "--keys", one)["filled"] == 1
    assert report(planned, "crm.Comment", "--from", "author__company")["filled"] == 9


def test_rows_that_two_paths_dispute_are_left_alone(planned):
    fill_parents(planned, "crm.Task")
    left = report(planned, "crm.Task", "--from", "project", "--agree", "assignee__company", code=2)
    assert (left["filled"], left["ambiguous"]) == (14990, 10)


@pytest.mark.parametrize("path", ["nothing", "title", "project__name", "assignee"])
def test_a_path_that_fails_is_said_so(planned, path):
    planned.manage("backfill_tenant", "crm.Task", "--from", path, code=1)


def test_old_code_writes_on_and_its_rows_get_their_tenant(planned):
    fill_parents(planned, "none")
    with connect(planned.database) as connection:

        def one(sql, *parameters):
            return connection.execute(sql, parameters).fetchone()

        here, there = connection.execute("SELECT id, company_id, tenant_id FROM crm_project ORDER BY id LIMIT 2")
        task, tenant = one(
            "INSERT INTO crm_task (project_id, title, done) VALUES (%s, 'x', false) RETURNING id, tenant_id", here[0]
        )
        assert tenant == here[2]
        connection.execute("UPDATE crm_task SET project_id = %s WHERE id = %s", [there[0], task])
        assert one("SELECT tenant_id FROM crm_task WHERE id = %s", task)[0] == there[2]
        company, made = one(
            "INSERT INTO crm_company (name, country_id) SELECT 'Company 1', min(id) FROM crm_country "
            "RETURNING id, tenant_id"
        )
        assert one("SELECT slug FROM tenancy_tenant WHERE id = %s", made)[0] == f"company-1-crm-company-{company}"


def test_a_row_that_moved_with_its_parent_is_repaired(planned):
    fill_parents(planned, "none")
    with connect(planned.database) as connection:
        connection.execute(
            "UPDATE crm_project SET company_id = company_id + 1 WHERE id = (SELECT min(id) FROM crm_project)"
        )
    done = report(planned, "crm.Task", "--from", "project", "--repair")
    assert done["repaired"] > 0
    assert report(planned, "crm.Task", "--from", "project", "--repair")["repaired"] == 0


def test_a_row_that_a_writer_holds_is_left_for_the_next_pass(planned):
    fill_parents(planned, "crm.Task")
    with connect(planned.database) as writer:
        writer.execute("BEGIN")
        writer.execute("UPDATE crm_task SET done = done WHERE id = (SELECT min(id) FROM crm_task)")
        process = planned.popen("backfill_tenant", "crm.Task", "--from", "project", "--json")
        while planned.query("SELECT count(*) FROM crm_task WHERE tenant_id IS NULL") != [(1,)]:
            assert process.poll() is None
        writer.execute("COMMIT")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["filled"]) == (0, 15000), err
