"""gunicorn under `make run`: imports everything while the database is made ready, and serves when it is."""

import sys
from typing import Any

from console.gunicorn import *  # noqa: F403

timeout = 600  # the wait below counts as silence


def post_worker_init(worker: Any) -> None:
    """The supervisor closes our standard input when there is something to serve."""
    from django.urls import get_resolver

    assert get_resolver().url_patterns  # imported now, not by the first request
    sys.stdin.read()
