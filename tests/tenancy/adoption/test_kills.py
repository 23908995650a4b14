"""Killed from outside at ten random moments and run again: nothing lost, nothing wrong."""

import random
import time

import pytest

pytestmark = pytest.mark.drill

SUM = "SELECT count(*), md5(string_agg(md5(ROW({columns})::text), '' ORDER BY id)) FROM crm_task"


def checksum(project):
    return project.query(SUM.format(columns="id, project_id, assignee_id, title, done"))


def test_the_migrations_survive_ten_kills(planned):
    before = checksum(planned)
    planned.manage("backfill_tenant", "crm.Company", "--own", "name")
    planned.manage("backfill_tenant", "crm.Comment", "--from", "author__company")  # no row is left without a customer
    seed = time.time_ns()
    chance, kills, runs, longest = random.Random(seed), 0, 0, 3.5
    print(f"seed {seed}")
    while True:
        process = planned.popen("migrate", "-v0")
        runs += 1
        if kills < 10:
            moment = chance.uniform(0.3, longest)
            time.sleep(moment)
            if process.poll() is None:
                process.kill()
                kills += 1
                print(f"killed after {moment:.2f} s")
                process.communicate()
                continue
            longest = max(0.6, 0.9 * longest)  # it was done before its moment: a faster machine wants earlier ones
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, f"{out}\n{err}"
        if kills >= 10 or runs > 30:
            break
        planned.manage("migrate", "-v0", "crm", "0003_add_tenant")
    assert kills >= 10
    assert checksum(planned) == before
    wrong = planned.query(
        "SELECT count(*) FROM crm_task t JOIN crm_project p ON p.id = t.project_id "
        "JOIN crm_company c ON c.id = p.company_id WHERE t.tenant_id IS DISTINCT FROM c.tenant_id"
    )
    assert wrong == [(0,)]
    assert "0 holes" in planned.manage("isolation")
    planned.manage("makemigrations", "--check", "--dry-run")
