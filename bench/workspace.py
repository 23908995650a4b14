"""How far does a list stay the same: first against 1,000th page, prefix search, and queries, on 1,000,000 contacts.

    .venv/bin/python bench/workspace.py                  1,000,000 contacts in one tenant, 100,000 in another
    .venv/bin/python bench/workspace.py --rows 100000    a smaller one

Pages are asked through the whole stack (middleware, session, scope, view, template) by Django's test client, one of
each in turn; a number is the median of 15 rounds after 3 to warm up. The plans are those of the same queries, asked in
the tenant's own role. It fails where a goal is missed; results go to bench/results/workspace.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

from bench.database import as_settings, bench_server  # noqa: E402
from bench.workspace_data import fill, settle  # noqa: E402

DATABASE = "bench_workspace"
WARM, ROUNDS = 3, 15
LIMIT_RATIO = 1.5
LARGE = ("workspace_contact", "workspace_contacttag", "workspace_memberword", "tenancy_usertenantmembership")


def prepare(rows: int):
    """A migrated database with two tenants full of records; the serving login is in place afterwards."""
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
    large, small = make_tenant("large"), make_tenant("small")
    begun = time.perf_counter()
    with psycopg.connect(address(DATABASE, "toc_owner"), autocommit=True) as connection:
        large.tags = fill(connection, large.pk, "large", rows)
        fill(connection, small.pk, "small", max(rows // 10, 1))
        settle(connection)
        large.server = connection.execute("SHOW server_version").fetchone()[0]
    print(f"filled in {time.perf_counter() - begun:.0f} s", flush=True)
    return large


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


def pages_of(tenant, rows: int) -> dict[str, str]:
    """What is asked, by name; the 1,000th page (the last, in a smaller run) is told by the row before it."""
    from console.workspace.models import Contact
    from tenancy import tenant_scope

    with tenant_scope(tenant):
        ids = Contact.objects.order_by("name_key", "id").values_list("pk", flat=True)
        start, middle = ids[min(50 * 999, rows - 51) - 1], ids[rows // 2]
    base = "/t/large/contacts/"
    members = "/t/large/members/"
    return {
        "page 1": base,
        "page 1,000": f"{base}?after={start}",
        "the middle": f"{base}?after={middle}",
        "backwards from page 1,000": f"{base}?before={start}",
        "newest first": f"{base}?order=newest",
        "search, many match (a)": f"{base}?q=a",
        "search, few match (abcd)": f"{base}?q=abcd",
        "search, none match": f"{base}?q=zzzz",
        "search, two words": f"{base}?q=abc+first12",
        "search, an address (c4711)": f"{base}?q=c4711",
        "a common tag": f"{base}?tag={tenant.tags['common']}",
        "a rare tag": f"{base}?tag={tenant.tags['rare']}",
        "start page": "/t/large/",
        "members": members,
        "member search, many match (g)": f"{members}?q=g",
        "member search, few match (family47)": f"{members}?q=family47",
        "member search, an address (m471)": f"{members}?q=m471",
    }


def measure(client, pages: dict[str, str], tenant) -> dict[str, dict[str, Any]]:
    """Median time of each page in ms, the pages taking turns; its queries, and how the large tables are read."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(WARM + ROUNDS):
        for name, path in pages.items():
            begun = time.perf_counter()
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            if number >= WARM:
                times[name].append((time.perf_counter() - begun) * 1000)
    return {
        name: {
            "ms": round(statistics.median(taken), 2),
            "slowest_ms": round(max(taken), 2),
            **queries_of(client, pages[name], tenant),
        }
        for name, taken in times.items()
    }


def queries_of(client, path: str, tenant) -> dict[str, Any]:
    """How many queries a page asks, how many of them count without a bound, and the plans over the large tables."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    asked = [query["sql"] for query in caught.captured_queries]
    counts = [sql for sql in asked if "COUNT(" in sql and "LIMIT" not in sql]
    plans = [
        plan_of(sql, tenant) for sql in asked if sql.startswith("SELECT") and any(f'"{name}"' in sql for name in LARGE)
    ]
    return {
        "queries": len(asked),
        "counts": len(counts),
        "offsets": sum("OFFSET" in sql for sql in asked),
        "plans": plans,
    }


def plan_of(sql: str, tenant) -> str:
    """The scans of a query's plan, as ``Index Scan workspace_contact_name, …``, in the tenant's own role."""
    from django.db import connection

    from tenancy import tenant_scope

    with tenant_scope(tenant), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
    return ", ".join(_scans((found if isinstance(found, list) else json.loads(found))[0]["Plan"]))


def _scans(node: dict[str, Any]) -> list[str]:
    here = (
        [f"{node['Node Type']} {node.get('Index Name') or node.get('Relation Name')}"]
        if "Scan" in node["Node Type"]
        else []
    )
    return here + [scan for part in node.get("Plans", []) for scan in _scans(part)]


def missed(found: dict[str, dict[str, Any]]) -> list[str]:
    """The goals that were not reached."""
    said = []
    ratio = found["page 1,000"]["of page 1"]
    if not 1 / LIMIT_RATIO <= ratio <= LIMIT_RATIO:
        said.append(f"page 1,000 costs {ratio} times page 1")
    queries = {found[name]["queries"] for name in ("page 1,000", "the middle", "backwards from page 1,000")}
    if queries != {found["page 1"]["queries"] + 1}:  # one more finds the row that the link names
        said.append(f"pages ask {sorted(queries)} queries")
    for name, numbers in found.items():
        if numbers["counts"] or numbers["offsets"]:
            said.append(f"{name} counts or skips rows")
        if any(re.search(rf"Seq Scan ({'|'.join(LARGE)})\b", plan) for plan in numbers["plans"]):
            said.append(f"{name} reads a whole table")
    return said


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000)
    rows = options.parse_args().rows
    tenant = prepare(rows)
    import logging

    logging.disable(logging.CRITICAL)
    from django.test import Client

    client = Client()
    client.force_login(tenant.owner)
    load = os.getloadavg()[0]
    found = measure(client, pages_of(tenant, rows), tenant)
    first = found["page 1"]["ms"]
    for name, numbers in found.items():
        numbers["of page 1"] = round(numbers["ms"] / first, 2)
        print(f"{name:36} {numbers['ms']:8.2f} ms  x{numbers['of page 1']:<6} {numbers['queries']} queries")
        print("".join(f"{'':40}{plan}\n" for plan in numbers["plans"]), end="")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    result = {
        "rows": rows,
        "commit": commit.strip(),
        "python": platform.python_version(),
        "postgresql": tenant.server,
        "cores": os.cpu_count(),
        "load_average": round(load, 2),
        "goals": {"page_1000_of_page_1": LIMIT_RATIO, "counts_over_the_table": 0, "more_queries_of_a_later_page": 1},
        "missed": missed(found),
        "pages": found,
    }
    (ROOT / "bench" / "results" / "workspace.json").write_text(json.dumps(result, indent=1) + "\n")
    if result["missed"]:
        sys.exit("Missed: " + "; ".join(result["missed"]))


if __name__ == "__main__":
    main()
