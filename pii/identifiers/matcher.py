"""The search for one person's identifiers: a cheap filter over blocks of bytes, an exact one over text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .. import conf
from ..categories import Trace
from .filters import at_once
from .patterns import digests, email_pattern, encoded, key_pattern, name_pattern, phone_pattern, spellings

if TYPE_CHECKING:
    from .sets import Identifiers

_AT_SIGNS = ("@", "%40", "%2540", "&#64;", "&#x40;", "\\u0040", "\\\\u0040", "=40", "(at)", " at ", "+", "%2b")
_SEPARATORS = b" -()./"
_DENSE = 8  # a local part of this length is rare enough to look for alone
# Digests and base64 are unbroken runs of letters and digits. A block without any run this long cannot hold one, and
# most text has none: one look saves thirty.
_LONG = 16
_RUN = b"a" * _LONG
_KINDS = bytes(ord("a") if chr(byte).isascii() and chr(byte).isalnum() else ord(" ") for byte in range(256))


@dataclass(frozen=True)
class Hit:
    """One passage that points at the person. Never holds the passage itself."""

    kind: Trace
    start: int
    end: int

    @property
    def is_exact(self) -> bool:
        """Names can be somebody else's too: a person decides. The rest is exact."""
        return self.kind is not Trace.NAME


class Matcher:
    """Finds every spelling of a set of identifiers."""

    def __init__(self, identifiers: Identifiers) -> None:
        code = conf.get("CALLING_CODE")
        sources: list[tuple[Trace, str]] = []
        sources += [(Trace.EMAIL, email_pattern(value)) for value in sorted(identifiers.emails)]
        sources += [(Trace.PHONE, phone_pattern(value, code)) for value in sorted(identifiers.phones)]
        sources += [(Trace.KEY, key_pattern(value)) for value in sorted(identifiers.keys)]
        sources += [(Trace.NAME, name_pattern(value)) for value in sorted(identifiers.names)]
        exact = sorted(identifiers.emails | identifiers.phones)
        hashes = [digest for value in sorted(identifiers.emails) for digest in digests(value)]
        sources += [(Trace.EMAIL, re.escape(digest)) for digest in hashes]
        self._patterns = [(kind, re.compile(source, re.IGNORECASE)) for kind, source in sources]
        self._encoded = [form for value in exact for form in encoded(value)]
        if self._encoded:
            alternatives = "|".join(map(re.escape, self._encoded))
            self._patterns.append((Trace.EMAIL, re.compile(alternatives)))
        words = self._lower_needles(identifiers)
        coded = [form.encode() for form in self._encoded]
        self._always = [(needle, True) for needle in words] + [(n, False) for n in coded if _run(n) < _LONG]
        self._in_runs = [(needle.encode(), True) for needle in hashes] + [(n, False) for n in coded if _run(n) >= _LONG]
        national = [value.lstrip("+") for value in identifiers.phones]
        national = [value[len(code) :] if value.startswith(code) else value for value in national]
        self._digits = [value.encode() for value in national]
        self._at_once = at_once([*self._always, *self._in_runs], self._digits)
        named = identifiers.emails | identifiers.names | identifiers.keys
        self._squeezed = {_squeeze(value) for value in named} | set(national)

    @staticmethod
    def _lower_needles(identifiers: Identifiers) -> list[bytes]:
        needles: dict[bytes, None] = {}
        for email in identifiers.emails:
            local = email.partition("@")[0].split("+")[0]
            for form in _cased(local):
                ends = ("",) if len(form) >= _DENSE else _AT_SIGNS
                needles.update({(form + end).encode().lower(): None for end in ends})
        for key in identifiers.keys:
            needles.update({form.encode().lower(): None for form in _cased(key)})
        for name in identifiers.names:  # the longest word, alone: spacing and order vary
            needles.update({form.encode().lower(): None for form in _cased(max(name.split(), key=len))})
        return list(needles)

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def suspects(self, block: bytes) -> bool:
        """Whether a block may hold a hit; never False where `find` would find one."""
        return any(True for _ in self._positions(block, first_only=True))

    def lines(self, block: bytes) -> Iterator[bytes]:
        """The newline-terminated lines of `block` that may hold a hit, each once, in any order."""
        seen: set[int] = set()
        for start in self._positions(block, first_only=False):
            begin = block.rfind(b"\n", 0, start) + 1
            if begin not in seen:
                seen.add(begin)
                end = block.find(b"\n", start)
                yield block[begin : end if end >= 0 else len(block)]

    def _positions(self, block: bytes, *, first_only: bool) -> Iterator[int]:
        if self._at_once is not None:
            yield from (found.start() for found in self._at_once.finditer(block))
            return
        lowered = block.lower()
        needles = self._always
        if self._in_runs and block.translate(_KINDS).find(_RUN) >= 0:
            needles = [*needles, *self._in_runs]
        for needle, any_case in needles:
            haystack = lowered if any_case else block
            at = haystack.find(needle)
            while at >= 0:
                yield at
                if first_only:
                    return
                newline = haystack.find(b"\n", at)
                at = haystack.find(needle, newline) if newline >= 0 else -1
        if self._digits:
            yield from self._phone_positions(block)

    def _phone_positions(self, block: bytes) -> Iterator[int]:
        bare = block.translate(None, _SEPARATORS)
        if not bare.isascii():  # no-break blanks and typographic dashes
            bare = re.sub(rb"\xc2\xa0|\xe2\x80[\x90-\x95]", b"", bare)
        for digits in self._digits:
            at = bare.find(digits)
            while at >= 0:  # lines keep their order, so the n-th line of one is the n-th of the other
                number = bare.count(b"\n", 0, at)
                yield _line_start(block, number)
                newline = bare.find(b"\n", at)
                at = bare.find(digits, newline) if newline >= 0 else -1

    def in_file_name(self, name: str) -> bool:
        """Whether a stored file's name holds an identifier: storages drop ``@``, blanks and case."""
        squeezed = _squeeze(unquote(name))
        return any(len(value) >= 6 and value in squeezed for value in self._squeezed)

    def find(self, text: str) -> list[Hit]:
        """Every hit in `text`, leftmost first, not overlapping; exact kinds win over names."""
        hits: list[Hit] = []
        for kind, pattern in self._patterns:
            for found in pattern.finditer(text):
                if not any(found.start() < hit.end and hit.start < found.end() for hit in hits):
                    hits.append(Hit(kind, found.start(), found.end()))
        return sorted(hits, key=lambda hit: hit.start)

    def replace(self, text: str, marker: str | Callable[[Hit], str], *, names: bool = False) -> tuple[str, int]:
        """`text` with every exact hit (and names, if asked) replaced by `marker`; and how many there were."""
        hits = [hit for hit in self.find(text) if names or hit.is_exact]
        for hit in reversed(hits):
            text = text[: hit.start] + (marker if isinstance(marker, str) else marker(hit)) + text[hit.end :]
        return text, len(hits)


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text).lower())


def _cased(text: str) -> list[str]:
    """Spellings in every case that ASCII lower-casing of bytes does not level."""
    forms: dict[str, None] = {}
    for form in spellings(text):
        for cased in (form, form.lower(), form.upper(), form.title()) if not form.isascii() else (form,):
            forms.setdefault(unicodedata.normalize("NFC", cased) if form == spellings(text)[0] else cased)
            forms.setdefault(cased)
    for form in list(forms):
        if not form.isascii():  # bytes shown by encode(…, 'escape')
            forms.setdefault("".join(f"\\\\{byte:03o}" if byte > 127 else chr(byte) for byte in form.encode()))
        if "\\" in form:  # the text form of COPY doubles every backslash
            forms.setdefault(form.replace("\\", "\\\\"))
    return list(forms)


def _run(needle: bytes) -> int:
    """The longest unbroken run of letters and digits in it."""
    return max(map(len, needle.translate(_KINDS).split()), default=0)


def _line_start(block: bytes, number: int) -> int:
    at = 0
    for _ in range(number):
        at = block.index(b"\n", at) + 1
    return at
