"""Files made to hurt: each is refused or survived with a clear message."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from console.members.files import FileRefused, read_rows

from .helpers import codes, look, rows_of, values

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\nxxx", "not_a_table"),
        (OLE + b"x" * 600, "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "not_a_table"),
        (b"<!DOCTYPE html><html><body>a@x.test</body></html>", "not_a_table"),
        (b'[{"email": "a@x.test"}]', "not_a_table"),
        (bytes(range(256)) * 40, "not_a_table"),
        (b"BEGIN:VCARD\nFN:Anna\nEMAIL:anna@x.test\nEND:VCARD\n", "not_a_table"),
        (b"dn: uid=anna,ou=people\nmail: anna@x.test\ncn: Anna\n", "not_a_table"),
        (b"Anna <a@x.test>, Ben <b@x.test>, c@x.test\n", "one_line"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\n\n  \n;;;\n", "no_rows"),
        (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n" + b"x," * 9_999 + b"x\n", "too_many_columns"),
        (b"email,name\n" + b'a@x.test,"b\n' * 100_000, "open_quotes"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path, content, code):
    with pytest.raises(FileRefused) as refused:
        rows_of(tmp_path, content)
    assert refused.value.code == code
    assert refused.value.remedy


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("people.csv", "email\na@x.test\n")
    with pytest.raises(FileRefused, match="ZIP archive"):
        look(tmp_path, packed.getvalue())


def test_a_cell_of_two_million_characters_costs_its_own_row(tmp_path):
    content = "email,name\na@x.test,A\nb@x.test," + "x" * 2_000_000 + "\nc@x.test,C\n"
    rows = rows_of(tmp_path, content)
    assert codes(rows) == ["line_too_long"]
    assert [(row.line, bool(row.values)) for row in rows] == [(2, True), (3, False), (4, True)]
    assert len(rows[1].problems[0].value) < 250


def test_a_long_quoted_cell_over_many_lines_costs_its_own_row(tmp_path):
    rows = rows_of(tmp_path, 'email,name\na@x.test,"' + "x\n" * 300 + '"\nc@x.test,C\n')
    assert codes(rows)[0] == "open_quote"
    assert values(rows)[-1][0] == "c@x.test"


def test_nul_bytes_and_control_characters_are_refused_in_their_cell(tmp_path):
    rows = rows_of(tmp_path, "email,name\na@x.test,A\0B\nb@x.test,B\x07\nc\0@x.test,C\nd@x.test,D\n")
    assert [(row.line, row.problems[0].code) for row in rows if row.problems] == [
        (2, "nul"),
        (3, "control"),
        (4, "nul"),
    ]
    assert [row[0] for row in values(rows)] == ["d@x.test"]


def test_formulas_in_a_text_file_stay_text(tmp_path):
    assert values(rows_of(tmp_path, "email,name\na@x.test,=1+1\n"))[0][1] == "=1+1"


def test_too_long_values_name_their_column(tmp_path):
    rows = rows_of(tmp_path, f"email,name,title\na@x.test,{'n' * 300},{'t' * 256}\n")
    assert [(problem.column, problem.code) for problem in rows[0].problems] == [
        ("name", "too_long"),
        ("title", "too_long"),
    ]


def test_a_word_of_a_megabyte_is_no_word_and_takes_no_time(tmp_path):
    content = "email,role\na@x.test," + "(" * 250_000 + "\nb@x.test,member\n"
    rows = rows_of(tmp_path, content)
    assert codes(rows) == ["unknown_role"]
    assert values(rows)[0][2] == "member"


def test_a_run_of_blanks_beside_an_address_takes_no_time(tmp_path):
    rows = rows_of(tmp_path, "email,name\na@x.test" + " " * 200_000 + "b,A\nc@x.test,C\n")
    assert codes(rows) == ["email"]
    assert values(rows)[0][0] == "c@x.test"


def test_spellings_without_end_are_counted_together(tmp_path, monkeypatch):
    monkeypatch.setattr("console.members.files.translation.MAX_SPELLINGS", 3)
    lines = "".join(f"p{number}@x.test,member ({number})\n" for number in range(10))
    rows, translator = read_rows(look(tmp_path, "email,role\n" + lines))
    assert len(values(rows)) == 10
    assert translator.used["role", "…", "role member"] == 7
    assert len(translator.used) == 4


@pytest.mark.parametrize("said", ['sep="', "sep= ", "sep=a", "sep=\\", "sep='"])
def test_a_line_that_names_no_delimiter_is_no_such_line(tmp_path, said):
    assert values(rows_of(tmp_path, f"{said}\nemail,name\na@x.test,A\n"))[0][:2] == ("a@x.test", "A")


def test_names_of_columns_can_be_kept_and_shown_whatever_bytes_they_hold(tmp_path):
    names = b"email,n\0me,t\xfftle,Ro\xadlle,a,a (column 7),a,status"
    names = look(tmp_path, names + b"\na@x.test,A,B,member,1,2,3,\n", encoding="cp1252").header.names
    assert names[:4] == ("email", "n\\u0000me", "tÿtle", "Rolle")
    assert len(set(names)) == len(names) == 8
    json.dumps(names).encode()
    assert look(tmp_path, b"email,t\xfftle\na@x.test,A\n", encoding="utf-8").header.names[1] == "t\\xfftle"


@pytest.mark.parametrize("limit", ["MAX_ROWS", "MAX_LINES"])
def test_more_rows_or_lines_than_a_list_has_are_refused(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(f"console.members.files.reading.{limit}", 5)
    content = "email\na@x.test\n" + ("a@x.test\n" * 6 if limit == "MAX_ROWS" else "\n" * 6)
    with pytest.raises(FileRefused, match="Split it") as refused:
        rows_of(tmp_path, content)
    assert refused.value.code == "too_many_rows"


@pytest.mark.parametrize("address", ["\u017fam@x.test", "adm\u0131n@x.test", "\u0430nna@x.test"])
def test_letters_that_only_look_like_others_make_no_address(tmp_path, address):
    rows = rows_of(tmp_path, f"email,name\n{address},A\nb@x.test,B\n")
    assert codes(rows) == ["email"]


@pytest.mark.parametrize("name", ["undefined", "idna", "hex", "no\0thing", "nothing"])
def test_an_encoding_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(FileRefused) as refused:
        look(tmp_path, "email\na@x.test\n", encoding=name)
    assert refused.value.code == "encoding"


def test_a_long_line_of_two_encodings_is_refused_alone(tmp_path):
    long = "ü".encode() * 140_000
    content = b"email,name\na@x.test,Zo\xeb\nb@x.test," + long + b"\nc@x.test,\xc3\xbc\n"
    rows = rows_of(tmp_path, content)
    assert codes(rows) == ["line_too_long"]
    assert [row[:2] for row in values(rows)] == [("a@x.test", "Zoë"), ("c@x.test", "ü")]


def test_a_mark_before_other_bytes_than_it_promises_is_no_promise(tmp_path):
    rows = rows_of(tmp_path, b"\xef\xbb\xbfemail,name\na@x.test,Zo\xeb\n")
    assert values(rows)[0][:2] == ("a@x.test", "Zoë")
