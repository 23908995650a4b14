"""How long a form of 200 settings takes to render and to save, a resolved read, and an upgrade of 10,000 tenants.

    BENCH_OWNER_URL=postgres://owner@host/postgres .venv/bin/python bench/settings.py [--tenants N] [--runs N]

Goals on an idle machine: render 200 ms, save 300 ms, read 5 µs, upgrade of 10,000 tenants one minute. Without
BENCH_OWNER_URL it starts a throwaway server. Results go to bench/results/settings.json.
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
import timeit
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
DATABASE = "bench_settings"
FIELDS = 200


def big_group() -> dict:
    kinds = [
        {"type": "string", "default": "", "maxLength": 80, "description": "Some words that say what it causes."},
        {"type": "integer", "default": 3, "minimum": 0, "maximum": 1000},
        {"type": "boolean", "default": False},
        {"type": "string", "enum": ["one", "two", "three"], "default": "one"},
        {"type": ["string", "null"], "format": "email", "default": None},
        {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]},
        {"type": "string", "format": "duration", "default": "P14D"},
        {"type": "string", "pattern": "^[a-z ]*$", "default": "words"},
    ]
    parts = {f"field_{n:03}": {**kinds[n % len(kinds)], "title": f"Field {n}"} for n in range(FIELDS)}
    return {"type": "object", "properties": parts}


def form_times(tenant, runs: int) -> dict:
    from django.core.signals import request_finished, request_started
    from django.http import QueryDict
    from django.test import RequestFactory

    from tenancy import tenant_scope
    from tenancy.models import Tenant
    from tenancy.settings import registry
    from tenancy.settings.form.group_form import GroupForm
    from tenancy.settings.pages import GroupPage
    from tenancy.settings.targets import TenantTarget
    from tests.tenancy.settings.browserlike import controls

    class Page(GroupPage):
        """The whole page as a project mounts it, on the plain base template."""

        def target(self):
            return TenantTarget(Tenant.objects.get())

        def editor(self):
            return "staff"

        def index_url(self):
            return "/"

        def group_url(self, key):
            return f"/{key}/"

    group = registry.group("big")
    view, ask = Page.as_view(), RequestFactory().get("/big/")
    render, cpu, save = [], [], []
    for run in range(runs + 1):
        request_started.send(sender=None)
        with tenant_scope(tenant.pk):
            began, cpu_began = time.perf_counter(), time.process_time()
            page = view(ask, group="big").content.decode()
            render.append(time.perf_counter() - began)
            cpu.append(time.process_time() - cpu_began)
            data = QueryDict(mutable=True)
            for name, value in controls(page)[0]:
                data.appendlist(name, value)
            for number in range(0, FIELDS, 8):  # all texts change
                data[f"s.field_{number:03}"] = f"run {run}"
            began = time.perf_counter()
            target = TenantTarget(Tenant.objects.get())
            form = GroupForm(group, target.states(group), "staff", data)
            assert form.is_valid(), form.errors
            made = target.change(form.changes, expect=form.expect, by=None, editor="staff", source="form")
            save.append(time.perf_counter() - began)
            assert len(made.names) == FIELDS // 8
        request_finished.send(sender=None)
    return {  # the first run compiles templates and judges
        "render_ms": round(statistics.median(render[1:]) * 1000, 1),
        "render_cpu_ms": round(statistics.median(cpu[1:]) * 1000, 1),
        "save_ms": round(statistics.median(save[1:]) * 1000, 1),
        "first_render_ms": round(render[0] * 1000, 1),
        "html_bytes": len(page),
    }


def read_times(tenant) -> dict:
    from tenancy import tenant_scope
    from tenancy.models import Tenant

    with tenant_scope(tenant.pk):
        held = Tenant.objects.get()
        assert held.config.members.allowed_domains == ()
        number = 200_000
        seconds = min(timeit.repeat(lambda: held.config.members.allowed_domains, number=number, repeat=5))

        def fresh():
            held.__dict__.pop("_config", None)
            return held.config.members.allowed_domains

        first = min(timeit.repeat(fresh, number=200, repeat=3)) / 200
    return {"read_us": round(seconds / number * 1e6, 2), "first_read_with_its_query_us": round(first * 1e6, 1)}


def upgrade_times(tenants: int) -> dict:
    from tenancy import system_scope
    from tenancy.models import Tenant
    from tenancy.settings import register, registry
    from tenancy.settings.maintenance import upgrade_all

    schema = {"type": "object", "properties": {"name": {"type": "string", "default": ""}}}
    with system_scope(reason="bench"):
        Tenant.objects.bulk_create(
            Tenant(slug=f"bench-{n}", name=f"Bench {n}", settings={"old": {"v": 1, "values": {"name": f"n{n}"}}})
            for n in range(tenants)
        )
    group = register("old", schema, version=2)

    @group.upgrade(1)
    def louder(values: dict) -> dict:
        return {key: value.upper() for key, value in values.items()}

    began = time.perf_counter()
    walk = upgrade_all()
    seconds = time.perf_counter() - began
    assert (walk.changed, walk.failed) == (tenants, [])
    registry.remove("old")
    return {"tenants": tenants, "upgrade_seconds": round(seconds, 2), "tenants_per_second": round(tenants / seconds)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--out", default=str(ROOT / "bench/results/settings.json"))
    options = parser.parse_args()
    import psycopg

    from bench.database import bench_server

    address = bench_server()
    with psycopg.connect(address("postgres", ""), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE} OWNER toc_owner")
        version = server.execute("SHOW server_version").fetchone()[0]
    os.environ["DATABASE_URL"] = address(DATABASE, "toc_app")
    os.environ["DATABASE_OWNER_URL"] = address(DATABASE, "toc_owner")
    os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from tenancy.settings import register
    from tests.factories import make_tenant

    try:
        call_command("migrate", verbosity=0)
        register("big", big_group())
        tenant = make_tenant("bench", name="Bench")
        result = {
            "fields": FIELDS,
            **form_times(tenant, options.runs),
            **read_times(tenant),
            **upgrade_times(options.tenants),
        }
    finally:
        connections.close_all()
        with psycopg.connect(address("postgres", ""), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    result |= {
        "goals": {"render_ms": 200, "save_ms": 300, "read_us": 5, "upgrade_seconds": 60},
        "load_average": round(os.getloadavg()[0], 1),
        "postgresql": version,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "commit": commit.strip(),
    }
    Path(options.out).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
