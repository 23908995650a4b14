"""Do the console's pages cost the same at a hundred times the size: lists, searches, tenant page, audit browse.

    .venv/bin/python bench/admin.py                   10,000 tenants, 1,000,000 memberships, 3,000,000 rows of history
    .venv/bin/python bench/admin.py --tenants 1000    a smaller one; it is always compared with 1/100 of itself

Each page is asked through the whole stack (middleware, session, scope, view, template) by Django's test client,
`--runs` times after 3 to warm up: median and 95th percentile in milliseconds, the median at most 1.5 times that of the
small database. The list of a stock `ModelAdmin` is measured beside it, on Django's own templates. Each size has a
process of its own. BENCH_OWNER_URL names the server (a superuser); without it a throwaway one starts. Results go to
bench/results/admin.json.
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
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LIMIT = 1.5
DATABASE = "bench_admin_{}"


def measure(tenants: int, runs: int, deep: int, owner_url: str, keep: bool) -> dict:
    """Build one database, ask every page, and drop it."""
    import psycopg

    os.environ["BENCH_OWNER_URL"] = owner_url
    from bench.admin_data import fill
    from bench.database import bench_server

    address, name = bench_server(), DATABASE.format(tenants)
    with psycopg.connect(address("postgres", ""), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} OWNER toc_owner")
        version = server.execute("SHOW server_version").fetchone()[0]
    os.environ |= {
        "DATABASE_URL": address(name, "toc_app"),
        "DATABASE_OWNER_URL": address(name, "toc_owner"),
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "LOG_LEVEL": "ERROR",
        "STAFF_SECOND_FACTOR": "0",
        "ALLOWED_HOSTS": "*",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from bench.admin_pages import pages, stock_list, superuser

    try:
        call_command("migrate", verbosity=0)
        with psycopg.connect(address(name, ""), autocommit=True) as loader:
            result = fill(loader, tenants)
        client = superuser()
        result["pages"] = {title: asked(lambda p=path: client.get(p), runs) for title, path in pages(tenants).items()}
        result["stock"] = {title: asked(ask, max(runs // 4, 5), warm=1) for title, ask in stock_list(client.user, deep)}
    finally:
        connections.close_all()
        if not keep:
            with psycopg.connect(address("postgres", ""), autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    return {"tenants": tenants, "postgresql": version, **result}


def asked(ask: Callable[[], object], runs: int, warm: int = 3) -> dict[str, float]:
    """Median and p95 in milliseconds, queries and bytes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for number in range(runs + warm):
        begun = time.perf_counter()
        answer = ask()
        if number >= warm:
            times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, (answer.status_code, answer)
    with CaptureQueriesContext(connection) as caught:
        answer = ask()
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "queries": len(caught),
        "kib": round(len(answer.content) / 1024),
    }


def in_process(tenants: int, options: argparse.Namespace, owner_url: str) -> dict:
    deep = max(options.tenants // 100, 10) * 2  # the last page of the small database, or the hundredth
    command = [sys.executable, __file__, "--one", tenants, "--runs", options.runs, "--deep", min(deep, 100)]
    command += ["--server", owner_url, *(["--keep"] if options.keep else [])]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"measuring {tenants} tenants failed")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--out", default=str(ROOT / "bench/results/admin.json"))
    parser.add_argument("--keep", action="store_true", help="leave the databases, to look at plans")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--server", help=argparse.SUPPRESS)
    parser.add_argument("--deep", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.runs, options.deep, options.server, options.keep)))
        return
    from bench.database import bench_server

    owner_url = bench_server()("postgres", "")
    small = in_process(max(options.tenants // 100, 10), options, owner_url)
    large = in_process(options.tenants, options, owner_url)
    worst = report(small, large)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    result = {
        "limit": LIMIT,
        "worst_ratio": worst,
        "holds": worst <= LIMIT,
        "runs": options.runs,
        "large": large,
        "small": small,
        "load_average": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "commit": commit.strip(),
    }
    Path(options.out).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if worst > LIMIT:
        sys.exit(f"the worst page is {worst} times as slow, allowed are {LIMIT}")


def report(small: dict, large: dict) -> float:
    """Print the table, keep the ratio with each page, and return the worst one."""
    worst = 0.0
    print(f"{'':44} {'1/100':>17}   {'full':>17}   ratio   queries")
    for part in ("pages", "stock"):
        for title, full in large[part].items():
            little = small[part][title]
            full["ratio"] = round(full["median_ms"] / little["median_ms"], 2)
            sides = "   ".join(f"{one['median_ms']:8.1f} {one['p95_ms']:8.1f}" for one in (little, full))
            print(f"{title:44} {sides}   {full['ratio']:5.2f}   {little['queries']} {full['queries']}")
            if part == "pages":
                worst = max(worst, full["ratio"])
    return worst


if __name__ == "__main__":
    main()
