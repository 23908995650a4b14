"""Opens the ZIP package of an XLSX file without trusting what it says about itself."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from .limits import MAX_XLSX_CELL, MAX_XLSX_PARTS, MAX_XLSX_RATIO, MAX_XLSX_UNPACKED
from .problems import FileRefused

_CHUNK = 1 << 16
_SMALL = 10 * 1024 * 1024  # parts below this size are harmless whatever their ratio


def open_package(path: Path) -> zipfile.ZipFile:
    """The package at `path`. Raises FileRefused when unpacking it could fill memory or never end."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise damaged() from error
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    bomb = any(part.file_size > _SMALL and part.file_size > MAX_XLSX_RATIO * part.compress_size for part in parts)
    if len(parts) > MAX_XLSX_PARTS or unpacked > MAX_XLSX_UNPACKED or bomb:
        archive.close()
        raise FileRefused(
            "zip_bomb",
            f"The workbook would unpack to {unpacked // 1048576:,} MB in {len(parts):,} parts; that is not a list.",
            "Copy the rows into a new workbook, or save them as “CSV UTF-8”.",
        )
    if any(part.flag_bits & 0x1 for part in parts):
        archive.close()
        raise FileRefused("password", "The workbook is protected by a password.", "Save it without one.")
    return archive


def damaged() -> FileRefused:
    """What is raised for a package or an XML part that cannot be read."""
    return FileRefused(
        "damaged", "The workbook is damaged.", "Open it in Excel, save it again and upload the new file."
    )


def parse_part(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, dict[str, str]], Any],
    end: Callable[[str], Any],
    text: Callable[[str], Any],
) -> _PartParser:
    """A parser of one XML part; call `step()` until it returns False."""
    try:
        handle = archive.open(name)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise damaged() from error
    return _PartParser(handle, start, end, text)


class _PartParser:
    """Feeds a part to expat piece by piece. Document types are refused, so no entity can be declared or fetched."""

    def __init__(self, handle: IO[bytes], start: Any, end: Any, text: Any) -> None:
        self.handle = handle
        self.run = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = start
        self.parser.EndElementHandler = end
        self.parser.CharacterDataHandler = text
        self.parser.StartDoctypeDeclHandler = _no_doctype

    def step(self) -> bool:
        """Parse the next piece; False at the end. Raises FileRefused on a cell without end and on broken XML."""
        try:
            piece = self.handle.read(_CHUNK)
            mark = piece.rfind(b"<")
            self.run = self.run + len(piece) if mark < 0 else len(piece) - mark
            if self.run > MAX_XLSX_CELL * 8:
                raise FileRefused(
                    "cell_too_long",
                    f"A cell of the workbook holds more than {MAX_XLSX_CELL:,} characters.",
                    "Shorten the cell and upload the file again.",
                )
            self.parser.Parse(piece, not piece)
        except (expat.ExpatError, zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise damaged() from error
        except zipfile.zlib.error as error:  # type: ignore[attr-defined]  # zipfile imports it; typeshed hides that
            raise damaged() from error
        return bool(piece)

    def all(self) -> None:
        """Parse the part to its end and close it."""
        try:
            while self.step():
                pass
        finally:
            self.close()

    def close(self) -> None:
        self.handle.close()


def _no_doctype(*args: object) -> None:
    raise FileRefused(
        "external_entities",
        "The workbook declares a document type or entities; no spreadsheet program writes that.",
        "Copy the rows into a new workbook.",
    )
