"""The development key: one per clone, whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from console.keys import development_keys


def test_racing_processes_agree_on_one_key(tmp_path):
    make = development_keys.__wrapped__
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: make(tmp_path / "var"), range(8)))
    assert len(found) == 1
    assert (tmp_path / "var" / "field-encryption.key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in (tmp_path / "var").iterdir()] == ["field-encryption.key"]
