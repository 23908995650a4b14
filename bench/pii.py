"""Do find, export and erase grow with the person's rows or with the database, and how fast is the scan beside pg_dump?

    python bench/pii.py --rows 50000 --rows 5000000

Makes its own rows in the database of DATABASE_URL (use one of its own) and prints medians, ratios and peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402

from console.database import owner_database  # noqa: E402
from console.workspace.models import Contact, Note  # noqa: E402
from pii.categories import Trace  # noqa: E402
from pii.erase.columns import erase_columns, erase_history  # noqa: E402
from pii.erase.rows import delete_rows  # noqa: E402
from pii.export.package import write_package  # noqa: E402
from pii.find import find  # noqa: E402
from pii.identifiers import Identifiers  # noqa: E402
from pii.models import DataRequest  # noqa: E402
from pii.registry import history_model, registry  # noqa: E402
from pii.requests import receive  # noqa: E402
from pii.scan import scan  # noqa: E402
from pii.subjects import Subject  # noqa: E402
from tenancy import system_scope, tenant_scope  # noqa: E402
from tenancy.models import Tenant  # noqa: E402

PERSON_NOTES = 50
FILL = """
INSERT INTO workspace_contact (id, tenant_id, {columns})
SELECT gen_random_uuid(), %s, {values} FROM generate_series(%s::int, %s::int) AS n
"""


def fill(tenant, upto):
    """Other people's contacts, up to `upto` rows."""
    model_columns = [f for f in Contact._meta.concrete_fields if f.name not in ("id", "tenant")]
    special = {
        "email": "'c' || n || '@bulk.example'",
        "first_name": "'First' || n",
        "last_name": "'Last' || n",
        "attributes": "jsonb_build_object('n', n, 'city', 'Town ' || (n %% 1000))",
        "created_at": "now()",
        "updated_at": "now()",
        "birth_date": "NULL",
        "name_key": "'last' || n",
    }
    quote = connection.ops.quote_name
    columns = ", ".join(quote(f.column) for f in model_columns)
    values = ", ".join(special.get(f.name, "''") for f in model_columns)
    with system_scope(reason="bench"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workspace_contact")
        have = cursor.fetchone()[0]
        for start in range(have + 1, upto + 1, 250_000):
            end = min(upto, start + 249_999)
            cursor.execute(FILL.format(columns=columns, values=values), [tenant.pk, start, end])
        cursor.execute("SELECT pii_analyze('workspace_contact'::regclass)")


def person(tenant, number):
    with system_scope(reason="bench"):
        user = get_user_model().objects.create_user(f"bench.person.{number}@example.test", full_name="Bench Person")
    with tenant_scope(tenant):
        contact = Contact.objects.create(first_name="Bench", last_name="Person", email=user.email)
        for index in range(PERSON_NOTES):
            Note.objects.create(contact=contact, body=f"note {index}")
    return user


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def once(tenant, number, folder):
    user = person(tenant, number)
    with system_scope(reason="bench"):
        subject = Subject.start(emails=[user.email])
        found, _ = timed(lambda: find(subject))
        request = receive("access", by=None, emails=[user.email])
        request = DataRequest.objects.get(pk=request.pk)
        exported, _ = timed(lambda: write_package(request, subject, folder / f"{number}.zip", refused=set()))
        erased, _ = timed(lambda: erase(subject, request))
    return found, exported, erased


def erase(subject, request):
    for model, keys in subject.keys_by_model():
        declaration = registry.get(model)
        history = history_model(model)
        if history is not None:
            erase_history(model, history, declaration, keys, subject.identifiers, request)
        erase_columns(model, declaration, keys, subject.identifiers, request)
        if declaration.row.kind == "delete":
            delete_rows(model, keys)


def median(values):
    return sorted(values)[len(values) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append", required=True)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--pg-dump", default="pg_dump")
    options = parser.parse_args()
    folder = Path("var/bench")
    folder.mkdir(parents=True, exist_ok=True)
    with system_scope(reason="bench"):
        tenant, _made = Tenant.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    results = []
    for rows in sorted(options.rows):
        fill(tenant, rows)
        once(tenant, f"{rows}.warm.{time.time_ns()}", folder)
        runs = [once(tenant, f"{rows}.{index}.{time.time_ns()}", folder) for index in range(options.repeat)]
        with system_scope(reason="bench"):
            seconds, result = timed(lambda: scan(Identifiers.of([(Trace.EMAIL, "nobody.at.all@example.test")])))
        owner = owner_database()
        url = f"postgres://{owner['USER']}@{owner['HOST']}:{owner['PORT']}/{owner['NAME']}"
        dump = [options.pg_dump, "--enable-row-security", "-Fp", "-f", "/dev/null", url]
        dumped, _ = timed(lambda dump=dump: subprocess.run(dump, check=True))
        line = {
            "rows": rows,
            "find_s": round(median([run[0] for run in runs]), 4),
            "export_s": round(median([run[1] for run in runs]), 4),
            "erase_s": round(median([run[2] for run in runs]), 4),
            "scan_s": round(seconds, 2),
            "scan_rows": sum(read for read, _owner in result.tables.values()),
            "scan_void": result.void,
            "pg_dump_s": round(dumped, 2),
            "scan_speed_of_pg_dump": round(dumped / seconds, 2),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        results.append(line)
        print(json.dumps(line), flush=True)
    first, last = results[0], results[-1]
    print({name: round(last[name] / first[name], 2) for name in ("find_s", "export_s", "erase_s")})


if __name__ == "__main__":
    main()
