"""XLSX files: good ones, odd ones and bombs."""

from __future__ import annotations

import datetime
import io
import random
import re
import zipfile

import openpyxl
import pytest

from console.members.files import FileRefused
from console.members.files.strings import SharedStrings

from .helpers import codes, look, rows_of, values

HEAD = ["E-Mail", "Vorname", "Nachname", "Rolle", "Aktiv", "Personalnummer", "Titel"]


def book(*rows, before=(), hidden=False):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in [*before, HEAD, *rows]:
        sheet.append(list(row))
    if hidden:
        workbook.create_sheet("Leute", 0).append(["x"])
        workbook.worksheets[0].sheet_state = "hidden"
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def shared(content):
    """The same workbook with its texts in one table, as Excel writes them (openpyxl writes them into the cells)."""
    texts: list[bytes] = []

    def number(match):
        texts.append(match.group(1))
        return b' t="s"><v>%d</v>' % (len(texts) - 1)

    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = re.sub(rb' t="inlineStr"><is><t>([^<]*)</t></is>', number, data)
            if name == "xl/_rels/workbook.xml.rels":
                kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
                link = b'<Relationship Type="' + kind + b'" Target="sharedStrings.xml" Id="rId99"/></Relationships>'
                data = data.replace(b"</Relationships>", link)
            archive.writestr(name, data)
        table = b"".join(b"<si><t>" + text + b"</t></si>" for text in texts)
        space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        archive.writestr("xl/sharedStrings.xml", b'<sst xmlns="' + space + b'">' + table + b"</sst>")
    return target.getvalue()


def repacked(content, **parts):
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            change = parts.get(name.rpartition("/")[2].partition(".")[0])
            archive.writestr(name, change(source.read(name)) if change else source.read(name))
    return target.getvalue()


ANNA = ["anna@x.test", "Anna", "Weiß", "Mitglied", "ja", 1000, "Kassiererin"]


def test_cells_come_out_as_they_are_seen(tmp_path):
    day = datetime.date(2026, 3, 1)
    content = book(
        ANNA, ["b@x.test", "Ben", "Öz", "Admin", True, 12.5, day], ["c@x.test", "Cy"], before=[["Liste"], []]
    )
    assert values(rows_of(tmp_path, content)) == [
        ("anna@x.test", "Anna Weiß", "member", True, "1000", "Kassiererin"),
        ("b@x.test", "Ben Öz", "admin", True, "12.5", "2026-03-01"),
        ("c@x.test", "Cy", None, None, None, None),
    ]
    assert look(tmp_path, content).header_line == 3
    assert values(rows_of(tmp_path, shared(content))) == values(rows_of(tmp_path, content))


def test_the_first_visible_sheet_is_read_and_another_can_be_named(tmp_path):
    content = book(ANNA, hidden=True)
    assert look(tmp_path, content).sheet == "Sheet"
    with pytest.raises(FileRefused, match="no sheet"):
        look(tmp_path, content, sheet="Leute")


def test_a_formula_is_refused_in_its_cell(tmp_path):
    rows = rows_of(tmp_path, book(ANNA, ['=A2&"x"', "B", "C"], ["d@x.test", "=1+1", "D"]))
    assert [(row.line, row.problems[0].column, row.problems[0].code) for row in rows if row.problems] == [
        (3, "E-Mail", "formula"),
        (4, "Vorname", "formula"),
    ]


def test_a_formula_whose_result_was_saved_counts_as_what_people_see(tmp_path):
    content = book(["=A9", *ANNA[1:]])
    saved = repacked(
        content,
        sheet1=lambda xml: xml.replace(b"<v />", b"<v>anna@x.test</v>").replace(b"<v></v>", b"<v>anna@x.test</v>"),
    )
    assert [row[0] for row in values(rows_of(tmp_path, saved))] == ["anna@x.test"]


def test_titles_over_merged_cells_and_dates_are_no_trouble(tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["Employee list 2024"], ["Confidential"], [], ["Name", "E-Mail", "Start", "Employee ID"]):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.append(["Anna", "anna@x.test", datetime.date(2024, 1, 2), 1001])
    sheet.append(["Ben", "ben@x.test", 45293, 1002.0])
    packed = io.BytesIO()
    workbook.save(packed)
    assert [(row[0], row[4]) for row in values(rows_of(tmp_path, packed.getvalue()))] == [
        ("anna@x.test", "1001"),
        ("ben@x.test", "1002"),
    ]


def test_the_name_of_the_file_does_not_matter(tmp_path):
    assert look(tmp_path, book(ANNA)).kind == "xlsx"  # written as people.csv


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    content = repacked(book(ANNA), sheet1=lambda data: data + b" " * 80_000_000)
    with pytest.raises(FileRefused) as refused:
        look(tmp_path, content)
    assert refused.value.code == "zip_bomb"


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    ],
)
@pytest.mark.parametrize("part", ["sheet1", "workbook", "styles", "sharedStrings"])
def test_entities_are_refused_in_every_part(tmp_path, part, declaration):
    content = repacked(
        shared(book(ANNA)),
        **{part: lambda data: declaration + data[data.find(b"?>") + 2 if data[:2] == b"<?" else 0 :]},
    )
    with pytest.raises(FileRefused) as refused:
        rows_of(tmp_path, content)
    assert refused.value.code == "external_entities"


def test_broken_xml_and_missing_texts_are_told_of(tmp_path):
    with pytest.raises(FileRefused, match="damaged"):
        rows_of(tmp_path, repacked(book(ANNA), sheet1=lambda data: data[: len(data) // 2]))
    rows = rows_of(tmp_path, repacked(shared(book(ANNA)), sheet1=lambda data: data.replace(b"<v>8</v>", b"<v>99</v>")))
    assert codes(rows) == ["encoding"]


def test_ten_thousand_columns_are_refused_in_their_row(tmp_path):
    rows = rows_of(tmp_path, book(ANNA, ["b@x.test"] + ["x"] * 9_999))
    assert codes(rows) == ["too_many_columns"]


def test_a_cell_without_end_is_refused(tmp_path):
    noise = bytes(random.Random(1).choices(b"abcdefghijklmnopqrstuvwxyz", k=3_000_000))
    content = repacked(
        book(ANNA),
        sheet1=lambda data: data.replace(
            b"</sheetData>", b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + noise + b"</t></is></c></row></sheetData>"
        ),
    )
    with pytest.raises(FileRefused) as refused:
        rows_of(tmp_path, content)
    assert refused.value.code == "cell_too_long"


def test_shared_texts_are_kept_on_disk(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(shared(book(ANNA)))
    with zipfile.ZipFile(path) as archive:
        strings = SharedStrings(archive, "xl/sharedStrings.xml")
        assert strings.get(0) == "E-Mail"
        assert strings.get(12) == "Kassiererin"
        with pytest.raises(IndexError):
            strings.get(13)
        strings.close()
