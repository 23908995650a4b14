"""Where the database is: an embedded server of our own, or DATABASE_URL."""

from typing import Any

import environ


def databases(env: environ.Env) -> dict[str, dict[str, Any]]:
    """The DATABASES setting."""
    return {"default": env.db("DATABASE_URL")}
