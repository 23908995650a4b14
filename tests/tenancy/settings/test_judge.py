"""The judge: bounds of every value, linear patterns, formats and messages in plain words."""

from __future__ import annotations

import time

import pytest
from jsonschema import Draft202012Validator

from tenancy.settings import judge, limits
from tenancy.settings.formats import CHECKS, format_duration, parse_duration


def faults(schema, value):
    return [(problem.path, problem.code) for problem in judge.problems(judge.validator(schema), value)]


def deep(levels):
    value = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (deep(9), "too_deep"),
        (deep(100_000), "too_deep"),
        ([1] * 5_001, "too_large"),
        ("x" * 20_001, "too_long"),
        ("nul \x00", "control_characters"),
        ("escape \x1b[2J", "control_characters"),
        ("\ud800", "control_characters"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        (10**400, "number_too_large"),
        (2**53, "number_too_large"),
        ({"__proto__": {"admin": True}}, "bad_key"),
        ({"constructor": 1}, "bad_key"),
        ({1: 2}, "bad_key"),
        (object(), "not_json"),
        (b"bytes", "not_json"),
    ],
)
def test_hostile_values_are_refused_before_they_are_judged(value, code):
    assert limits.unfit(value).code == code


@pytest.mark.parametrize("value", [None, True, "", "a\nb\tc", "<script>", "💥", [], {}, 2**53 - 1, -0.5, deep(7)])
def test_usual_values_pass_the_bounds(value):
    assert limits.unfit(value) is None


def test_an_exploding_pattern_runs_in_linear_time():
    schema = {"type": "string", "pattern": "^(a+)+$"}
    started = time.perf_counter()
    assert faults(schema, "a" * 15_000 + "!") == [((), "pattern")]
    assert time.perf_counter() - started < 2  # the backtracking engine of the standard library needs centuries


def test_a_pattern_is_not_anchored_and_its_end_is_the_end():
    assert faults({"type": "string", "pattern": "b"}, "abc") == []
    assert faults({"type": "string", "pattern": "^a$"}, "a\n") == [((), "pattern")]


def test_a_fault_is_told_at_its_deepest_place_in_plain_words():
    schema = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"a": {"type": "integer", "minimum": 3}, "b": {"type": "string"}},
            "required": ["b"],
            "additionalProperties": False,
        },
    }
    found = judge.problems(judge.validator(schema), [{"b": ""}, {"a": 1, "c": 2}])
    assert {(problem.path, problem.message) for problem in found} == {
        ((1, "a"), "Enter 3 or more."),
        ((1, "b"), "This is required."),
        ((1, "c"), "This field is not known here."),
    }


FITS = {
    "email": (["a@example.com"], ["", "a", "a@", "a@b c.de", "a@example.com\n"]),
    "uri": (["https://example.com/a?b=c"], ["", "javascript:alert(1)", "ftp://example.com", "//example.com", "/a"]),
    "hostname": (["example.com", "a-b.example.co.uk"], ["", "example", "-a.example", "exa mple.com", "a..b", "a.b\n"]),
    "color": (["#1d4ed8", "#FFFFFF"], ["", "red", "#fff", "#12345g", "#1d4ed8;background:url(x)"]),
    "time-zone": (["UTC", "Europe/Berlin"], ["", "Mars/Base", "../../etc/passwd", "europe/berlin"]),
    "locale": (["en", "en-gb"], ["", "xx", "de_DE", "../de"]),
    "duration": (["P14D", "PT90M", "P1Y2M3DT4H5M6S", "P2W"], ["", "P", "PT", "14 days", "P1DT", "P-1D", "P1W2D"]),
    "date": (["2026-02-28"], ["", "2026-02-30", "20260228", "2026-W01-1", "2026-02-28T00:00"]),
}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_each_format_accepts_and_refuses(name):
    accepted, refused = FITS[name]
    schema = {"type": "string", "format": name}
    assert [text for text in accepted if faults(schema, text)] == []
    assert [text for text in refused if not faults(schema, text)] == []
    stock = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [text for text in accepted if not stock.is_valid(text)] == []  # ours are the standard's or stricter


@pytest.mark.parametrize("text", ["P14D", "PT90M", "PT36H", "PT5S", "P0D"])
def test_a_span_survives_its_text(text):
    assert format_duration(parse_duration(text)) == text
