"""gunicorn's configuration: `gunicorn -c python:console.gunicorn console.wsgi`; tuned by environment variables."""

import os

from console.logs import logging_config

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A killed or stuck worker is replaced; a slow export has time to finish when the server is asked to stop.
timeout = int(os.environ.get("WEB_TIMEOUT", "60"))
graceful_timeout = 30
# Recycled now and then, so that a leak in a library never grows without end.
max_requests, max_requests_jitter = 10_000, 1_000
# Heartbeats belong in memory: a slow disk must not make gunicorn kill healthy workers.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
# Requests are logged by the application, with their request id.
accesslog = None
control_socket_disable = True  # its place is one per user, which two installations would fight over
logconfig_dict = logging_config(
    human=os.environ.get("DEBUG", "true").lower() in ("1", "true", "yes", "on"),
    level=os.environ.get("LOG_LEVEL", "INFO"),
)
