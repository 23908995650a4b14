"""Runs the jobs of the queue until it is stopped."""

from __future__ import annotations

from typing import Any

import environ
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from psycopg.conninfo import conninfo_to_dict

from tenancy.conf import role_name
from tenancy.db.operations import has_wall_two


class Command(BaseCommand):
    help = (
        "Run queued jobs until stopped (Ctrl-C, SIGTERM: the running job is finished first).\n"
        "Listening for new jobs needs a direct connection: behind a transaction pooler set WORKER_DATABASE_URL."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what waits, then stop; schedules rest")
        parser.add_argument("--concurrency", type=int, default=1, help="jobs at a time (default 1)")

    def handle(self, *args: Any, once: bool, concurrency: int, **options: Any) -> None:
        from console.tasks import register_periodic

        if not once:
            register_periodic()
        connector = PsycopgConnector(kwargs=worker_connection())
        # Jobs ordered by jobs still go through Django's own connection, see console.tasks.manager().
        with app.replace_connector(connector) as worker:
            worker.run_worker(wait=not once, concurrency=concurrency, listen_notify=not once)
        connections.close_all()


def worker_connection() -> dict[str, Any]:
    """How the worker itself (not the bodies of jobs) reaches the queue's tables."""
    url = environ.Env().str("WORKER_DATABASE_URL", default="")
    if url:
        return conninfo_to_dict(url)
    params: dict[str, Any] = connector_params()
    if has_wall_two(connections["default"]):
        # The queue's tables are closed to the serving login; the worker has one of its own.
        params["user"] = role_name("worker")
        params.pop("cursor_factory", None)
    return params
