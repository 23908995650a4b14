"""The streamed workbook: read back as it was written, over several sheets, by ourselves too, in little memory."""

from __future__ import annotations

import io
import tracemalloc

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.workspace.workbook_stream import MAX_CELL, stream_workbook


def book(lines, columns=("a", "b")):
    return openpyxl.load_workbook(io.BytesIO(b"".join(stream_workbook("Contacts", columns, lines))))


def values(sheet):
    return [tuple(cell.value or "" for cell in row) for row in sheet.iter_rows()]


def test_it_is_read_back_as_it_was_written():
    lines = [("=1+1", "<&>\"'"), (" blanks ", "line\nbreak"), ("Zoë", "😀"), ("007", "2024-01-01")]
    [sheet] = book(lines).worksheets
    assert sheet.title == "Contacts"
    assert values(sheet) == [("a", "b"), *lines]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}


def test_nobody_is_a_sheet_with_names_of_columns():
    assert values(book([]).active) == [("a", "b")]


@pytest.mark.parametrize(
    ("rows", "sheets"), [(8, [9]), (9, [10]), (10, [10, 2]), (27, [10, 10, 10]), (28, [10, 10, 10, 2])]
)
def test_what_a_sheet_cannot_hold_goes_on_in_the_next(monkeypatch, rows, sheets):
    monkeypatch.setattr("console.workspace.workbook_stream.MAX_ROWS", 10)
    made = book([(str(number), "x") for number in range(rows)])
    assert [len(values(sheet)) for sheet in made.worksheets] == sheets
    assert [row[0] for sheet in made.worksheets for row in values(sheet)[1:]] == [str(n) for n in range(rows)]
    assert len({sheet.title for sheet in made.worksheets}) == len(sheets)


@given(st.text(max_size=30))
def test_any_text_makes_a_workbook_that_opens(text):
    [_names, (first, _second)] = values(book([(text, "x")]).active)
    assert set(first) <= set(text) | set("\n\r_x0123456789ABCDEFabcdef")


def test_a_cell_is_cut_where_the_format_ends_it():
    assert len(values(book([("x" * 40_000, "y")]).active)[1][0]) == MAX_CELL


def test_it_needs_the_memory_of_a_batch():
    def lines():
        for number in range(60_000):
            yield (f"Name {number}", "some company or other")

    tracemalloc.start()
    size = sum(len(part) for part in stream_workbook("Contacts", ("a", "b"), lines()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 150_000
    assert peak < 2_000_000
