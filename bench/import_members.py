"""How fast do members come in: the engine against django-import-export, bulk_create_with_history and raw COPY.

    .venv/bin/python -m bench.import_members                                     everything, some ten minutes
    .venv/bin/python -m bench.import_members --ours 2000 --rivals 200 --workbook 2000      a look whether it runs

Every case runs in a process of its own, which gives its peak memory, on one database with all walls and history (a
throwaway server, or the one of BENCH_OWNER_URL), for a tenant and people of its own. Cases of the comparison run
`--rounds` times (the stock one once: it is slow); the median counts, every run is kept. "End to end" is from the file
to the members; the engine's includes the staff's search words, which no other case writes. "Merge" is the writing
alone, after the preview. Results and the verdict on each goal go to bench/results/import_members.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
DATABASE = "bench_import_members"
SLOW = "stock"

from bench.import_cases import ours, rivals  # noqa: E402  # also as a script, which does not know the root
from bench.import_cases.files import write_text, write_workbook  # noqa: E402

CASES = {
    "ours": ours.ours,
    "ours_workbook": ours.ours,
    "ours_parsing_workbook": ours.ours_parsing,
    "openpyxl_parsing": rivals.openpyxl_parsing,
    "stock": rivals.stock,
    "stock_use_bulk": rivals.stock_use_bulk,
    "bulk_create_with_history": rivals.bulk_create_with_history,
    "raw_copy": rivals.raw_copy,
}
WORKBOOKS = ("ours_workbook", "ours_parsing_workbook", "openpyxl_parsing")


def child(case: str, rows: int, tag: str, path: Path) -> None:
    """Measure one case in this process and print it."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from tenancy import system_scope
    from tenancy.models import Tenant

    settings.DEBUG = False
    with system_scope(reason="bench"):
        tenant = Tenant.objects.create(name=tag, slug=tag)
        with connection.cursor() as cursor:  # for the whole session: no case's writing pays for search words
            cursor.execute("SELECT set_config('operations.search_later', 'on', false)")
    with tempfile.TemporaryDirectory() as settings.MEDIA_ROOT:
        result = CASES[case](path, tenant)
    result |= {"rows_per_second": rows / result["seconds"], "peak_mb": peak_mb()}
    if "merge_seconds" in result:
        result["merge_rows_per_second"] = rows / result["merge_seconds"]
    print(json.dumps({"case": case, "rows": rows, **result}))


def peak_mb() -> float:
    """Peak of this program's resident memory. (`ru_maxrss` would start at what the parent held when it forked.)"""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(case: str, rows: int, round_: int) -> dict[str, Any]:
    """Run one case in a process of its own."""
    tag = f"{case.replace('_', '-')}-{rows}-{round_}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("people.xlsx" if case in WORKBOOKS else "people.csv")
        (write_workbook if case in WORKBOOKS else write_text)(path, rows, tag)
        command = [sys.executable, "-m", "bench.import_members", "--child", case, str(rows), tag, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        sys.exit(f"{case} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run whose time is the median."""
    wanted = statistics.median_low([run["seconds"] for run in runs])
    return next(run for run in runs if run["seconds"] == wanted)


def show(result: dict[str, Any], base: dict[str, Any] | None) -> None:
    def ratio(name: str) -> str:
        return f"x{result[name] / base[name]:.1f}" if base and name in result else ""

    merge = f"merge {result['merge_rows_per_second']:>9,.0f}/s" if "merge_rows_per_second" in result else " " * 17
    print(
        f"{result['case']:25} {result['rows']:>9,} rows  end to end {result['rows_per_second']:>9,.0f}/s "
        f"{ratio('rows_per_second'):>7}  {merge} {ratio('merge_rows_per_second'):>7} {result['peak_mb']:>5.0f} MB",
        flush=True,
    )


def verdicts(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each goal of the import with what was measured; a goal whose case did not run is left out."""
    found = {(result["case"], result["rows"]): result for result in results}
    base = next((result for result in results if result["case"] == SLOW), None)
    told: list[dict[str, Any]] = []

    def judge(goal: str, limit: float, value: float, *, at_least: bool = False) -> None:
        told.append({"goal": goal, "limit": limit, "value": round(value, 2), "holds": (value >= limit) == at_least})

    mine = sorted(
        ((rows, result) for (case, rows), result in found.items() if case == "ours"), key=lambda pair: pair[0]
    )
    for rows, result in mine:
        if base:
            end, merge = (result[key] / base[key] for key in ("rows_per_second", "merge_rows_per_second"))
            judge(f"times stock end to end at {rows:,} rows", 40, end, at_least=True)
            judge(f"times stock in the merge at {rows:,} rows", 100, merge, at_least=True)
        judge(f"peak memory at {rows:,} rows, MB", 200, result["peak_mb"])
    if 100_000 in dict(mine):
        judge("preview of 100,000 CSV rows, seconds", 10, dict(mine)[100_000]["preview_seconds"])
    if {100_000, 1_000_000} <= set(dict(mine)):
        growth = dict(mine)[1_000_000]["peak_mb"] / dict(mine)[100_000]["peak_mb"]
        judge("peak memory at 1,000,000 rows against 100,000", 1.1, growth)
    for (case, rows), result in found.items():
        if case == "ours_workbook":
            for rival in ("ours_parsing_workbook", "openpyxl_parsing"):
                times = result["preview_seconds"] / found[rival, rows]["seconds"]
                judge(f"preview of {rows:,} XLSX rows against {rival}", 1.5, times)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], help="rows of the engine")
    parser.add_argument("--rivals", type=int, default=10_000, help="rows of all others")
    parser.add_argument("--workbook", type=int, default=100_000, help="rows of the XLSX file; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each case at the size of the comparison")
    parser.add_argument("--out", type=Path, default=ROOT / "bench/results/import_members.json")
    parser.add_argument("--child", nargs=4, metavar=("CASE", "ROWS", "TAG", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        case, rows, tag, path = options.child
        child(case, int(rows), tag, Path(path))
        return
    plan = [("stock", options.rivals, 1)]
    plan += [
        (case, options.rivals, options.rounds) for case in ("stock_use_bulk", "bulk_create_with_history", "raw_copy")
    ]
    plan += [("ours", rows, options.rounds if rows <= options.rivals else 1) for rows in options.ours]
    plan += [(case, options.workbook, 1) for case in WORKBOOKS if options.workbook]
    run(plan, options.out)


def run(plan: list[tuple[str, int, int]], out: Path) -> None:
    import psycopg

    from bench.database import bench_server

    address = bench_server()
    with psycopg.connect(address("postgres", ""), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE} OWNER toc_owner")
        version = server.execute("SHOW server_version").fetchone()[0]  # type: ignore[index]  # always one row
    os.environ |= {
        "DATABASE_URL": address(DATABASE, "toc_app"),
        "DATABASE_OWNER_URL": address(DATABASE, "toc_owner"),
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "LOG_LEVEL": "ERROR",
    }
    results: list[dict[str, Any]] = []
    every: list[dict[str, Any]] = []
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], check=True, cwd=ROOT)
        for case, rows, rounds in plan:
            runs = [measure(case, rows, number) for number in range(rounds)]
            every += runs
            results.append(middle(runs))
            show(results[-1], next((result for result in results if result["case"] == SLOW), None))
    finally:
        with psycopg.connect(address("postgres", ""), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    told = verdicts(results)
    for verdict in told:
        print(f"{'holds' if verdict['holds'] else 'FAILS'}  {verdict['goal']}: {verdict['value']} ({verdict['limit']})")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    facts = {
        "commit": commit.stdout.strip(),
        "taken": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "postgresql": version,
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
    }
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(facts | {"goals": told, "results": results, "runs": every}, indent=1) + "\n")


if __name__ == "__main__":
    main()
