"""Keeps the shared texts of an XLSX file on disk: a million of them would not fit the memory a job may use."""

from __future__ import annotations

import tempfile
import zipfile
from array import array
from functools import lru_cache

from .limits import MAX_XLSX_CELL, MAX_XLSX_TEXTS
from .packages import PartParser, nested, parse_part
from .problems import FileRefused

_SHORT = 1_000  # characters of a text that is worth keeping in memory


class LongText(Exception):
    """A text that is not kept in memory; raised, since only what is returned is remembered."""

    def __init__(self, text: str) -> None:
        super().__init__(len(text))
        self.text = text


class SharedStrings:
    """The texts of ``xl/sharedStrings.xml`` by number. Close it, or use it in a ``with`` block.

    They are read as far as they are asked for: the first rows of a large workbook need few of them.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        start, end = nested(self._start, self._end)
        self._parser = parse_part(archive, name, start, end, self._text) if name else None
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed in close()
        self._ends = array("Q")
        self._position = 0
        self._fresh: list[bytes] = []
        self._pieces: list[str] = []
        self._length = 0
        self._inside = self._phonetic = False
        self.get = lru_cache(maxsize=4096)(self._read)

    def close(self) -> None:
        self._file.close()
        if self._parser is not None:
            self._parser.close()

    def _read(self, number: int) -> str:
        """Text number `number`. Raises IndexError when the file has no such text, and LongText with a long one."""
        if number < 0:
            raise IndexError(number)
        while number >= len(self._ends) and self._parser is not None:
            self._read_on(self._parser)
        end = self._ends[number]
        start = self._ends[number - 1] if number else 0
        self._file.seek(start)
        text = self._file.read(end - start).decode("utf-8", "surrogatepass")
        if len(text) > _SHORT:
            raise LongText(text)
        return text

    def _read_on(self, parser: PartParser) -> None:
        if not parser.step():
            parser.close()
            self._parser = None
        self._file.seek(0, 2)
        self._file.write(b"".join(self._fresh))
        self._fresh.clear()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "t":
            self._inside = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def _end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "t":
            self._inside = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            if len(self._ends) >= MAX_XLSX_TEXTS:
                raise FileRefused(
                    "zip_bomb",
                    f"The workbook holds more than {MAX_XLSX_TEXTS:,} different texts.",
                    "Split the list into several files, or save it as “CSV UTF-8”.",
                )
            data = "".join(self._pieces).encode("utf-8", "surrogatepass")
            self._fresh.append(data)
            self._position += len(data)
            self._ends.append(self._position)
            self._pieces, self._length = [], 0

    def _text(self, text: str) -> None:
        if self._inside and self._length <= MAX_XLSX_CELL:
            self._pieces.append(text)
            self._length += len(text)
