"""The same people as a text file and as a workbook, made before the clock starts and outside the measured process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

HEAD = ("Email Address", "First Name", "Last Name", "Role", "Status", "Employee ID", "Employee Title")


def people(rows: int, tag: str) -> Iterator[tuple[str, ...]]:
    """Rows of strangers; another `tag` makes other people."""
    for number in range(rows):
        yield (
            f"p{number}.{tag}@bench.example.test",
            "Günther",
            f"Çelik {number}",
            "Member",
            "Active",
            f"{tag}{number}",
            "Engineer",
        )


def write_text(path: Path, rows: int, tag: str) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for row in _all(rows, tag):
            stream.write(",".join(row) + "\n")


def write_workbook(path: Path, rows: int, tag: str) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("People")
    for row in _all(rows, tag):
        sheet.append(row)
    book.save(path)


def _all(rows: int, tag: str) -> Iterator[tuple[str, ...]]:
    yield HEAD
    yield from people(rows, tag)
