"""One normal form per kind of identifier: what is compared, stored and hashed."""

from __future__ import annotations

import re
import unicodedata

from .. import conf

_SEPARATORS = re.compile(r"[\s\-()./\u00a0\u2010-\u2015]+")


def normal_email(value: str) -> str:
    """Trimmed, NFC, lower case; an empty string for what is no address."""
    text = unicodedata.normalize("NFC", value.strip()).lower()
    return text if text.count("@") == 1 and not text.startswith("@") and not text.endswith("@") else ""


def without_tag(email: str) -> str:
    """The address without its plus tag."""
    local, _, domain = email.partition("@")
    return f"{local.split('+')[0] or local}@{domain}"


def normal_phone(value: str) -> str:
    """E.164 (``+491701234567``); a number without a country is read in the configured calling code.

    An empty string for anything under seven digits.
    """
    text = _SEPARATORS.sub("", value.strip().replace("(0)", ""))
    if text.startswith("00"):
        text = "+" + text[2:]
    if not text.startswith("+"):
        text = f"+{conf.get('CALLING_CODE')}{text.lstrip('0')}"
    digits = text[1:]
    return text if digits.isdigit() and 7 <= len(digits) <= 15 else ""


def digits_of(phone: str) -> set[str]:
    """The digits of a number in normal form as people type it: with the country, after ``00``, or without it."""
    digits, code = phone.removeprefix("+"), str(conf.get("CALLING_CODE"))
    home = digits.removeprefix(code)
    return {digits, f"00{digits}"} | ({f"0{home}", home} if home != digits else set())


def normal_name(value: str) -> str:
    """NFC, single blanks; an empty string for a single word, which would match half of the world."""
    text = " ".join(unicodedata.normalize("NFC", value).split())
    return text if " " in text and len(text) >= 5 else ""


def normal_key(value: str) -> str:
    """Trimmed; an empty string under six characters, where a hit would mean nothing."""
    text = value.strip()
    return text if len(text) >= 6 else ""
