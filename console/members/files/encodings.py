"""Finds the encoding of a text file; says so when its lines were written in more than one."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from .kinds import _looks_utf16

_CHUNK = 1 << 20
_EVIDENCE = 1 << 16  # bytes of lines with non-ASCII characters that a guess is made from
_UTF8_CHARS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_ASCII = bytes(range(128))
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "iso8859-15", "iso8859-2", "mac_roman", "cp850")
_OTHER_SCRIPTS = ("cp1251", "koi8_r", "cp866", "cp1253", "cp1255", "cp1256")
_WORDS = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1250": "Windows-1250 (Central European)",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850 (Western European)",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` is a Python codec; `mixed` says that single lines are in UTF-8 and others are not."""

    name: str
    mixed: bool = False
    certain: bool = True

    @property
    def label(self) -> str:
        """What a reader is shown."""
        return LABELS.get(self.name, self.name) + (" and UTF-8, mixed" if self.mixed and self.name != "utf-8" else "")


def find_encoding(path: Path) -> Encoding:
    """The encoding of the file at `path`, from its mark, its bytes and, for single-byte files, its letters."""
    with path.open("rb") as handle:
        head = handle.read(4096)
    for mark, name in _BOMS:
        if head.startswith(mark) and (mark != codecs.BOM_UTF8 or _is_utf8(path)):
            return Encoding(name)
    if _looks_utf16(head):
        return Encoding("utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be")
    if _is_utf8(path):
        return Encoding("utf-8")
    evidence, utf8_bytes, other_bytes = _evidence(path)
    if utf8_bytes > other_bytes:
        return Encoding("utf-8", mixed=True)
    guess = _single_byte(evidence)
    return Encoding(guess.name, mixed=utf8_bytes > 0, certain=guess.certain)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as handle:
        try:
            while chunk := handle.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _evidence(path: Path) -> tuple[bytes, int, int]:
    """Lines with high bytes (a bounded sample), and how many of all high bytes form UTF-8 characters or do not."""
    sample = bytearray()
    utf8_bytes = high_bytes = 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK) + handle.readline(_CHUNK):
            high = len(chunk.translate(None, _ASCII))
            high_bytes += high
            utf8_bytes += high and len(chunk.decode("utf-8", "ignore").encode().translate(None, _ASCII))
            if len(sample) < _EVIDENCE:
                for line in chunk.splitlines():
                    if _HIGH.search(line) and not _UTF8_CHARS.search(line):
                        sample += line[:4096] + b"\n"
                    if len(sample) >= _EVIDENCE:
                        break
    return bytes(sample), utf8_bytes, high_bytes - utf8_bytes


def _single_byte(evidence: bytes) -> Encoding:
    if _density(evidence) < 0.6:
        best = _best(evidence, _LATIN)
        if best[0] <= 0.2:
            return Encoding(best[1], certain=best[0] <= 0.05)
    else:
        best = _best(evidence, _OTHER_SCRIPTS)
        if best[0] <= 0.1:
            return Encoding(best[1], certain=False)
    match = from_bytes(evidence, threshold=0.3).best()
    if match is not None and match.encoding not in ("ascii", "utf_8"):
        return Encoding(match.encoding, certain=False)
    return Encoding("cp1252", certain=False)


def _density(evidence: bytes) -> float:
    """Share of high bytes in the words that have any: low for Latin scripts, near one for all others."""
    words = _WORDS.findall(evidence)
    return sum(len(_HIGH.findall(item)) for item in words) / max(1, sum(map(len, words)))


def _best(evidence: bytes, names: tuple[str, ...]) -> tuple[float, str]:
    score, _, name = min((_oddness(evidence, name), order, name) for order, name in enumerate(names))
    return score, name


def _oddness(evidence: bytes, name: str) -> float:
    """Share of the high characters that make no sense as words in this encoding; 1 when it cannot be read."""
    try:
        text = evidence.decode(name)
    except UnicodeDecodeError:
        return 1.0
    odd = total = 0.0
    for index, char in enumerate(text):
        if char < "\x80":
            continue
        total += 1
        before = text[index - 1] if index else " "
        after = text[index + 1] if index + 1 < len(text) else " "
        if char.isalpha() and char not in "ªºµƒ":
            if char.isupper() and before.islower():
                odd += 1
            elif char in "ðþÞÐýÝ" or not (before.isalpha() or after.isalpha()):
                odd += 0.3  # letters of Icelandic, which Turkish and Polish turn into when they are misread
        elif before.isalpha() and after.isalpha() and char not in "·’‑–—":
            odd += 1
        elif (before.isalpha() or after.isalpha()) and char not in "«»“”„‘’‚–—…·€№":
            odd += 0.7
        elif not char.isprintable() and char != "\xa0":
            odd += 1
        else:
            odd += 0.1
    return min(0.99, odd / total) if total else 0.0
