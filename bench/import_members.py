"""How fast do members come in: the engine against django-import-export and bulk_create_with_history, and raw COPY.

    .venv/bin/python bench/import_members.py                  10,000 rows each way, ours at 100,000 too
    .venv/bin/python bench/import_members.py --million        ours at 1,000,000 as well

Every case runs in a process of its own (peak memory) on one throwaway database with all walls, history and search
words. "End to end" is from the file to the members (import-export: its dry run for the preview, then the import, as in
its admin); "merge" is the writing alone. Results go to bench/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
HEAD = "Email Address,First Name,Last Name,Role,Status,Employee ID,Employee Title\n"


def write_file(path: Path, rows: int, tag: str) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEAD)
        for number in range(rows):
            stream.write(
                f"p{number}.{tag}@bench.example.test,Günther,Çelik {number},Member,Active,{tag}{number},Engineer\n"
            )


def start(database: str) -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIA_ROOT = tempfile.mkdtemp()
    settings.TENANCY["JOBS_BACKEND"] = "console.jobs.InlineBackend"
    django.setup()
    import logging

    logging.disable(logging.CRITICAL)


def new_tenant(tag: str):
    from tenancy import system_scope
    from tenancy.models import Tenant

    with system_scope(reason="bench"):
        return Tenant.objects.create(name=tag, slug=tag)


def ours(path: Path, tenant) -> dict:
    from console.members import flow, indexing

    seconds = {}

    def timed(module, name):
        inner = getattr(module, name)

        def wrapper(*args, **kwargs):
            began = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                seconds[name] = seconds.get(name, 0) + time.perf_counter() - began

        setattr(module, name, wrapper)

    for name in ("preview", "merge"):
        timed(flow, name)
    timed(indexing, "index")
    began = time.perf_counter()
    item = flow.import_file(tenant, path)
    whole = time.perf_counter() - began
    words = seconds.get("index", 0)
    assert item.state == "done", item.message
    return {
        "seconds": whole - words,
        "preview_seconds": seconds["preview"],
        "merge_seconds": seconds["merge"],
        "search_words_seconds": words,
    }


def stock_resource(*, use_bulk: bool):
    from django.contrib.auth import get_user_model
    from import_export import fields, resources, widgets

    from tenancy.models import UserTenantMembership

    users = get_user_model()

    class Stock(resources.ModelResource):
        user = fields.Field(attribute="user", column_name="email", widget=widgets.ForeignKeyWidget(users, "email"))

        class Meta:
            model = UserTenantMembership
            fields = ("user", "tenant", "display_name", "role", "is_active", "external_id", "title")
            import_id_fields = ("user", "tenant")
            skip_diff = True
            skip_unchanged = not use_bulk
            report_skipped = False

        def before_import(self, dataset, **kwargs):
            if use_bulk:
                people = [users(email=row["email"], password="!") for row in dataset.dict]
                users.objects.bulk_create(people, batch_size=1000, ignore_conflicts=True)
                self.known = dict(users.objects.filter(email__in=[p.email for p in people]).values_list("email", "pk"))

        def before_import_row(self, row, **kwargs):
            if not use_bulk and not users.objects.filter(email=row["email"]).exists():
                person = users(email=row["email"])
                person.set_unusable_password()
                person.save()

        def after_init_instance(self, instance, new, row, **kwargs):
            if use_bulk:
                instance.user_id = self.known[row["email"]]

    if use_bulk:
        Stock._meta.use_bulk, Stock._meta.batch_size = True, 1000
        Stock._meta.force_init_instance = True
    return Stock()


def dataset(path: Path, tenant):
    import csv

    import tablib

    data = tablib.Dataset(headers=["email", "tenant", "display_name", "role", "is_active", "external_id", "title"])
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            name = f"{row['First Name']} {row['Last Name']}"
            values = (
                row["Email Address"],
                str(tenant.pk),
                name,
                "member",
                "1",
                row["Employee ID"],
                row["Employee Title"],
            )
            data.append(values)
    return data


def stock(path: Path, tenant, *, use_bulk: bool = False) -> dict:
    from tenancy import system_scope
    from tenancy.audit import changing

    with system_scope(reason="bench"), changing(by=None, reason="bench"):
        began = time.perf_counter()
        data = dataset(path, tenant)
        if not use_bulk:
            check(stock_resource(use_bulk=False).import_data(data, dry_run=True, use_transactions=True))
        middle = time.perf_counter()
        check(stock_resource(use_bulk=use_bulk).import_data(data, dry_run=False, use_transactions=True))
        ended = time.perf_counter()
    return {"seconds": ended - began, "merge_seconds": ended - middle}


def check(result) -> None:
    errors = [error for row in result.row_errors() for error in row[1]]
    assert not result.has_errors(), (errors[:1] or result.base_errors[:1])[0].error
    assert not result.has_validation_errors()


def stock_use_bulk(path: Path, tenant) -> dict:
    return stock(path, tenant, use_bulk=True)


def bulk_create_with_history(path: Path, tenant) -> dict:
    from django.contrib.auth import get_user_model
    from simple_history.utils import bulk_create_with_history as bulk

    from tenancy import system_scope
    from tenancy.models import UserTenantMembership

    users = get_user_model()
    with system_scope(reason="bench"):
        began = time.perf_counter()
        data = dataset(path, tenant).dict
        middle = time.perf_counter()
        people = bulk([users(email=row["email"], password="!") for row in data], users, batch_size=1000)
        fields = ("display_name", "role", "external_id", "title")
        rows = [
            UserTenantMembership(tenant=tenant, user=person, **{name: row[name] for name in fields})
            for person, row in zip(people, data, strict=True)
        ]
        bulk(rows, UserTenantMembership, batch_size=1000)
        ended = time.perf_counter()
    return {"seconds": ended - began, "merge_seconds": ended - middle}


def raw_copy(path: Path, tenant) -> dict:
    from django.db import connection, transaction

    from tenancy import tenant_scope
    from tenancy.db.message import narrow_role

    rows = dataset(path, tenant)
    with tenant_scope(tenant), transaction.atomic(), narrow_role("import"), connection.cursor() as cursor:
        began = time.perf_counter()
        columns = "import_id, tenant_id, line, last_line, action, key, c1, c2, c3, c4, c5, c6"
        with cursor.copy(f"COPY staging.landing ({columns}) FROM STDIN") as copy:
            for number, row in enumerate(rows):
                copy.write_row((tenant.pk, tenant.pk, number, number, "new", row[0], row[0], *row[2:]))
        ended = time.perf_counter()
        transaction.set_rollback(True)
    return {"seconds": ended - began, "merge_seconds": ended - began}


CASES = {f.__name__: f for f in (ours, stock, stock_use_bulk, bulk_create_with_history, raw_copy)}


def child(case: str, rows: int, database: str) -> None:
    start(database)
    tag = f"{case.replace('_', '-')}-{rows}"
    tenant = new_tenant(tag)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write_file(path, rows, tag)
        result = CASES[case](path, tenant)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = {"rows_per_second": rows / result["seconds"], "merge_rows_per_second": rows / result["merge_seconds"]}
    print(json.dumps({"case": case, "rows": rows, **result, **rate, "peak_mb": peak}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--million", action="store_true", help="ours at 1,000,000 rows too")
    parser.add_argument("--small", type=int, default=10_000, help="rows of the comparison")
    parser.add_argument("--child", nargs=3, metavar=("CASE", "ROWS", "DATABASE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        case, rows, database = options.child
        child(case, int(rows), database)
        return
    import django

    from console.database import start_embedded

    start_embedded()
    django.setup()
    from django.db import connection

    from tenancy.testing.database import served_test_databases

    plan = [(case, options.small) for case in CASES] + [("ours", 100_000)]
    plan += [("ours", 1_000_000)] if options.million else []
    results = []
    with served_test_databases(verbosity=0, interactive=False, serialized_aliases=set()):
        name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        connection.close()
        for case, rows in plan:
            command = [sys.executable, __file__, "--child", case, str(rows), name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(done.stderr)
            results.append(json.loads(done.stdout.splitlines()[-1]))
            show(results[-1], results)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    facts = {"python": platform.python_version(), "postgresql": version, "cpus": os.cpu_count(), "load": load}
    content = {"commit": commit.stdout.strip(), "taken": time.strftime("%Y-%m-%d"), **facts, "results": results}
    target = ROOT / "bench" / "results" / "import_members.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(content, indent=2) + "\n")


def show(result: dict, results: list[dict]) -> None:
    base = next((r for r in results if r["case"] == "stock"), None)
    ratio = merge = ""
    if base:
        ratio = f"x{result['rows_per_second'] / base['rows_per_second']:.1f}"
        merge = f"x{result['merge_rows_per_second'] / base['merge_rows_per_second']:.1f}"
    print(
        f"{result['case']:26} {result['rows']:>9,} rows  end to end {result['rows_per_second']:>9,.0f}/s {ratio:>7}  "
        f"merge {result['merge_rows_per_second']:>9,.0f}/s {merge:>7}  peak {result['peak_mb']:>5.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
