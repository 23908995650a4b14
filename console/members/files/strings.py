"""Keeps the shared texts of an XLSX file on disk: a million of them would not fit the memory a job may use."""

from __future__ import annotations

import tempfile
import zipfile
from array import array
from functools import lru_cache

from .limits import MAX_XLSX_CELL
from .packages import parse_part


class SharedStrings:
    """The texts of ``xl/sharedStrings.xml`` by number. Close it, or use it in a ``with`` block."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed in close()
        self._ends = array("Q")
        self._position = 0
        self._pieces: list[str] = []
        self._length = 0
        self._inside = self._phonetic = False
        if name:
            try:
                parse_part(archive, name, self._start, self._end, self._text).all()
            except BaseException:
                self._file.close()
                raise
        self._file.flush()
        self.get = lru_cache(maxsize=4096)(self._read)

    def __len__(self) -> int:
        return len(self._ends)

    def close(self) -> None:
        self._file.close()

    def _read(self, number: int) -> str:
        """Text number `number`. Raises IndexError when the file has no such text."""
        if number < 0:
            raise IndexError(number)
        end = self._ends[number]
        start = self._ends[number - 1] if number else 0
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")

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
            data = "".join(self._pieces).encode("utf-8", "surrogatepass")
            self._file.write(data)
            self._position += len(data)
            self._ends.append(self._position)
            self._pieces, self._length = [], 0

    def _text(self, text: str) -> None:
        if self._inside and self._length <= MAX_XLSX_CELL:
            self._pieces.append(text)
            self._length += len(text)
