"""What `make run` does after the installation: database, demo data, web server and worker, until Ctrl-C."""

from __future__ import annotations

import contextlib
import io
import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from console.database import embedded_server
from console.demo import logins
from console.run import Child, Supervisor, free_port
from tenancy import system_scope
from tenancy.models import Tenant


class Command(BaseCommand):
    help = (
        "Serve the console on this machine: migrate, fill an empty database with demo data, start the web server and "
        "the worker, print the address and the demo logins. Ctrl-C stops all of it, the embedded database included."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port",
            type=int,
            default=int(os.environ.get("PORT", "8000")),
            help="port on 127.0.0.1 (default: $PORT or 8000); the next free one if it is taken",
        )

    def handle(self, *, port: int, **options: Any) -> None:
        supervisor = Supervisor(self.stdout.write)
        with contextlib.suppress(KeyboardInterrupt):
            try:
                self.serve(supervisor, free_port(port))
            finally:
                supervisor.stop()
                connections.close_all()
                if server := embedded_server():
                    server.stop()

    def serve(self, supervisor: Supervisor, port: int) -> None:
        # Links in mails lead to this port. The demo's staff need no second factor; a deployment's do (accounts.E001).
        shared = (
            ("BASE_URL", os.environ.get("BASE_URL", f"http://localhost:{port}")),
            ("STAFF_SECOND_FACTOR", os.environ.get("STAFF_SECOND_FACTOR", "False")),
        )
        bind = (("BIND", f"127.0.0.1:{port}"), ("WEB_CONCURRENCY", os.environ.get("WEB_CONCURRENCY", "1")))
        web = ("-m", "gunicorn", "--config", "python:console.gunicorn_local", "console.wsgi")
        supervisor.start(Child("web server", web, (*shared, *bind)))
        self.migrate()
        supervisor.release()
        supervisor.wait_until_served(port, "/accounts/login/")
        self.stdout.write(f"\nThe console is on http://localhost:{port}/ (Ctrl-C stops it)")
        self.fill_if_empty()
        connections.close_all()
        self.print_logins()
        supervisor.start(Child("worker", ("manage.py", "worker"), shared))
        supervisor.run()

    def migrate(self) -> None:
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)

    def fill_if_empty(self) -> None:
        with system_scope(reason="first start"):
            is_empty = not Tenant.objects.exists()
        if is_empty:
            self.stdout.write("Filling the empty database with demo data")
            call_command("seed_demo", stdout=io.StringIO())

    def print_logins(self) -> None:
        self.stdout.write(logins())
        self.stdout.flush()
