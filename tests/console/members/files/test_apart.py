"""A large spreadsheet is unpacked by a process of its own, and comes out as it does here."""

from __future__ import annotations

import subprocess

import pytest

from console.members import flow
from console.members.choices import Choices
from console.members.files import FileRefused, apart
from console.members.files.apart import read_sheet_apart
from console.members.files.sheets import read_sheet

from .test_workbooks import ANNA, book, repacked

ROWS = [[f"p{number}@x.test", "Anna", "Weiß 😀", "Mitglied", "ja", number, "=1+1"] for number in range(1_200)]


@pytest.fixture
def begun(monkeypatch):
    """Every file counts as large; the processes that were started."""
    monkeypatch.setattr(apart, "LARGE", 0)
    popen, started = subprocess.Popen, []

    def start(*args, **kwargs):
        started.append(popen(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def stored(tmp_path, content):
    path = tmp_path / "people.xlsx"
    path.write_bytes(content)
    return path


def test_the_records_are_the_same(begun, tmp_path):
    wide = ["x"] * 2_000
    path = stored(tmp_path, book(*ROWS, wide, ANNA))
    records = list(read_sheet_apart(path))
    assert records == list(read_sheet(path))
    assert len(records) == len(ROWS) + 3
    assert records[-2].problem.code == "too_many_columns"
    assert [process.returncode for process in begun] == [0]


def test_small_files_start_no_process(begun, tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "LARGE", 1 << 20)
    path = stored(tmp_path, book(ANNA))
    assert list(read_sheet_apart(path)) == list(read_sheet(path))
    assert begun == []


def test_what_is_refused_here_is_refused_in_the_same_words(begun, tmp_path):
    path = stored(tmp_path, repacked(book(*ROWS), sheet1=lambda data: data[: len(data) // 2]))
    refused = []
    for read in (read_sheet, read_sheet_apart):
        with pytest.raises(FileRefused) as caught:
            list(read(path))
        refused.append((caught.value.code, caught.value.reason, caught.value.remedy))
    assert refused[0] == refused[1]
    assert len(begun) == 1


def test_the_process_ends_when_nobody_wants_the_rest(begun, tmp_path):
    records = read_sheet_apart(stored(tmp_path, book(*ROWS)))
    next(records)
    assert begun[0].poll() is None or begun[0].returncode == 0
    records.close()
    assert begun[0].returncode is not None


def test_a_lost_process_is_no_end_of_the_file(begun, tmp_path):
    records = read_sheet_apart(stored(tmp_path, book(*ROWS * 60)))
    next(records)
    begun[0].kill()
    with pytest.raises(RuntimeError, match="ended with -9"):
        list(records)


def test_the_engine_reads_large_spreadsheets_that_way(begun, tmp_path, tenant_a, kept_files):
    path = stored(tmp_path, book(*([*row[:6], "Kassiererin"] for row in ROWS)))
    item = flow.import_file(tenant_a, path, by=None, choices=Choices())
    assert (item.state, item.applied["new"]) == ("done", len(ROWS))
    assert len(begun) == 1
