"""Sees, during every test, which statements the product sends without a scope: a page, a job or a command of ours."""

from __future__ import annotations

import sys
from pathlib import Path

from tenancy import current_scope
from tenancy.scope import ScopeKind

ROOT = Path(__file__).resolve().parents[1]
# Where the product begins to run: what a test does before it is the test's own.
ENTRIES = {
    "django/core/handlers/base.py": "a request",
    f"{ROOT}/tenancy/jobs.py": "a job",
    f"{ROOT}/tenancy/management/": "a command",
    f"{ROOT}/pii/management/": "a command",
    f"{ROOT}/console/management/": "a command",
}
TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")


class Watch:
    """An execute wrapper that remembers what it should not have seen."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __call__(self, execute, sql, params, many, context):
        if current_scope().kind is ScopeKind.NONE and not str(sql).startswith(TRANSACTIONS):
            carries = getattr(context["connection"].connection, "carries_scope", False)
            entry = who_runs() if carries else None
            if entry:
                self.found.append(f"{entry}: {str(sql)[:200]}")
        return execute(sql, params, many, context)


def who_runs():
    """What the running code is part of; None for a test's own code."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(f"{ROOT}/tests/"):
            return None  # nearer than any entry: a test's view, job or command
        for entry, word in ENTRIES.items():
            if entry in name:
                return f"{word} ({name.removeprefix(str(ROOT))}, {frame.f_code.co_name})"
        frame = frame.f_back
    return None
