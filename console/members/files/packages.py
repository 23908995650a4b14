"""Opens the ZIP package of an XLSX file without trusting what it says about itself."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from .limits import (
    MAX_XLSX_CELL,
    MAX_XLSX_DEPTH,
    MAX_XLSX_DIRECTORY,
    MAX_XLSX_PARTS,
    MAX_XLSX_RATIO,
    MAX_XLSX_UNPACKED,
)
from .problems import FileRefused

_CHUNK = 1 << 14
_SMALL = 10 * 1024 * 1024  # parts below this size are harmless whatever their ratio


def open_package(path: Path) -> zipfile.ZipFile:
    """The package at `path`. Raises FileRefused when unpacking it could fill memory or never end."""
    archive = read_package(path)
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if sum(part.compress_size for part in parts) > path.stat().st_size:
        archive.close()
        raise damaged()  # parts that lie over one another, or lie about how well they are packed
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


def read_package(path: Path) -> zipfile.ZipFile:
    """The package without a look at its parts. Raises FileRefused when it is damaged or its list is without end."""
    try:
        return _Package(path)
    except _TooMany as error:
        raise FileRefused(
            "zip_bomb",
            f"The archive lists more than {MAX_XLSX_PARTS:,} parts; that is not a list of people.",
            "Copy the rows into a new workbook, or save them as “CSV UTF-8”.",
        ) from error
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, struct.error) as error:
        raise damaged() from error


class _TooMany(Exception):
    """The list of parts is longer than any workbook's."""


class _Source(io.FileIO):
    """Hands out pieces of bounded size: `zipfile` reads the whole list of parts at once, however long it says it is."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = MAX_XLSX_DIRECTORY + 1 if size is None or size < 0 else min(size, MAX_XLSX_DIRECTORY + 1)
        found = super().read(wanted) or b""
        if len(found) > MAX_XLSX_DIRECTORY:
            raise _TooMany
        return found


class _Package(zipfile.ZipFile):
    """A package that closes its file."""

    def __init__(self, path: Path) -> None:
        self._source = _Source(path)
        try:
            super().__init__(self._source)
        except BaseException:
            self._source.close()
            raise

    def close(self) -> None:
        super().close()
        self._source.close()


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
) -> PartParser:
    """A parser of one XML part; call `step()` until it returns False. Whose elements may nest goes through `nested`."""
    try:
        handle = archive.open(name)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise damaged() from error
    return PartParser(handle, start, end, text)


def nested(
    start: Callable[[str, dict[str, str]], Any], end: Callable[[str], Any]
) -> tuple[Callable[[str, dict[str, str]], Any], Callable[[str], Any]]:
    """The two handlers, with elements inside one another counted: the parser remembers each that is open."""
    depth = 0

    def counted_start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_XLSX_DEPTH:
            raise too_deep()
        start(tag, attributes)

    def counted_end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag)

    return counted_start, counted_end


def too_deep() -> FileRefused:
    """What is raised for elements without end inside one another."""
    return FileRefused(
        "zip_bomb",
        f"The workbook nests more than {MAX_XLSX_DEPTH} elements; no spreadsheet program writes that.",
        "Copy the rows into a new workbook.",
    )


class PartParser:
    """Feeds a part to expat piece by piece. Document types are refused, so no entity can be declared or fetched."""

    def __init__(self, handle: IO[bytes], start: Any, end: Any, text: Any) -> None:
        self.handle = handle
        self.run = self.fed = 0
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
            self.fed += len(piece)
            # The parser keeps a comment, a name or an attribute until it ends, and looks at all of it with each piece.
            if max(self.run, self.fed - self.parser.CurrentByteIndex - len(piece)) > MAX_XLSX_CELL * 8:
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
