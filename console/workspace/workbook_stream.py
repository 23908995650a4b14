"""Writes a workbook while it is sent: rows go out as they come, so that a million of them need no more memory than ten.

The parts are those that ECMA-376 asks for and no more. Cells are inline strings: never a number, never a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MAX_ROWS = 1_048_576
"""Rows that a sheet can hold; the first is the names of the columns, and what is more goes on in the next sheet."""
MAX_CELL = 32_767
BATCH = 500
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TIES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class _Outgoing(io.RawIOBase):
    """Holds what the archive has written since it was last taken."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def stream_workbook(name: str, columns: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The bytes of a workbook whose sheets are called `name`, with `columns` above the `lines`."""
    out = _Outgoing()
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)  # type: ignore[arg-type]  # written to, never read
    source = iter(lines)
    sheets, following = 0, next(source, None)
    while sheets == 0 or following is not None:
        sheets += 1
        here = chain([columns], [following] if following is not None else [], islice(source, MAX_ROWS - 2))
        with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as part:
            part.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            while batch := list(islice(here, BATCH)):
                part.write("".join(map(_row, batch)).encode())
                yield out.take()
            part.write(b"</sheetData></worksheet>")
        following = next(source, None)
    for path, content in _frame(name, sheets):
        archive.writestr(path, _XML + content)
    archive.close()
    yield out.take()


def _row(cells: Sequence[str]) -> str:
    return "<row>" + "".join(map(_cell, cells)) + "</row>"


def _cell(value: str) -> str:
    text = escape(_NO_XML.sub("", value)[:MAX_CELL])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _frame(name: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The parts around the sheets, written last: only then is it known how many there are."""
    numbers = range(1, sheets + 1)
    titles = [name if number == 1 else f"{name} {number}" for number in numbers]
    listed = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in zip(numbers, titles, strict=True)
    )
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_TIES}"><sheets>{listed}</sheets></workbook>'
    ties = "".join(_tie(number, "worksheet", f"worksheets/sheet{number}.xml") for number in numbers)
    yield "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{ties}</Relationships>'
    root = _tie(1, "officeDocument", "xl/workbook.xml")
    yield "_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>'
    kinds = "".join(
        f'<Override PartName="/xl/{path}.xml" ContentType="{_OFFICE}.{kind}+xml"/>'
        for path, kind in [("workbook", "sheet.main"), *((f"worksheets/sheet{n}", "worksheet") for n in numbers)]
    )
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    yield "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{rels}{kinds}</Types>'


def _tie(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_TIES}/{kind}" Target="{target}"/>'
