"""Regular expressions that find one identifier in every spelling people and software give it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from urllib.parse import quote

from ..categories import Trace
from .normal import without_tag

AT = r"(?:@|%40|%2540|&#64;|&#x40;|\\u0040|=40|\(at\)| at )"
_GAP = r"[\s\-()./\u00a0\u2010-\u2015]{0,3}"
_SUFFIX = r"(?:csv|xlsx?|ods|pdf|txt|docx?|odt|zip|json|html?|eml|msg|vcf|png|jpe?g)(?![\w\-])"  # of a file's name
_BEFORE = r"(?:(?<![\w.+\-])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt]))"


def spellings(text: str) -> list[str]:
    """`text` as software writes it: NFC, NFD, URL-encoded, JSON-escaped; without doubles, in a stable order."""
    forms: dict[str, None] = {}
    for form in ("NFC", "NFD"):
        normal = unicodedata.normalize(form, text)
        forms.setdefault(normal)
        if not normal.isascii():
            for cased in (normal, normal.lower(), normal.upper()):
                forms.setdefault(quote(cased, safe=" "))
                forms.setdefault(json.dumps(cased)[1:-1])
    return list(forms)


def _alternatives(text: str) -> str:
    return "(?:" + "|".join(re.escape(form) for form in spellings(text)) + ")"


def email_pattern(email: str) -> str:
    """An address: any case, with or without a plus tag, its at sign in every encoding."""
    local, _, domain = without_tag(email).partition("@")
    tag = r"(?:(?:\+|%2[Bb])[\w.\-+%]{0,64}?)?"
    return f"{_BEFORE}{_alternatives(local)}{tag}{AT}{_alternatives(domain)}" + rf"(?![\w\-]|\.(?!{_SUFFIX})\w)"


def phone_pattern(phone: str, calling_code: str) -> str:
    """A number in E.164: international, with 00, national with a trunk zero, any separators."""
    digits = phone.lstrip("+")
    national = digits[len(calling_code) :] if digits.startswith(calling_code) else digits
    body = _GAP.join(re.escape(digit) for digit in national)
    if national == digits:
        return rf"(?<!\d)(?:\+|00|%2[Bb])?{_GAP}{body}(?!\d)"
    code = _GAP.join(calling_code)
    return rf"(?<!\d)(?:(?:\+|00|%2[Bb])?{_GAP}{code}{_GAP}(?:\(0\)|0)?{_GAP}|0{_GAP})?{body}(?!\d)"


def name_pattern(name: str) -> str:
    """A full name of two words or more: any case and spacing, also ``Last, First``."""
    words = name.split()
    forward = r"(?:\s|%20|\+|_|\\n)+".join(_alternatives(word) for word in words)
    turned = rf"{_alternatives(words[-1])},\s*" + r"\s+".join(_alternatives(word) for word in words[:-1])
    return rf"(?<!\w)(?:{forward}|{turned})(?!\w)"


def key_pattern(key: str) -> str:
    """A key from elsewhere, exactly."""
    return rf"(?<![\w\-]){_alternatives(key)}(?![\w\-])"


def encoded(value: str) -> list[str]:
    """What contains `value` in base64, whatever stands before it: the three alignments, in the cases people type."""
    found: dict[str, None] = {}
    for text in {value, value.lower(), value.title(), unicodedata.normalize("NFD", value)}:
        raw = text.encode()
        for head in range(3):  # bytes of `raw` that share a group of three with what stands before
            core = raw[head:]
            core = core[: len(core) // 3 * 3]
            if len(core) >= 6:
                found.setdefault(base64.b64encode(core).decode())
                found.setdefault(base64.urlsafe_b64encode(core).decode())
    return list(found)


def digests(value: str) -> list[str]:
    """Unsalted hashes that software stores in place of an address."""
    raw = value.encode()
    weak = [hashlib.new(name, raw, usedforsecurity=False).hexdigest() for name in ("md5", "sha1")]
    return [*weak, hashlib.sha256(raw).hexdigest()]


KINDS = (Trace.EMAIL, Trace.PHONE, Trace.KEY, Trace.NAME)
