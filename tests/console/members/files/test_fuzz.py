"""Whatever the bytes are: rows, or a refusal with a remedy, in bounded time; and tables come back as written."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from console.members.files import MEMBERS, FileRefused, Overrides, detect, read_rows

from .test_workbooks import ANNA, book, shared

PIECES = [
    b'"',
    b"'",
    b",",
    b";",
    b"\t",
    b"|",
    b"\n",
    b"\r\n",
    b"\0",
    b"=",
    b"a@x.test",
    b"email",
    b"role",
    b"\xff",
    b"\\",
    b"\xc3\xbc",
]
WORKBOOK = shared(book(ANNA, ANNA))


def told(refused: FileRefused) -> str:
    assert refused.reason
    assert refused.remedy
    return refused.code


def outcome(content: bytes, **wishes) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people"
        path.write_bytes(content)
        try:
            rows = list(read_rows(detect(path, MEMBERS, Overrides(**wishes)))[0])
        except FileRefused as refused:
            return told(refused)
    for row in rows:
        assert sum((row.values is not None, bool(row.skipped), bool(row.problems))) == 1
        for value in row.values or ():
            if isinstance(value, str):
                value.encode()  # nothing reaches the database that it could not store
                assert "\0" not in value
        for problem in row.problems:
            assert problem.reason
            assert problem.remedy
            problem.value.encode()
    return "read"


@given(st.binary(max_size=2000))
def test_any_bytes(content):
    outcome(content)


@given(st.lists(st.sampled_from(PIECES), max_size=200).map(b"".join), st.sampled_from(["", ",", ";"]))
def test_pieces_of_tables(content, delimiter):
    outcome(b"email,name,role\n" + content, delimiter=delimiter)


@settings(max_examples=60)
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=20))
def test_damaged_workbooks(position, noise):
    outcome(WORKBOOK[:position] + noise + WORKBOOK[position + len(noise) :])


NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "Nd", "Pc", "Zs"], max_codepoint=0x24F)
    | st.sampled_from(";,|\"'\t-. "),
    min_size=1,
    max_size=20,
).map(str.strip)


@given(
    st.lists(NAMES.filter(bool), min_size=3, max_size=20),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_a_table_comes_back_as_it_was_written(names, delimiter, encoding, end, quoting):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["E-Mail", "Name", "Rolle"])
    for number, name in enumerate(names):
        writer.writerow([f"p{number}@x.test", name, "Mitglied"])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        detection = detect(path, MEMBERS)
        rows = list(read_rows(detection)[0])
    assert detection.dialect.delimiter == delimiter
    wanted = [" ".join(name.split()) for name in names]
    assert [row.values[1] for row in rows if row.values] == wanted
