"""What is inside a stored file, as blocks that can be searched: text, archives within archives, spreadsheets."""

from __future__ import annotations

import codecs
import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

BLOCK = 1 << 20
OVERLAP = 1 << 9  # what a block repeats of the one before it: an identifier may lie across the cut
DEEPEST = 3
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Contents:
    """One file. `is_opaque` is set while reading where compressed or binary parts could not be looked into."""

    def __init__(self, source: IO[bytes], limit: int) -> None:
        self.source = source
        self.left = limit
        self.is_opaque = False

    def blocks(self) -> Iterator[bytes]:
        """Blocks of about a megabyte, each beginning with the end of the one before."""
        yield from self._any(self.source, 0)

    def _any(self, source: IO[bytes], depth: int) -> Iterator[bytes]:
        head = source.read(4096)
        source.seek(0)
        if head.startswith(b"PK\x03\x04"):
            yield from self._archive(source, depth)
        elif head.startswith(b"\x1f\x8b"):
            yield from self._unpacked(source, depth)
        else:
            encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "")
            self.is_opaque |= not encoding and b"\0" in head
            yield from self._plain(source, encoding)

    def _archive(self, source: IO[bytes], depth: int) -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(source) as archive:
                for member in archive.infolist():
                    yield member.filename.encode()
                    if member.flag_bits & 0x1 or depth >= DEEPEST:
                        self.is_opaque = True
                        continue
                    with archive.open(member) as packed, tempfile.SpooledTemporaryFile(max_size=BLOCK) as inner:
                        self._copy(packed, inner)
                        yield from self._any(inner, depth + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
            self.is_opaque = True

    def _unpacked(self, source: IO[bytes], depth: int) -> Iterator[bytes]:
        try:
            with gzip.open(source) as packed, tempfile.SpooledTemporaryFile(max_size=BLOCK) as inner:
                self._copy(packed, inner)
                if depth >= DEEPEST:
                    self.is_opaque = True
                else:
                    yield from self._any(inner, depth + 1)
        except (OSError, EOFError, zlib.error):
            self.is_opaque = True

    def _copy(self, packed: IO[bytes] | gzip.GzipFile, inner: IO[bytes]) -> None:
        """Unpack into a temporary file; an archive that grows past the limit (a bomb) is left and counted opaque."""
        while self.left > 0 and (piece := packed.read(min(BLOCK, self.left))):
            self.left -= len(piece)
            inner.write(piece)
        self.is_opaque |= self.left <= 0
        inner.seek(0)

    def _plain(self, source: IO[bytes], encoding: str) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace") if encoding else None
        tail = b""
        while piece := source.read(BLOCK):
            block = tail + (decoder.decode(piece).encode() if decoder else piece)
            yield block
            tail = block[-OVERLAP:]
