"""What do the walls cost? The same work side by side in one run: hand-filtered Django, ours wall by wall, three rivals.

    python -m bench.isolation [--tenants 1000] [--rows 1000]

Runs on a throwaway server, or on BENCH_OWNER_URL, whose role creates three scratch databases; the database roles of
`tenancy_roles` must exist there.
Contestants take turns in short rounds, so that a noisy machine disturbs all alike; the result is the median of each and
its ratio to its own baseline. Rivals run only where their packages are installed. Writes bench/results/isolation.json.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

import psycopg

from bench.database import Address, bench_server

ROOT = Path(__file__).resolve().parents[1]
CONTESTANTS = {
    "queries": [
        "hand",
        "orm",
        "orm+keys",
        "all",
        "django-scopes",
        "django-multitenant",
        "django-tenants",
        "hand-prepared",
        "all-prepared",
    ],
    "request": ["hand", "orm", "all", "hand-prepared", "all-prepared"],
}
PACKAGES = {
    "django-scopes": "django_scopes",
    "django-multitenant": "django_multitenant",
    "django-tenants": "django_tenants",
}
SCHEMAS = 50


def build(address: Address, name: str, kind: str, given: argparse.Namespace) -> None:
    """A scratch database with the tables of auth, sessions and tenancy, its items, and the walls asked for."""
    prefix = given.role_prefix
    with psycopg.connect(address("postgres"), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}" OWNER {prefix}_owner')
    url = address(name, f"{prefix}_owner")
    arguments = [url, kind, str(given.tenants), str(given.rows), prefix]
    script = [sys.executable, "bench/isolation_app/build.py", *arguments]
    subprocess.run(script, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": python_path()})


def python_path() -> str:
    """The repository first, then whatever the caller gave."""
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


class Contestant:
    """A worker process and the times it reported."""

    def __init__(self, variant: str, work: str, environment: dict[str, str]) -> None:
        self.variant, self.work, self.times = variant, work, []
        self.process = subprocess.Popen(
            [sys.executable, "bench/isolation_app/worker.py", variant, work],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment, "PYTHONPATH": python_path()},
        )

    def run(self, count: int, keep: bool = True) -> None:
        self.process.stdin.write(f"run {count}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.variant} ({self.work}) stopped: see its error above")
        if keep:
            self.times += json.loads(answer)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=1000, help="per tenant")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--per-round", type=int, default=25)
    parser.add_argument("--role-prefix", default="toc")
    given = parser.parse_args()
    address = bench_server()
    names = {"plain": "bench_plain", "keys": "bench_keys", "walls": "bench_walls"}
    for kind, name in names.items():
        print(f"building {name} …", flush=True)
        build(address, name, kind, given)
    app = f"{given.role_prefix}_app"
    environment = {f"BENCH_{kind.upper()}_URL": address(name, app) for kind, name in names.items()}
    environment |= {"BENCH_ROLE_PREFIX": given.role_prefix, "BENCH_SCHEMAS": str(min(SCHEMAS, given.tenants))}
    results = {}
    for work, variants in CONTESTANTS.items():
        here = [v for v in variants if v not in PACKAGES or importlib.util.find_spec(PACKAGES[v])]
        contestants = [Contestant(variant, work, environment) for variant in here]
        for contestant in contestants:
            contestant.run(100, keep=False)
        for number in range(given.rounds):
            for contestant in contestants[number % len(contestants) :] + contestants[: number % len(contestants)]:
                contestant.run(given.per_round)
        results[work] = report(work, contestants)
        for contestant in contestants:
            contestant.stop()
    save(address, given, results)


def report(work: str, contestants: list[Contestant]) -> dict[str, dict[str, float]]:
    medians = {c.variant: statistics.median(c.times) / 1e6 for c in contestants}
    print(f"\n{work}: median of {len(contestants[0].times)}")
    lines = {}
    for variant, median in medians.items():
        baseline = medians["hand-prepared" if variant.endswith("-prepared") else "hand"]
        lines[variant] = {"median_ms": round(median, 3), "ratio": round(median / baseline, 3)}
        print(f"  {variant:20} {median:7.3f} ms   x{median / baseline:.3f}")
    return lines


def save(address: Address, given: argparse.Namespace, results: dict[str, object]) -> None:
    with psycopg.connect(address("postgres")) as connection:
        server = connection.execute("SHOW server_version").fetchone()[0]
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    facts = {
        "commit": commit,
        "python": platform.python_version(),
        "postgresql": server,
        "cores": os.cpu_count(),
        "tenants": given.tenants,
        "rows_per_tenant": given.rows,
        "requests": given.rounds * given.per_round,
    }
    path = ROOT / "bench" / "results" / "isolation.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"facts": facts, "results": results}, indent=2) + "\n")
    print(f"\nwritten: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
