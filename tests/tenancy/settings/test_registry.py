"""Declaring groups: by schema, by class, and what the system checks say of a faulty one."""

from __future__ import annotations

import sys
import zoneinfo
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
from django.db.models import TextChoices

from tenancy.settings import Registry, SchemaRefused, UnknownSetting, registry, setting, settings_group
from tenancy.settings.checks import check_settings
from tenancy.settings.secrets import Secret
from tenancy.settings.values import converter

TEXT = {"type": "object", "properties": {"a": {"type": "string", "default": ""}}}


class Colour(TextChoices):
    RED = "red", "Bright red"
    BLUE = "blue", "Deep blue"


@dataclass(frozen=True)
class Rule:
    name: str
    limit: int = 3


def declare(into):
    @settings_group("sample", title="Sample", permission="owner", into=into)
    class Sample:
        """What the sample obeys."""

        domains: tuple[str, ...] = setting((), items={"format": "hostname"}, maxItems=50, help="Only these.")
        colour: Colour = setting(Colour.RED)
        colours: frozenset[Colour] = setting(frozenset())
        seats: int | None = setting(None, minimum=1, permission="staff", _unit="seats")
        expiry: timedelta = setting(timedelta(days=14))
        zone: zoneinfo.ZoneInfo = setting(zoneinfo.ZoneInfo("UTC"))
        mode: Literal["fast", "slow"] | None = setting(None)
        rules: tuple[Rule, ...] = setting((), maxItems=3)
        password: Secret | None = setting(None)

    return Sample


def test_a_class_yields_its_schema():
    own = Registry()
    sample = declare(own)
    group = own.group("sample")
    assert group.problems == ()
    assert sample.group is group
    assert (group.title, group.help) == ("Sample", "What the sample obeys.")
    parts = group.schema["properties"]
    assert parts["domains"] == {
        "type": "array",
        "items": {"type": "string", "format": "hostname"},
        "maxItems": 50,
        "description": "Only these.",
        "default": [],
    }
    assert parts["seats"] == {
        "type": ["integer", "null"], "minimum": 1, "x-permission": "staff", "x-unit": "seats", "default": None,
    }  # fmt: skip
    assert parts["colour"]["enum"] == ["red", "blue"]
    assert parts["colour"]["x-enum-titles"] == ["Bright red", "Deep blue"]
    assert parts["mode"]["enum"] == ["fast", "slow", None]
    assert parts["expiry"]["default"] == "P14D"
    assert parts["rules"]["items"]["required"] == ["name"]
    assert parts["password"] == {"type": ["string", "null"], "x-secret": True}
    settings = group.settings
    assert settings["colour"].may_be_edited_by("owner")
    assert not settings["colour"].may_be_edited_by("admin")
    assert not settings["seats"].may_be_edited_by("owner")
    assert settings["seats"].may_be_edited_by("staff")


def test_a_class_reads_as_python_values():
    own = Registry()
    sample = declare(own)
    made = own.group("sample").build({
        "domains": ["example.com"], "colour": "blue", "colours": ["red"], "expiry": "PT90M", "zone": "Europe/Berlin",
        "rules": [{"name": "n"}], "mode": None,
    })  # fmt: skip
    assert isinstance(made, sample)
    assert made.domains == ("example.com",)
    assert made.colour is Colour.BLUE
    assert made.colours == frozenset({Colour.RED})
    assert made.expiry == timedelta(minutes=90)
    assert made.zone.key == "Europe/Berlin"
    assert made.rules == (Rule("n", 3),)
    with pytest.raises(AttributeError):
        made.seats = 3


def test_an_annotation_without_a_schema_is_refused_with_the_remedy():
    with pytest.raises(TypeError, match="tuple"):

        @settings_group("bad", into=Registry())
        class Bad:
            names: list[str] = setting(())


def test_a_schema_group_reads_as_attributes():
    schema = {
        "type": "object",
        "properties": {
            "span": {"type": "string", "format": "duration"},
            "rate": {"type": "number"},
            "box": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}},
        },
    }
    values = converter(schema, "sample")({"span": "P1W", "rate": 2, "box": {"a": 1.0}})
    assert values.span == timedelta(days=7)
    assert isinstance(values.rate, float)
    assert values.box.a == 1
    assert values.box.b is None
    with pytest.raises(UnknownSetting, match=r"Did you mean sample\.box"):
        _ = values.bux
    with pytest.raises(AttributeError, match="read-only"):
        values.rate = 3
    assert "P1W" not in repr(values)


def test_unknown_names_bring_the_nearest():
    own = Registry()
    declare(own)
    with pytest.raises(UnknownSetting, match=r"sample\.domains"):
        own.setting("sample.domain")
    with pytest.raises(UnknownSetting, match="Did you mean sample"):
        own.group("sampel")
    assert own.setting("sample.domains").name == "sample.domains"


def test_the_project_declares_nothing_that_is_refused():
    assert check_settings(None) == []


@pytest.mark.parametrize(
    ("properties", "options", "check"),
    [
        ({"a": {"type": "string", "default": "", "oneOf": []}}, {}, "E402"),
        ({"a": {"type": "string", "default": 1}}, {}, "E403"),
        ({"a": {"type": "string", "default": "", "pattern": "(?=a)"}}, {}, "E404"),
        ({"A": {"type": "string", "default": ""}}, {}, "E405"),
        ({"a": {"type": "array", "items": {"type": "integer"}, "maxItems": 9999, "default": []}}, {}, "E406"),
        ({"a": {"type": "string", "x-secret": True, "default": "x"}}, {}, "E407"),
        ({"a": {"type": "string", "default": ""}}, {"version": 3}, "E408"),
        ({"a": {"type": "object", "default": {}, "properties": {"b": {"type": "string"}}, "x-order": []}}, {}, "E409"),
        ({"a": {"type": "integer", "default": 1, "minimum": 2, "maximum": 1}}, {}, "E410"),
    ],
)
def test_each_fault_has_a_check_of_its_own(declared, properties, options, check):
    group = declared("faulty", {"type": "object", "properties": properties}, **options)
    assert f"tenancy.{check}" in {message.id for message in check_settings(None)}
    with pytest.raises(SchemaRefused, match="faulty"):
        _ = group.settings


def test_a_key_declared_twice_is_an_error_and_the_first_stays(declared):
    first = declared("twice", TEXT)
    declared("twice", TEXT)
    assert registry.group("twice") is first
    assert [message.id for message in check_settings(None)] == ["tenancy.E401"]


def test_without_re2_a_pattern_is_refused_and_the_rest_works(declared, monkeypatch):
    from tenancy.settings import patterns

    patterns.compile_pattern.cache_clear()
    monkeypatch.setitem(sys.modules, "re2", None)
    declared("plain", TEXT)
    assert check_settings(None) == []
    declared("patterned", {"type": "object", "properties": {"a": {"type": "string", "default": "", "pattern": "a?"}}})
    (message,) = check_settings(None)
    assert message.id == "tenancy.E404"
    assert "google-re2" in message.msg


def test_without_cryptography_a_secret_is_refused(declared, monkeypatch):
    declared("safe", {"type": "object", "properties": {"a": {"type": "string", "x-secret": True}}})
    assert check_settings(None) == []
    monkeypatch.setitem(sys.modules, "cryptography", None)
    (message,) = check_settings(None)
    assert message.id == "tenancy.E407"
