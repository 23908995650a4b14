"""Helps the planner where it cannot know better: freshly staged rows have no statistics."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connection


@contextlib.contextmanager
def hashed_joins() -> Iterator[None]:
    """Keep the planner from nested loops: rows staged a moment ago have no statistics, and it takes them for few.

    (ANALYZE would need ownership of the table.) Only for joins of the staged rows with themselves or with one tenant's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")  # after an error the rollback does it
