"""Servers in temporary folders that are stopped whatever the test does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.embedded.server import EmbeddedServer

ROOT = Path(__file__).resolve().parents[3]
USER = """
import sys
from pathlib import Path
from console.embedded.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), linger=0.2)
server.ensure()
print((server.data / "postmaster.pid").read_text().split()[0], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def start_server(tmp_path):
    """Make servers under a path with a space; durable, since that is what is tested."""
    made: list[EmbeddedServer] = []

    def start(name: str = "a clone", **options) -> EmbeddedServer:
        server = EmbeddedServer(tmp_path / name / "var" / "postgres", linger=0.2, **options)
        server.ensure()
        made.append(server)
        return server

    yield start
    for server in made:
        server.stop()


def spawn_user(data: Path, **options) -> subprocess.Popen[str]:
    """Another real process that uses the server, until its standard input is closed; prints the postmaster's pid."""
    return subprocess.Popen(
        [options.pop("python", sys.executable), "-c", USER, str(data)],
        cwd=options.pop("cwd", ROOT),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(options.pop("code", ROOT))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def postmaster_pid(server: EmbeddedServer) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])
