"""Tells by its first bytes what a file is, whatever its name says."""

from __future__ import annotations

from pathlib import Path

from .limits import MAX_FILE_BYTES
from .packages import read_package
from .problems import FileRefused

SAVE_AS_CSV = "Open it in the program that wrote it and save it as “CSV UTF-8” or as an Excel workbook (.xlsx)."

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or an Excel file with a password"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "an RTF document"),
)


def kind_of(path: Path) -> str:
    """``"csv"`` or ``"xlsx"``. Raises FileRefused for an empty file, a huge one and one of any other kind."""
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("empty", "The file is empty.", "Export it again and check that it holds rows.")
    if size > MAX_FILE_BYTES:
        raise FileRefused(
            "file_too_large",
            f"The file has {size // 1048576:,} MB; at most {MAX_FILE_BYTES // 1048576:,} MB are read.",
            "Split it into several files.",
        )
    with path.open("rb") as handle:
        head = handle.read(4096)
    if head.startswith(b"PK"):
        return _zip_kind(path)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise FileRefused("not_a_table", f"This is {name}, not a table of people.", SAVE_AS_CSV)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise FileRefused("not_a_table", "This is a web page or an XML document, not a table of people.", SAVE_AS_CSV)
    if text.startswith((b"{", b"[{", b"[\n", b"[\r")):
        raise FileRefused("not_a_table", "This is a JSON document, not a table of people.", SAVE_AS_CSV)
    if text.startswith(b"begin:vcard"):
        raise FileRefused("not_a_table", "These are address cards (vCard), not a table of people.", SAVE_AS_CSV)
    if text.startswith((b"dn: ", b"dn:: ", b"version: 1\n", b"version: 1\r")):
        raise FileRefused("not_a_table", "This is a directory's export (LDIF), not a table of people.", SAVE_AS_CSV)
    if _is_binary(head):
        raise FileRefused("not_a_table", "This is not a text file: it is full of control characters.", SAVE_AS_CSV)
    return "csv"


def _zip_kind(path: Path) -> str:
    with read_package(path) as archive:
        names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        raise FileRefused("not_a_table", "This is a binary Excel workbook (.xlsb).", SAVE_AS_CSV)
    if "mimetype" in names and "content.xml" in names:
        raise FileRefused("not_a_table", "This is an OpenDocument file (.ods or .odt).", SAVE_AS_CSV)
    if "word/document.xml" in names:
        raise FileRefused("not_a_table", "This is a Word document.", SAVE_AS_CSV)
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return "xlsx"
    raise FileRefused("not_a_table", "This is a ZIP archive, not a table.", "Unpack it and upload the file inside.")


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_utf16(head):
        return False
    control = sum(1 for byte in head if byte < 32 and byte not in b"\t\r\n\x0c\x1a\x1b\x1e\x1f\x01\x00")
    return control + head.count(0) * (head.count(0) > 64) > len(head) * 0.05


def _looks_utf16(head: bytes) -> bool:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    return max(even, odd) > half * 0.4 and min(even, odd) < half * 0.1
