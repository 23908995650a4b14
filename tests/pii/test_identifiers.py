"""Every spelling of an identifier is found, in text and in bytes, and nobody else's is."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.categories import Trace
from pii.identifiers import Identifiers, Matcher, normal_email, normal_name, normal_phone
from pii.identifiers.normal import normal_key

JANE = Identifiers.of(
    [
        (Trace.EMAIL, "Jäne.Doe@Example.com"),
        (Trace.EMAIL, "jd@corp.example"),
        (Trace.PHONE, "0170 1234567"),
        (Trace.NAME, "Jäne van der Doe"),
        (Trace.KEY, "EMP-004711"),
    ]
)

SPELLINGS = [
    "jäne.doe@example.com",
    "JÄNE.DOE@EXAMPLE.COM",
    unicodedata.normalize("NFD", "jäne.doe@example.com"),
    "<jäne.doe+news@example.com>",
    quote("jäne.doe@example.com"),
    "?next=%2F&email=" + quote("jäne.doe@example.com"),
    json.dumps({"mail": "jäne.doe@example.com"}),
    "jd%40corp.example",
    "jd@corp.example.",
    "JD@CORP.EXAMPLE",
    "letter of jd@corp.example.pdf",
    "jd+list%40corp.example",
    "x=jd%2540corp.example",
    "jd&#64;corp.example",
    base64.b64encode(b"a:jd@corp.example").decode(),
    base64.b64encode(b"ab:jd@corp.example;").decode(),
    base64.urlsafe_b64encode(b"abc:jd@corp.example").decode(),
    "https://avatar.test/" + hashlib.md5(b"jd@corp.example").hexdigest(),
    hashlib.sha256(b"jd@corp.example").hexdigest().upper(),
    "+49 170 1234567",
    "0049 (0) 170-123 45 67",
    "0170/1234567",
    "(0170) 123.4567",
    "491701234567",
    "Jäne van der Doe",
    "JÄNE VAN DER DOE",
    "Doe, Jäne van der",
    "j\u0061\u0308ne  van der doe",
    "emp-004711",
]

OTHERS = [
    "mary.jäne.doe@example.com",
    "jäne.doe@example.com.au",
    "xjd@corp.example",
    "jd@corp.example2",
    "jdx@corp.example",
    "0170 12345678",
    "9 0170 123",
    "Jäne van der Does",
    "Marjäne van der Doe",
    "EMP-0047112",
    "doe jane",
    "",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_found(text):
    wrapped = f"before {text} after"
    assert JANE.matcher().find(wrapped)
    assert JANE.matcher().suspects(wrapped.encode())
    cleaned, count = JANE.matcher().replace(wrapped, "[erased]", names=True)
    assert count
    assert not JANE.matcher().find(cleaned)


@pytest.mark.parametrize("text", OTHERS)
def test_somebody_else_is_not_found(text):
    assert JANE.matcher().find(f"before {text} after") == []


@given(st.text(max_size=60), st.sampled_from(SPELLINGS), st.text(max_size=60))
def test_the_cheap_filter_never_misses_what_the_exact_search_finds(before, spelling, after):
    text = (before + " " + spelling + " " + after).replace("\n", " ")
    if JANE.matcher().find(text):
        block = b"some line\n" + text.encode("utf-8", "surrogatepass") + b"\nother\n"
        assert text.encode("utf-8", "surrogatepass") in list(JANE.matcher().lines(block))


@given(st.lists(st.one_of(st.sampled_from([*SPELLINGS, *OTHERS]), st.text(max_size=30)), max_size=12))
def test_the_filter_at_once_and_one_by_one_see_the_same_lines(texts):
    lines = [text.replace("\n", " ").encode("utf-8", "surrogatepass") for text in texts]
    block = b"".join(line + b"\n" for line in lines)
    at_once, one_by_one = Matcher(JANE), Matcher(JANE)
    assert at_once._at_once is not None
    one_by_one._at_once = None
    assert set(one_by_one.lines(block)) <= set(at_once.lines(block))
    assert one_by_one.suspects(block) <= at_once.suspects(block)


def test_without_re2_every_spelling_is_found_one_by_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", None)
    matcher = Matcher(JANE)
    assert matcher._at_once is None
    for text in SPELLINGS:
        assert list(matcher.lines(b"one\n" + text.encode() + b"\ntwo\n")) == [text.encode()]


def test_names_are_not_exact():
    (hit,) = JANE.matcher().find("call Jäne van der Doe")
    assert not hit.is_exact
    assert JANE.matcher().replace("call Jäne van der Doe", "x") == ("call Jäne van der Doe", 0)


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        (" Jane@Example.COM ", "jane@example.com"),
        ("no address", ""),
        ("a@b@c", ""),
        ("@b", ""),
    ],
)
def test_normal_email(value, normal):
    assert normal_email(value) == normal


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("+49 (0) 170 / 123-4567", "+491701234567"),
        ("0170 1234567", "+491701234567"),
        ("0044 20 7946 0958", "+442079460958"),
        ("12", ""),
        ("call me", ""),
    ],
)
def test_normal_phone(value, normal):
    assert normal_phone(value) == normal


def test_what_would_match_half_the_world_is_no_identifier():
    assert normal_name("Max") == ""
    assert normal_key("42") == ""
    assert not Identifiers.of([(Trace.NAME, "Max"), (Trace.KEY, "42"), (Trace.EMAIL, "x")])


def test_identifiers_round_trip():
    assert Identifiers.from_json(json.loads(json.dumps(JANE.as_json()))) == JANE


def test_keyed_hashes_hold_no_value():
    joined = " ".join(JANE.keyed_hashes())
    assert "jane" not in joined
    assert len(JANE.keyed_hashes()) == 4
    assert JANE.keyed_hashes() != [hashlib.sha256(v.encode()).hexdigest() for v in sorted(JANE.emails)]


@pytest.mark.parametrize(
    "name",
    ["a/jd@corp.example.txt", "jdcorp.example.pdf", "0170_1234567.pdf", "x/JD%40corp.example", "cv_emp-004711.doc"],
)
def test_file_names_are_found_as_storages_write_them(name):
    assert JANE.matcher().in_file_name(name)


def test_other_file_names_are_not():
    assert not JANE.matcher().in_file_name("contacts/2026/report.pdf")
