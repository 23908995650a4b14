"""Two addresses for the machines that watch: is the process alive, and may it get traffic?"""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pii.exceptions import PiiError
from pii.tombstones import journal_ahead
from tenancy import identity_scope, system_scope

logger = logging.getLogger(__name__)
_migrated = False  # stays true for this process: its code does not change, and databases only move forward


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated and holds the queue; 503 with the failing one named, never why."""
    checks = {
        "database": database_answers,
        "migrations": is_migrated,
        "queue": queue_is_reachable,
        "erasures": is_replayed,
    }
    results: dict[str, bool] = {}
    for name, check in checks.items():
        try:
            results[name] = check()
        except (DatabaseError, PiiError) as error:
            logger.error("readiness: %s failed with %s", name, type(error).__name__)
            results[name] = False
    return JsonResponse({"ready": all(results.values()), **results}, status=200 if all(results.values()) else 503)


def database_answers() -> bool:
    with identity_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def is_migrated() -> bool:
    global _migrated
    if not _migrated:
        with identity_scope():
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def queue_is_reachable() -> bool:
    with system_scope(reason="readiness"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM procrastinate_jobs LIMIT 1) AS probe")
        return cursor.fetchone() is not None


def is_replayed() -> bool:
    """False after a restore, until the erasures that the backup does not know were repeated (`pii_replay`)."""
    return journal_ahead() == 0


urlpatterns = [path("healthz", alive, name="healthz"), path("readyz", ready, name="readyz")]
