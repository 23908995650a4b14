"""The legacy project in a folder, a database and processes of its own; the guide's blocks, read from docs/adopt.md."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.db import connection as django_connection

from tenancy.conf import role_name
from tenancy.db import owner

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/adopt.md"
TABLES = ("company", "project", "label", "task", "task_labels", "comment", "invoice", "payment")


def owner_settings():
    """Where the tests' server is and who may create databases there."""
    with_owner = owner.conf.load("OWNER_DATABASE")()
    return {key: str(with_owner.get(key) or "") for key in ("HOST", "PORT", "USER", "PASSWORD")}


def connect(name="postgres"):
    """A connection as the owner, to look at what the project's processes did."""
    given = owner_settings()
    return psycopg.connect(
        dbname=name,
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        user=given["USER"],
        password=given["PASSWORD"] or None,
        autocommit=True,
    )


@dataclass
class LegacyProject:
    """A copy of tests/legacy with its own database. `python` runs its commands; `environment` is theirs."""

    folder: Path
    database: str
    python: str = sys.executable
    environment: dict = field(default_factory=dict)

    @classmethod
    def copy(cls, folder, database):
        shutil.copytree(ROOT / "tests/legacy", folder, ignore=shutil.ignore_patterns("__pycache__", "conftest.py"))
        given = owner_settings()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "DATABASE_"))}
        environment |= {
            "PGDATABASE": database,
            "PGUSER": given["USER"],
            "PGPASSWORD": given["PASSWORD"],
            "PGHOST": given["HOST"],
            "PGPORT": given["PORT"],
            "ROLE_PREFIX": role_name("owner").removesuffix("_owner"),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default",
        }
        return cls(Path(folder), database, environment=environment)

    def popen(self, *arguments, **options):
        return subprocess.Popen(
            [self.python, "manage.py", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def manage(self, *arguments, code=0):
        """Run a management command; fails unless it exits with `code`."""
        process = self.popen(*arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, f"{arguments} exited with {process.returncode}\n{out}\n{err}"
        return out

    def manage_each(self, *commands):
        """Several commands in one process, which starts faster than several."""
        calls = "".join(f"call_command(*{command!r})\n" for command in commands)
        self.run_python("import django\ndjango.setup()\nfrom django.core.management import call_command\n" + calls)

    def run_python(self, code):
        """Run code in the project; returns what it printed."""
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "legacysite.settings"}
        done = subprocess.run(
            [self.python, "-c", code], cwd=self.folder, env=environment, text=True, capture_output=True
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def shell(self, line):
        """Run one line of the guide; what it exports stays."""
        kept = self.folder / ".environment"
        done = subprocess.run(
            ["bash", "-c", f"set -e\n{line}\nenv -0 > {kept}"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"$ {line}\nexit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        pairs = (entry.partition("=") for entry in kept.read_text().split("\0") if entry)
        self.environment = {name: value for name, _, value in pairs if name not in ("_", "SHLVL", "PWD", "OLDPWD")}
        return done.stdout

    def patch(self, diff):
        done = subprocess.run(
            ["patch", "-p1", "--no-backup-if-mismatch"], cwd=self.folder, input=diff, text=True, capture_output=True
        )
        assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{diff}"

    def edit(self, *steps):
        """Apply the guide's edits: install, models, observe, fix, enforce, walls."""
        diffs = dict(zip(("install", "models", "observe", "fix", "enforce", "walls"), blocks("diff"), strict=True))
        for step in steps:
            self.patch(diffs[step])

    def query(self, sql, *parameters):
        with connect(self.database) as connection:
            return connection.execute(sql, parameters).fetchall()

    @contextmanager
    def writers(self, journal="journal"):
        """Two people at work beside the block; stopped politely at its end."""
        started = self.start_writers(journal)
        try:
            yield
        finally:
            stop_writers(started)

    def start_writers(self, journal="journal"):
        return [self.popen("keep_writing", str(number), f"{journal}{number}") for number in (1, 2)]

    def journal(self):
        return [
            json.loads(line) for path in sorted(self.folder.glob("journal*")) for line in path.read_text().splitlines()
        ]


def stop_writers(processes):
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, f"a writer failed:\n{out}\n{err}"


def blocks(kind=""):
    """The fenced blocks of the guide, in order: (kind, text) pairs, or the texts of one kind."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    return [text for name, text in found if name == kind] if kind else found


def create_database(name, template=None):
    with connect() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))


def drop_database(name):
    with connect() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def database_prefix():
    """Unique per worker of a parallel run."""
    return f"{django_connection.settings_dict['NAME']}_legacy"
