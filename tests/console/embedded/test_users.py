"""The embedded server under the two kinds of user that start it: root, and anybody else."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.embedded.account import Account, server_account
from console.embedded.binaries import Binaries, find_binaries, readable_by
from console.embedded.exceptions import EmbeddedError
from console.embedded.server import EmbeddedServer

from .conftest import ROOT, postmaster_pid, spawn_user

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which may become somebody else")


@only_root
def test_root_lends_the_server_an_account_that_need_not_reach_the_folder(start_server, tmp_path):
    tmp_path.chmod(0o700)
    server = start_server()
    status = Path(f"/proc/{postmaster_pid(server)}").stat()
    assert status.st_uid == server.data.stat().st_uid != 0
    assert not Account(status.st_uid, status.st_gid).reaches(server.data)
    environment = Path(f"/proc/{postmaster_pid(server)}/environ").read_bytes()
    assert b"SECRET" not in environment
    assert b"HOME" not in environment
    folder = Path(server.host).stat()
    assert (stat.S_IMODE(folder.st_mode), folder.st_uid) == (0o700, status.st_uid)


@only_root
def test_a_folder_keeps_its_account_when_root_comes_later(tmp_path):
    nobody = pwd.getpwnam("nobody")
    data = tmp_path / "postgres"
    data.mkdir()
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    assert server_account(data).uid == nobody.pw_uid


@only_root
def test_binaries_are_copied_with_their_libraries_where_the_account_can_read_them(tmp_path, monkeypatch):
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid)
    original = find_binaries()
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    package = original.prefix.parent
    shutil.copytree(original.prefix, hidden / package.name / original.prefix.name)
    shutil.copytree(package.with_name(f"{package.name}.libs"), hidden / f"{package.name}.libs")
    unreadable = Binaries("18", hidden / package.name / original.prefix.name)
    copies = Path("/var/tmp") / f"toc-test-{os.getpid()}"
    copies.mkdir(mode=0o755)
    monkeypatch.setattr("console.embedded.binaries.COPIES", copies)
    try:
        assert not account.reaches(Path(unreadable.program("postgres")))
        copied = readable_by(unreadable, account)
        assert copied.prefix.is_relative_to(copies)
        assert account.reaches(Path(copied.program("postgres")))
        assert readable_by(unreadable, account) == copied  # not once more
        options = account.process_options()
        done = subprocess.run([copied.program("psql"), "--version"], capture_output=True, text=True, **options)
        assert done.stdout.startswith("psql (PostgreSQL) 18.")
        os.chown(copied.prefix.parent.parent, nobody.pw_uid, nobody.pw_gid)
        with pytest.raises(EmbeddedError, match="somebody else"):
            readable_by(unreadable, account)
    finally:
        shutil.rmtree(copies)


@only_root
def test_an_ordinary_user_starts_it_under_the_own_account_in_a_path_with_a_space(checkout):
    data = checkout / "var" / "postgres"
    user = spawn_nobody(checkout, data)
    first = user.stdout.readline().strip()
    assert first, user.communicate()[1]
    assert Path(f"/proc/{first}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    root = EmbeddedServer(data, linger=0.2)
    root.ensure()  # finds it
    assert postmaster_pid(root) == int(first)
    user.communicate()
    assert root.stop()


@only_root
def test_an_ordinary_user_is_told_when_the_folder_is_roots(checkout):
    server = EmbeddedServer(checkout / "roots" / "postgres", linger=0.2)
    server.ensure()
    _, error = spawn_nobody(checkout, server.data).communicate()
    assert server.stop()
    assert "belongs to another user" in error


@pytest.fixture
def checkout():
    """The package and the wheel where everybody can read them, wherever this checkout and its virtualenv are."""
    nobody = pwd.getpwnam("nobody")
    folder = Path("/var/tmp") / f"toc test {os.getpid()}"
    original = find_binaries().prefix
    shutil.copytree(ROOT / "console" / "embedded", folder / "console" / "embedded")
    shutil.copy(ROOT / "console" / "__init__.py", folder / "console")
    shutil.copytree(original, folder / original.parent.name / original.name)
    shutil.copytree(original.parent.with_name(f"{original.parent.name}.libs"), folder / f"{original.parent.name}.libs")
    (folder / original.parent.name / "__init__.py").touch()
    (folder / "var").mkdir()
    os.chown(folder / "var", nobody.pw_uid, nobody.pw_gid)
    yield folder
    shutil.rmtree(folder)


def spawn_nobody(checkout: Path, data: Path) -> subprocess.Popen[str]:
    identity = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        with contextlib.suppress(OSError):
            subprocess.run([python, "--version"], check=True, capture_output=True, cwd="/", **identity)
            return spawn_user(data, python=python, code=checkout, cwd="/", **identity)
    pytest.skip("no Python that other users can run")
