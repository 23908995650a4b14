"""Whether a policy in the database still says what was declared: PostgreSQL gives its expressions back re-written."""

from __future__ import annotations

import re


def same_rows(present: str, declared: str) -> bool:
    """Whether an expression that `pg_get_expr` shows is the declared one."""
    return _plain(present) == _plain(declared)


def _plain(text: str) -> str:
    # No declared expression holds OR or NOT, so that parentheses decide nothing in it.
    text = re.sub(r" AS \"?\w+\"?(?=\))", "", text)
    text = re.sub(r'::text|[\s()"]', "", text).lower()
    return re.sub(r"=anyarray\[(.*?)\]", r"in\1", text)
