"""Real clients through pgbouncer in transaction mode: nothing of one tenant reaches the next on the same server."""

from __future__ import annotations

import json
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction

from tenancy import system_scope, tenant_scope
from tests.testapp.models import Customer

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WHO = "SELECT current_user::text, coalesce(current_setting('tenancy.tenant', true), '')"

pytestmark = [
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(PGBOUNCER is None, reason="needs the program pgbouncer (Debian: apt install pgbouncer)"),
]


@pytest.fixture
def customers(tenant_a, tenant_b):
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            Customer.objects.bulk_create(Customer(name=f"{tenant.slug} {n}") for n in range(25))
    return tenant_a, tenant_b


@pytest.fixture
def pooler(customers, tmp_path):
    """The port of a pgbouncer with two servers for all clients, before the test's database."""
    at = connection.settings_dict
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Not as root; and whoever runs it must be able to enter the folder of the server's socket.
    user = pwd.getpwuid(Path(at["HOST"]).stat().st_uid).pw_name if at["HOST"].startswith("/") else "nobody"
    password = f" password={at['PASSWORD']}" if at["PASSWORD"] else ""
    config = tmp_path / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n* = host={at['HOST']} port={at['PORT'] or 5432} user={at['USER']}{password}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 200\n"
        + (f"user = {user}\n" if os.geteuid() == 0 else "")
    )
    process = subprocess.Popen([PGBOUNCER, str(config)], stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                assert process.poll() is None, process.stderr.read()
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def through_the_pooler(pooler):
    """Every connection that opens during the test goes through the pooler, with the documented settings."""
    at = connection.settings_dict
    before = {name: at.get(name) for name in ("HOST", "PORT", "DISABLE_SERVER_SIDE_CURSORS")}
    connection.close()
    at.update(HOST="127.0.0.1", PORT=pooler, DISABLE_SERVER_SIDE_CURSORS=True)
    yield pooler
    connection.close()
    at.update(before)


def names():
    return {name.split()[0] for name in Customer.objects.values_list("name", flat=True)}


def told():
    with connection.cursor() as cursor:
        cursor.execute(WHO)
        return cursor.fetchone()


def one_step(choice, tenant):
    """Something that a request does; the answer is checked where it is given."""
    if choice == "outside":
        assert told() == ("toc_identity", "")
    elif choice == "system":
        with system_scope(reason="test"):
            assert names() >= {"northwind", "contoso"}
    elif choice == "write":
        with tenant_scope(tenant), transaction.atomic():
            Customer.objects.filter(name=f"{tenant.slug} 1").update(secret=tenant.slug)
            assert names() == {tenant.slug}
    elif choice == "rollback":
        with tenant_scope(tenant), transaction.atomic():
            Customer.objects.update(secret="never")
            with transaction.atomic():
                assert names() == {tenant.slug}
            transaction.set_rollback(True)
    elif choice == "error":
        with pytest.raises(ProgrammingError), tenant_scope(tenant), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
    elif choice == "error in a transaction":
        with tenant_scope(tenant), transaction.atomic():
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT nothing FROM nowhere")
            assert names() == {tenant.slug}
    elif choice == "chunks":
        with tenant_scope(tenant):
            assert {c.name.split()[0] for c in Customer.objects.iterator(chunk_size=4)} == {tenant.slug}
    elif choice == "hang up":
        with tenant_scope(tenant):
            transaction.set_autocommit(False)
            assert names() == {tenant.slug}
            connection.connection.pgconn.finish()  # in the middle of a transaction
            connection.close()
    else:
        with tenant_scope(tenant):
            assert told() == ("toc_tenant", str(tenant.pk))
            assert names() == {tenant.slug}


CHOICES = (
    "outside",
    "system",
    "write",
    "rollback",
    "error",
    "error in a transaction",
    "chunks",
    "hang up",
    "read",
    "read",
)


def busy(tenants, seed, steps):
    """One client: tenants alternate, and what it does is drawn."""
    draw = random.Random(seed)
    try:
        for n in range(steps):
            one_step(draw.choice(CHOICES), tenants[n % 2])
    finally:
        connections.close_all()
    return steps


def stranger(port):
    """What a client that says nothing finds on whatever server the pooler gives it."""
    with psycopg.connect(
        host="127.0.0.1", port=port, user="toc_app", dbname=connection.settings_dict["NAME"], autocommit=True
    ) as driver:
        return driver.execute(WHO).fetchone()


def test_threads_share_two_servers_and_nothing_else(customers, through_the_pooler):
    with ThreadPoolExecutor(8) as pool:
        clients = [pool.submit(busy, customers[:: 1 if seed % 2 else -1], seed, 40) for seed in range(8)]
        watchers = [pool.submit(stranger, through_the_pooler) for _ in range(20)]
        assert [client.result(120) for client in clients] == [40] * 8
    assert {watcher.result() for watcher in watchers} == {("toc_app", "")}


def test_processes_share_two_servers_and_nothing_else(customers, pooler):
    at = connection.settings_dict
    address = f"postgres://{at['USER']}@127.0.0.1:{pooler}/{at['NAME']}?DISABLE_SERVER_SIDE_CURSORS=true"
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    argv = json.dumps([[str(tenant.pk), tenant.slug] for tenant in customers])
    script = (
        "import json, sys, types, uuid, django; django.setup()\n"
        "from tests.tenancy.test_pooler import busy\n"
        "from tenancy.models import Tenant\n"
        "tenants = [Tenant(pk=uuid.UUID(pk), slug=slug) for pk, slug in json.loads(sys.argv[1])]\n"
        "print(busy(tenants, int(sys.argv[2]), 60))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, argv, str(seed)],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in range(3)
    ]
    for process in running:
        out, err = process.communicate(timeout=180)
        assert (process.returncode, out.strip()) == (0, "60"), err[-2000:]
    assert {stranger(pooler) for _ in range(4)} == {("toc_app", "")}


def test_this_drill_sees_a_setting_that_outlives_its_transaction(customers, pooler):
    """What a scope set for the session would do: the next client of the server finds it."""
    with psycopg.connect(
        host="127.0.0.1", port=pooler, user="toc_app", dbname=connection.settings_dict["NAME"], autocommit=True
    ) as driver:
        driver.execute("SET ROLE toc_tenant")
        driver.execute(f"SET tenancy.tenant = '{customers[1].pk}'")
    assert stranger(pooler) == ("toc_tenant", str(customers[1].pk))
