"""Workbooks whose package or XML is made to fill memory, to never end, or to say what is not so."""

from __future__ import annotations

import datetime
import io
import random
import re
import zipfile

import pytest

from console.members.files import FileRefused

from .helpers import codes, look, rows_of, values
from .test_workbooks import ANNA, book, repacked, shared


def test_rows_of_one_number_are_rows_of_their_own(tmp_path):
    content = book(ANNA, ["ben@x.test", "Ben"], ["cy@x.test", "Cy"])
    content = repacked(content, sheet1=lambda xml: re.sub(rb'<row r="[34]"', b'<row r="2"', xml))
    found = [(row.line, row.key) for row in rows_of(tmp_path, content)]
    assert found == [(2, "anna@x.test"), (3, "ben@x.test"), (4, "cy@x.test")]


def test_a_day_behind_the_end_of_time_stays_a_number(tmp_path):
    content = repacked(
        book([*ANNA[:6], datetime.date(2026, 3, 1)]),
        workbook=lambda xml: re.sub(rb"<workbookPr(?=[ />])", b'<workbookPr date1904="1" ', xml),
        sheet1=lambda xml: re.sub(rb"<v>46082</v>", b"<v>2958465</v>", xml),
    )
    assert values(rows_of(tmp_path, content))[0][5] == "2958465"


NOISE = b" < " + bytes(random.Random(1).choices(b"abcdefghijklmnopqrstuvwxyz <", k=3_000_000))
BOMBS = {
    "elements inside one another": lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b"<a>" * 500_000),
    "a comment without end": lambda xml: xml.replace(b"<sheetData>", b"<!--" + NOISE + b"--><sheetData>"),
    "an instruction without end": lambda xml: xml.replace(b"<sheetData>", b"<?a " + NOISE + b"?><sheetData>"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_what_the_parser_would_have_to_remember_is_bounded(tmp_path, kind):
    with pytest.raises(FileRefused) as refused:
        rows_of(tmp_path, repacked(book(ANNA), sheet1=BOMBS[kind]))
    assert refused.value.code in ("zip_bomb", "cell_too_long")


@pytest.mark.parametrize("part", ["sharedStrings", "styles", "workbook"])
def test_no_part_may_nest_without_end(tmp_path, part):
    content = repacked(shared(book(ANNA)), **{part: lambda xml: xml.replace(b"><", b">" + b"<a>" * 500 + b"<", 1)})
    with pytest.raises(FileRefused) as refused:
        rows_of(tmp_path, content)
    assert refused.value.code == "zip_bomb"


def test_a_list_of_parts_without_end_is_refused_unread(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(22_000):
            archive.writestr(f"{number:060}", b"")
    with pytest.raises(FileRefused, match="lists more than") as refused:
        look(tmp_path, packed.getvalue())
    assert refused.value.code == "zip_bomb"


def entry_of(content, name):
    """Where the list of parts tells of a part."""
    entries = [found.start() for found in re.finditer(rb"PK\x01\x02", bytes(content))]
    return next(at for at in entries if name in content[at + 46 : at + 80])


def test_parts_that_claim_more_bytes_than_the_file_has_are_refused(tmp_path):
    content = bytearray(book(ANNA))
    entry = entry_of(content, b"theme")
    content[entry + 20 : entry + 24] = (10_000_000).to_bytes(4, "little")
    with pytest.raises(FileRefused) as refused:
        rows_of(tmp_path, bytes(content))
    assert refused.value.code == "damaged"


def test_a_part_that_unpacks_to_more_than_it_said_is_damaged(tmp_path):
    content = bytearray(repacked(book(ANNA), sheet1=lambda data: data + b" " * 5_000_000))
    entry = entry_of(content, b"sheet1")
    for at in (entry + 24, int.from_bytes(content[entry + 42 : entry + 46], "little") + 22):
        content[at : at + 4] = (500).to_bytes(4, "little")
    with pytest.raises(FileRefused) as refused:
        rows_of(tmp_path, bytes(content))
    assert refused.value.code == "damaged"


def test_more_texts_than_a_workbook_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("console.members.files.strings.MAX_XLSX_TEXTS", 5)
    with pytest.raises(FileRefused, match="different texts"):
        rows_of(tmp_path, shared(book(ANNA)))


def test_a_row_of_long_texts_is_refused_alone(tmp_path):
    rows = rows_of(tmp_path, shared(book(ANNA, ["b@x.test", *["x" * 30_000] * 10], ["c@x.test", "C"])))
    assert codes(rows) == ["line_too_long"]
    assert [row[0] for row in values(rows)] == ["anna@x.test", "c@x.test"]
