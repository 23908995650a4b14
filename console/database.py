"""Where the database is: an embedded server of our own, or DATABASE_URL."""

import os
from typing import Any

import environ


def databases(env: environ.Env) -> dict[str, dict[str, Any]]:
    """The DATABASES setting."""
    return {"default": {**env.db("DATABASE_URL"), "ENGINE": "tenancy.db.postgresql"}}


def owner_database() -> dict[str, Any] | None:
    """The owner's connection."""
    url = os.environ.get("DATABASE_OWNER_URL")
    return dict(environ.Env.db_url_config(url)) if url else None
