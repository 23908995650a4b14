"""Says what an uploaded file is by its bytes, and refuses what is not allowed, too large, disguised or a trap."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_PARTS = 2_000
_HEAD = 8_192


class FileNotAccepted(Exception):
    """The file is refused; the text may be shown. Nothing was stored."""


@dataclass(frozen=True)
class Kind:
    """A kind of file that may be attached."""

    content_type: str
    extensions: tuple[str, ...]
    label: str


PDF = Kind("application/pdf", ("pdf",), "PDF")
PNG = Kind("image/png", ("png",), "PNG")
JPEG = Kind("image/jpeg", ("jpg", "jpeg"), "JPEG")
GIF = Kind("image/gif", ("gif",), "GIF")
WEBP = Kind("image/webp", ("webp",), "WebP")
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind(_OFFICE + "wordprocessingml.document", ("docx",), "Word")
XLSX = Kind(_OFFICE + "spreadsheetml.sheet", ("xlsx",), "Excel")
PPTX = Kind(_OFFICE + "presentationml.presentation", ("pptx",), "PowerPoint")
ODT = Kind("application/vnd.oasis.opendocument.text", ("odt",), "OpenDocument text")
ODS = Kind("application/vnd.oasis.opendocument.spreadsheet", ("ods",), "OpenDocument spreadsheet")
TEXT = Kind("text/plain", ("txt", "csv", "log", "md"), "Text")
KINDS = (PDF, PNG, JPEG, GIF, WEBP, DOCX, XLSX, PPTX, ODT, ODS, TEXT)

_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
)
_ACTIVE = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<head", b"<body", b"<iframe", b"<?php")


def judge(file: IO[bytes], name: str) -> Kind:
    """The kind of the file. Raises FileNotAccepted where bytes or name are refused, or do not say the same."""
    if (
        not name
        or name != name.strip()
        or any(char in name for char in "/\\")
        or ".." in name
        or not name.isprintable()
    ):
        raise FileNotAccepted(_("The file's name holds a path or a character that no name has. Rename the file."))
    if len(name) > 150:
        raise FileNotAccepted(_("The file's name is longer than 150 characters. Rename the file."))
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise FileNotAccepted(_("The file is empty."))
    kind = _sniff(head, file)
    file.seek(0)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if kind is None:
        raise FileNotAccepted(
            _("This kind of file is not accepted. Accepted are: %(kinds)s.")
            % {"kinds": ", ".join(known.label for known in KINDS)}
        )
    if extension not in kind.extensions:
        raise FileNotAccepted(
            _("The file is of the kind %(kind)s, and its name says something else. Save it as .%(extension)s.")
            % {"kind": kind.label, "extension": kind.extensions[0]}
        )
    return kind


def _sniff(head: bytes, file: IO[bytes]) -> Kind | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"PK\x03\x04"):
        return _package(file)
    return _text(head, file)


def _package(file: IO[bytes]) -> Kind | None:
    """The office document in a ZIP container. Its directory is read, nothing is unpacked."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            mimetype = b""
            _refuse_bomb(parts)
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mimetype = archive.read("mimetype")
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, RuntimeError):
        raise FileNotAccepted(_("The file is damaged: it cannot be opened. Save it again.")) from None
    for member, kind in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("ppt/presentation.xml", PPTX)):
        if member in names and "[Content_Types].xml" in names:
            return kind
    return next((kind for kind in (ODT, ODS) if mimetype.decode("ascii", "replace") == kind.content_type), None)


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or (unpacked > 10_000_000 and unpacked / packed > MAX_RATIO):
        raise FileNotAccepted(_("The file unpacks to far more than its size. It is refused as a ZIP bomb."))


def _text(head: bytes, file: IO[bytes]) -> Kind | None:
    """Plain text in UTF-8 or a one-byte encoding, from the first to the last byte, and no page that a browser runs."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x0b\x0c").lower()
    if start.startswith(_ACTIVE) or any(mark in head.lower() for mark in (b"<svg", b"<script", b"<html")):
        return None
    file.seek(0)
    while chunk := file.read(65_536):
        if any(byte < 32 and byte not in b"\t\r\n\x0c" for byte in chunk):
            return None
    return TEXT
