"""How far does a list stay the same: first against 1,000th page, prefix search, and queries, on 1,000,000 contacts.

    .venv/bin/python bench/workspace.py                  1,000,000 contacts in one tenant, 100,000 in another
    .venv/bin/python bench/workspace.py --rows 100000    a smaller one

Pages are asked through the whole stack (middleware, session, scope, view, template) by Django's test client; each
number is the median of 15 after 3 to warm up. Results go to bench/results/workspace.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

from bench.database import as_settings, bench_server  # noqa: E402

DATABASE = "bench_workspace"
FILL = """
INSERT INTO workspace_contact (id, tenant_id, first_name, last_name, email, phone, company, street, postal_code, city,
    country, attributes, created_at, updated_at, name_key, first_name_key, company_key, phone_key)
SELECT gen_random_uuid(), %s, f, l, 'c' || n || '@bench.test', '+49 30 ' || n, c, '', '', '', '', '{}', t, t,
    lower(l) || ' ' || lower(f), lower(f), lower(c), '4930' || n
FROM (SELECT n, now() - n * interval '1 second' AS t, 'First' || (n::bigint * 7919 %% 5003) AS f,
    substr(md5(n::text), 1, 6) AS l, 'Company' || (n %% 2003) AS c FROM generate_series(1, %s) AS n) AS made
"""


def prepare(rows: int):
    """A migrated database with two tenants full of contacts; the serving login is in place afterwards."""
    import psycopg

    address = bench_server()
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}"')
        connection.execute(f'CREATE DATABASE "{DATABASE}" OWNER toc_owner')
    os.environ["DATABASE_URL"] = address(DATABASE, "toc_app")
    os.environ["DATABASE_OWNER_URL"] = address(DATABASE, "toc_owner")
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(as_settings(address(DATABASE, "toc_app")))
    settings.ALLOWED_HOSTS = ["*"]
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    tenants = [make_tenant("large"), make_tenant("small")]
    with psycopg.connect(address(DATABASE, "toc_owner"), autocommit=True) as connection:
        for tenant, count in zip(tenants, (rows, max(rows // 10, 1)), strict=True):
            connection.execute(FILL, [tenant.pk, count])
        connection.execute("VACUUM ANALYZE workspace_contact")
    return tenants[0]


def make_tenant(slug: str):
    from django.contrib.auth import get_user_model

    from tenancy import system_scope
    from tenancy.models import Tenant, UserTenantMembership

    with system_scope(reason="bench"):
        tenant = Tenant.objects.create(slug=slug, name=slug.title())
        user = get_user_model().objects.create_user(f"owner@{slug}.test", None)
        UserTenantMembership.objects.create(tenant=tenant, user=user, role="owner")
    tenant.owner = user
    return tenant


def asked(client, path: str) -> dict[str, float]:
    """Median time in milliseconds, and the number of queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for number in range(18):
        begun = time.perf_counter()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        if number >= 3:
            times.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    queries = [query["sql"] for query in caught.captured_queries]
    return {
        "ms": round(statistics.median(times), 2),
        "queries": len(queries),
        "counts": sum("COUNT(" in q for q in queries),
    }


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000)
    rows = options.parse_args().rows
    tenant = prepare(rows)
    import logging

    logging.disable(logging.CRITICAL)
    from django.test import Client

    from console.workspace.models import Contact
    from tenancy import tenant_scope

    client = Client()
    client.force_login(tenant.owner)
    with tenant_scope(tenant):
        ids = Contact.objects.order_by("name_key", "id").values_list("pk", flat=True)
        place = min(50 * 999, rows - 51)
        start, middle = ids[place - 1], ids[rows // 2]
    base = "/t/large/contacts/"
    pages = {
        "page 1": base,
        "page 1,000": f"{base}?after={start}",
        "the middle": f"{base}?after={middle}",
        "newest first": f"{base}?order=newest",
        "search, many match (a)": f"{base}?q=a",
        "search, few match (abcd)": f"{base}?q=abcd",
        "search, none match": f"{base}?q=zzzz",
        "search, two words": f"{base}?q=abc+first12",
        "start page": "/t/large/",
    }
    found = {name: asked(client, path) for name, path in pages.items()}
    first = found["page 1"]["ms"]
    for name, numbers in found.items():
        numbers["of page 1"] = round(numbers["ms"] / first, 2)
        print(f"{name:30} {numbers['ms']:8.2f} ms  x{numbers['of page 1']:<6} {numbers['queries']} queries")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    result = {
        "rows": rows,
        "commit": commit.strip(),
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores",
        "pages": found,
    }
    (ROOT / "bench" / "results" / "workspace.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
