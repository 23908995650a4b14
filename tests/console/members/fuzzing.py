"""Files as people and programs spoil them, for Hypothesis: rows of members with what can go wrong in them."""

# ruff: noqa: E501  (lines as programs write them)
from __future__ import annotations

import io
import zipfile

from hypothesis import strategies as st

from .files.test_workbooks import book, shared

FIELDS = ["email", "display_name", "first_name", "last_name", "role", "is_active", "inactive", "external_id", "title"]
HEADERS = [
    ["email", "name", "role", "active", "external id", "title"],
    ["E-Mail", "Name", "Rolle", "Aktiv", "Personalnummer", "Funktion"],
    ["User principal name", "Display name", "User type", "Account enabled", "Object Id", "Job title"],
    ["email", "email", "name", "name", "role", "role"],
    ["e\0mail", "na\x07me", "%s", "%(tenant)s", "';--", "\U0001f600"],
]
ADDRESSES = [f"p{number}@x.test" for number in range(6)] + ["owner@here.test", "admin@here.test", "off@here.test"]
ODD = [
    "", "", " ", "\0", "\x07", "\x1a", "\x1f", "\u200b", "\ufeff", "\ufdd0", "\ufdd1x", "\ufffd", "\ufffe", "\u202e",
    "\x85",    "=1+1", "@SUM(A1)", "'=x", "%s", "%(tenant)s", "\\", "\\N", "{}", "null", "NULL", "';--", '"', '""', '"open', "'",
    ",",    ";", "a\nb", "a\r\nb", "\t", "n" * 256, "x" * 5_000, "\U0001f600" * 60, "\u017fam@x.test", "adm\u0131n@x.test",
    "p1@x。test", "P1@X.TEST", "p1@xn--strae-oqa.test", "p1@straße.test", "a@b", "a@@b.test", "Anna <p2@x.test>",
    "٣", "İ", "ß",    "p1@x.test; p2@x.test", "owner", "Inhaber", "Gast", "bot", "yes", "nein", "n/a", "1", "0", "00123",
    "1.23E+15", "#N/A", "Total: 7",
]  # fmt: skip
CELLS = (
    st.sampled_from(ADDRESSES),
    st.sampled_from(["", "Anna", "Ben", "Weiß, Zoë", "N'G"]),
    st.sampled_from(["", "", "member", "admin", "owner", "viewer", "Gast"]),
    st.sampled_from(["", "", "yes", "no", "aktiv", "nein"]),
    st.sampled_from(["", "1", "2", "3", "7", "700"]),
    st.sampled_from(["", "Head", "Boss"]),
)
ANY = st.sampled_from(ODD) | st.text(max_size=12)


@st.composite
def tables(draw):
    """Rows of cells below a header."""
    rows = [list(row) for row in draw(st.lists(st.tuples(*CELLS), max_size=12))]
    for _ in range(draw(st.integers(0, 4)) if rows else 0):
        row = draw(st.sampled_from(rows))
        kind = draw(st.sampled_from(["cell", "cell", "cell", "more", "less", "blank", "twice"]))
        if kind == "cell" and row:
            row[draw(st.integers(0, len(row) - 1))] = draw(ANY)
        elif kind == "more":
            row.extend(draw(st.lists(ANY, max_size=3)))
        elif kind == "less":
            del row[draw(st.integers(0, 5)) :]
        elif kind == "blank":
            row[:] = [""] * len(row)
        else:
            rows.append(list(row))
    head = draw(st.sampled_from([HEADERS[0]] * 5 + HEADERS))
    above = draw(st.sampled_from([[]] * 5 + [[["List of people"], []], [head], [["sep=;"]]]))
    return [*above, head, *rows]


@st.composite
def texts(draw):
    """The bytes of a text table, or of what is left of one."""
    delimiter = draw(st.sampled_from(",,,;\t|"))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    quoting = draw(st.sampled_from(["all", "some", "some", "none"]))

    def cell(text):
        if quoting == "none" or (quoting == "some" and not any(char in text for char in f'{delimiter}"\n\r')):
            return text
        return '"' + text.replace('"', '""') + '"'

    lines = [delimiter.join(map(cell, row)) for row in draw(tables())]
    encodings = ["utf-8"] * 4 + ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32", "mixed"]
    encoding = draw(st.sampled_from(encodings))
    if encoding == "mixed":
        parts = [line.encode(("utf-8", "cp1252")[number % 2], "replace") for number, line in enumerate(lines)]
        content = end.encode().join(parts)
    else:
        content = (end.join(lines) + end).encode(encoding, "replace")
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.binary(max_size=6)) + content[at + draw(st.integers(0, 3)) :]
    return content


@st.composite
def workbooks(draw):
    """The bytes of a workbook with something wrong in one of its parts."""
    rows = [[cell for cell in row if _writable(cell)] for row in draw(tables())]
    content = draw(st.sampled_from([shared, bytes]))(book(*rows))
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    spoiled = draw(st.sampled_from(source.namelist()))
    spots = [b'"', b"<v>", b't="s"', b't="n"', b'r="', b's="', b"</", b"<c ", b"<row ", b"Target=",
             b"sheet1", b"<si>"]  # fmt: skip
    noise = [b"", b"nan", b"inf", b"1e400", b"-1", b"99999999999999999999", b"\xd9\xa3", b'"', b"<", b"<f>",
             b"&#0;", b"\0",             b't="b" ', b't="e" ', b't="d" ', b't="str" ', b's="\xc2\xb2" ', b"../../x",
             b"<row/>", b"<c/>"]  # fmt: skip
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == spoiled or name.endswith("sheet1.xml"):
                for _ in range(draw(st.integers(0, 2))):
                    spot = draw(st.sampled_from(spots))
                    at = data.find(spot, draw(st.integers(0, max(0, len(data) - 1)))) + draw(
                        st.sampled_from([0, len(spot)])
                    )
                    data = (
                        data[: max(at, 0)] + draw(st.sampled_from(noise)) + data[max(at, 0) + draw(st.integers(0, 2)) :]
                    )
            archive.writestr(name, data)
    content = target.getvalue()
    return content[: draw(st.integers(0, len(content)))] if draw(st.sampled_from([False] * 9 + [True])) else content


def _writable(cell):
    return all(char >= " " and char < "\ufdd0" for char in cell) and len(cell) < 300


CONTENTS = texts() | texts() | texts() | workbooks() | st.binary(max_size=300)
"""Whatever somebody may upload."""
