"""Encodings, with and without a mark, and files that mix them."""

from __future__ import annotations

import pytest

from console.members.files import MEMBERS, detect, read_rows

from .helpers import codes, look, rows_of, values, write

GERMAN = "E-Mail;Name;Rolle\nj@x.test;Jürgen Müller-Weiß;Mitglied\nz@x.test;Zoë Façade;Mitglied\n"
POLISH = "E-mail;Nazwa;Rola\nl@x.test;Łukasz Żółć;member\nk@x.test;Katarzyna Dąbrowska Świętek;member\n"
RUSSIAN = "email;name;role\ni@x.test;Иванов Иван Петрович;member\np@x.test;Анна Смирнова, директор;member\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        (GERMAN, "latin-1"),
        (GERMAN, "mac_roman"),
        (GERMAN, "cp850"),
        (POLISH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "utf-8"),
    ],
)
def test_the_names_come_out_right(tmp_path, text, encoding):
    wanted = [line.split(";")[1] for line in text.splitlines()[1:]]
    assert [row[1] for row in values(rows_of(tmp_path, text.encode(encoding)))] == wanted


def test_a_mixed_file_is_read_line_by_line_and_says_so(tmp_path):
    head = "email,name\n" + "".join(f"p{n}@x.test,Zoë {n}\n" for n in range(20))
    path = write(tmp_path, head.encode() + "m@x.test,Müller\n".encode("cp1252"))
    detection = detect(path, MEMBERS)
    foreign: list[int] = []
    rows = list(read_rows(detection, foreign=foreign)[0])
    assert rows[-1].values[1] == "Müller"
    assert rows[0].values[1] == "Zoë 0"
    assert foreign == [22]
    assert any("mixes" in note for note in detection.notes)


def test_utf8_lines_in_a_windows_file_are_read_too(tmp_path):
    head = "email,name\n" + "".join(f"p{n}@x.test,Zoë {n}\n" for n in range(20))
    path = write(tmp_path, head.encode("cp1252") + "m@x.test,Müller\n".encode())
    foreign: list[int] = []
    rows = list(read_rows(detect(path, MEMBERS), foreign=foreign)[0])
    assert [row.values[1] for row in rows[-2:]] == ["Zoë 19", "Müller"]
    assert foreign == [22]


def test_bytes_that_the_encoding_does_not_know_are_refused_in_their_cell(tmp_path):
    rows = rows_of(tmp_path, b"email,name\na@x.test,A\x81B\nb@x.test,Zo\xeb\n", encoding="cp1252")
    assert codes(rows) == ["encoding"]
    assert rows[0].problems[0].column == "name"
    assert rows[0].problems[0].value == "A\\x81B"


def test_an_encoding_chosen_by_a_person_goes_before_detection(tmp_path):
    assert values(rows_of(tmp_path, "email,name\na@x.test,Łuk\n".encode("cp1250"), encoding="cp1250"))[0][1] == "Łuk"
    assert look(tmp_path, GERMAN).encoding.name == "utf-8"
