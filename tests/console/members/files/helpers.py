"""Small makers of files and readers of what came out."""

from __future__ import annotations

from pathlib import Path

from console.members.files import MEMBERS, Overrides, detect, read_rows

DATA = Path(__file__).resolve().parents[3] / "data" / "members"


def write(folder: Path, content: bytes | str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def look(folder: Path, content: bytes | str, **wishes):
    return detect(write(folder, content), MEMBERS, Overrides(**wishes))


def rows_of(folder: Path, content: bytes | str, **wishes):
    return list(read_rows(look(folder, content, **wishes))[0])


def values(rows) -> list[tuple]:
    return [row.values for row in rows if row.values]


def codes(rows) -> list[str]:
    return [problem.code for row in rows for problem in row.problems]
