"""The form loses nothing, and accepts exactly what the judge of the schema accepts, keyword by keyword."""

from __future__ import annotations

import json
import os
import re

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import assume, currently_in_test_context, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tenancy.settings.documents import ABSENT, canonical
from tenancy.settings.form.group_form import GroupForm, State
from tenancy.settings.formats import FORMATS
from tenancy.settings.registry import Group
from tenancy.settings.schema import group_problems
from tenancy.settings.theme import PLAIN

from .browserlike import controls, posted
from .strategies import schemas, values

EXAMPLES = int(os.environ.get("EXAMPLES", "50"))


def form_of(schema, *, own=ABSENT, inherited=None, data=None, editor="staff"):
    group = Group("sample", {"type": "object", "properties": {"it": schema}})
    faults = [problem for problem in group.problems if problem.code not in ("no_default", "default")]
    if currently_in_test_context():
        assume(not faults)
    assert not faults, faults
    group.__dict__["problems"] = ()  # these tests say themselves what is inherited
    return GroupForm(group, {"it": State(own, inherited, "default")}, editor, data)


def html(form):
    return render_to_string("tenancy/settings/field.html", {"field": form.rows[0], "look": PLAIN, "optional_word": ""})


def sorted_sets(schema, value):
    """The value as its form says it: a set of check boxes has the order of its enum, and says nothing twice."""
    if isinstance(value, list) and "enum" in schema.get("items", {}) and schema.get("uniqueItems") is True:
        return [item for item in schema["items"]["enum"] if item in value]
    if isinstance(value, list):
        return [sorted_sets(schema.get("items", {}), item) for item in value]
    if isinstance(value, dict):
        return {key: sorted_sets(schema.get("properties", {}).get(key, {}), item) for key, item in value.items()}
    return value


def says_twice(schema, value):
    """Whether a set of check boxes would have to be ticked twice."""
    return canonical(sorted_sets(schema, value)) != canonical(value) and not Draft202012Validator(schema).is_valid(
        value
    )


pairs = schemas.flatmap(lambda schema: st.tuples(st.just(schema), values(schema)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(pairs)
def test_an_untouched_form_changes_nothing(pair):
    schema, value = pair
    schema = schema | {"default": None}
    before = form_of(schema, own=value)
    data = posted(html(before))
    after = form_of(schema, own=value, data=data)
    assert after.changes == {}
    again = form_of(schema, own=value, data=posted(html(after)))  # once more, from the page that shows the posted form
    assert again.changes == {}


@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(pairs)
def test_form_and_judge_agree_and_no_value_is_altered(pair):
    schema, value = pair
    if says_twice(schema, value):
        return
    form = form_of(schema, inherited=value)
    data = posted(html(form), **{"s.it:own": "on"})
    form = form_of(schema, inherited=value, data=data)
    change = form.changes["sample.it"]
    assert canonical(change) == canonical(sorted_sets(schema, value))
    stock = Draft202012Validator(schema, format_checker=FORMATS)  # its own patterns, its own everything
    assert form.is_valid() == stock.is_valid(value), (schema, value, html(form))


KEYWORDS = [
    ({"type": "string", "minLength": 2}, "ab", "a"),
    ({"type": "string", "minLength": 2}, "💥💥", "💥"),
    ({"type": "string", "maxLength": 2}, "💥💥", "abc"),
    ({"type": "string", "pattern": "^[a-c]+$"}, "abc", "abd"),
    ({"type": "string", "enum": ["a"]}, "a", "b"),
    ({"type": "string", "format": "email"}, "a@example.com", "a@"),
    ({"type": "integer"}, "5", "5.5"),
    ({"type": "integer"}, "5.0", "five"),
    ({"type": "integer"}, "1e3", "1e"),
    ({"type": "number"}, "1e-3", "0x1"),
    ({"type": "number"}, ".5", "NaN"),
    ({"type": "number"}, "-3", "Infinity"),
    ({"type": "number"}, "9007199254740991", "1e400"),
    ({"type": "integer", "minimum": 3}, "3", "2"),
    ({"type": "integer", "maximum": 3}, "3", "4"),
    ({"type": "number", "exclusiveMinimum": 3}, "3.01", "3"),
    ({"type": "number", "exclusiveMaximum": 3}, "2.99", "3"),
    ({"type": "integer", "multipleOf": 3}, "9", "8"),
    ({"type": "array", "items": {"type": "string"}, "minItems": 2}, "a\r\nb", "a"),
    ({"type": "array", "items": {"type": "string"}, "maxItems": 1}, "a", "a\r\nb"),
    ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, "a\r\nb", "a\r\na"),
    ({"type": "array", "items": {"type": "string", "format": "hostname"}}, " example.com ", "example"),
    ({"type": "integer"}, "5", "٣"),
    ({"type": "integer"}, "5", ""),
    ({"type": "string", "format": "uri"}, "https://example.com", "javascript:alert(1)"),
]


@pytest.mark.parametrize(("schema", "good", "bad"), KEYWORDS)
def test_what_a_person_types(schema, good, bad):
    page = html(form_of(schema, inherited="" if schema["type"] == "string" else None))
    for typed, fits in ((good, True), (bad, False)):
        form = form_of(schema, data=posted(page, **{"s.it": typed, "s.it:own": "on"}))
        assert form.is_valid() is fits, form.changes
        assert form.rows[0].node.has_errors() is not fits
        shown = html(form)
        if not fits:
            assert 'aria-invalid="true"' in shown
            if schema.get("enum") is None:
                assert dict(controls(shown)[0])["s.it"] == typed  # nothing typed is lost


def test_a_blank_box_means_what_it_meant():
    nullable = {"type": ["string", "null"], "default": None}
    for value, typed, expected in ((None, "", {}), ("", "", {}), ("x", "", {"sample.it": None}), ("", "y", "y")):
        page = html(form_of(nullable, own=value))
        form = form_of(nullable, own=value, data=posted(page, **{"s.it": typed}))
        assert form.changes == (expected if isinstance(expected, dict) else {"sample.it": expected})


def test_absent_stays_absent_in_an_object():
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "boolean"},
            "c": {"type": "object", "properties": {"d": {"type": "string"}}},
        },
    }
    page = html(form_of(schema, own={}))
    assert form_of(schema, own={}, data=posted(page)).changes == {}
    typed = form_of(schema, own={}, data=posted(page, **{"s.it.b": "true"}))
    assert typed.changes == {"sample.it": {"b": True}}
    typed = form_of(schema, own={}, data=posted(page, **{"s.it.c.d": "typed without ticking the box"}))
    assert typed.changes == {"sample.it": {"c": {"d": "typed without ticking the box"}}}
    page = html(form_of(schema, own={"c": {"d": "x"}}))
    assert form_of(schema, own={"c": {"d": "x"}}, data=posted(page, **{"s.it.c:on": None})).changes == {"sample.it": {}}


ROWS = {
    "type": "array",
    "maxItems": 3,
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["name"],
    },
}


def press(schema, own, data, button):
    form = form_of(schema, own=own, data=data)
    assert ("_do", button) in controls(html(form))[1], controls(html(form))[1]
    form.act(button)
    return posted(html(form))


def test_entries_are_added_moved_and_removed_without_javascript():
    own = [{"name": "one"}, {"name": "two", "tags": ["x"]}]
    data = posted(html(form_of(ROWS, own=own)))
    data = press(ROWS, own, data, "down:s.it.0")
    assert form_of(ROWS, own=own, data=data).changes == {"sample.it": own[::-1]}
    data = press(ROWS, own, data, "add:s.it")
    assert "add:s.it" not in dict.fromkeys(value for _name, value in controls(html(form_of(ROWS, data=data)))[1])
    data["s.it.2.name"] = "three"
    assert form_of(ROWS, own=own, data=data).changes == {"sample.it": [*own[::-1], {"name": "three"}]}
    data = press(ROWS, own, data, "remove:s.it.1")
    data = press(ROWS, own, data, "up:s.it.2")
    assert form_of(ROWS, own=own, data=data).changes == {"sample.it": [{"name": "three"}, {"name": "one"}]}


def test_an_error_stands_at_the_entry_it_belongs_to():
    own = [{"name": "one"}, {"name": "two"}]
    form = form_of(ROWS, own=own, data=posted(html(form_of(ROWS, own=own)), **{"s.it.1.name": ""}))
    assert not form.is_valid()
    entry = form.rows[0].node.child(1)
    assert entry.child("name").errors == ["Enter at least 1 character."]
    assert form.rows[0].node.child(0).has_errors() is False


def test_inherited_values_are_shown_and_reset():
    schema = {"type": "integer", "default": 3, "title": "Seats"}
    shown = html(form_of(schema, inherited=3))
    assert "Inherited: default" in shown
    changed = form_of(schema, inherited=3, data=posted(shown, **{"s.it": "4"}))
    assert changed.changes == {"sample.it": 4}
    shown = html(form_of(schema, own=4, inherited=3))
    assert "Reset to the inherited value (default): 3" in shown
    assert form_of(schema, own=4, inherited=3, data=posted(shown, **{"s.it:reset": "on"})).changes == {
        "sample.it": ABSENT
    }


def test_what_may_not_be_edited_is_not_read():
    schema = {"type": "integer", "default": 3, "x-permission": "staff"}
    shown = html(form_of(schema, inherited=3, editor="owner"))
    assert controls(shown)[0] == []
    assert "Only staff may change this" in shown
    forged = QueryDict("s.it=9&s.it:seen=own.a.b&s.it:own=on")
    assert form_of(schema, inherited=3, editor="owner", data=forged).changes == {}


def test_markup_in_titles_and_values_is_text():
    evil = "</textarea><script>alert(1)</script>\"'"
    schema = {"type": "string", "title": evil, "description": evil, "default": ""}
    for form in (form_of(schema, own=evil), form_of(schema, own=evil + "\n"), form_of(schema, inherited=evil)):
        assert "<script" not in html(form)
        assert evil in dict(controls(html(form))[0])["s.it"]
    lines = {"type": "array", "items": {"type": "string", "title": evil}, "default": []}
    assert "<script" not in html(form_of(lines, own=[evil]))


def test_lines_that_a_line_can_not_hold_get_entries():
    schema = {"type": "array", "items": {"type": "string"}}
    for own in (["a\nb"], ["", "a"]):
        page = html(form_of(schema, own=own))
        assert "<textarea id=" not in page or "data-entry" in page
        assert form_of(schema, own=own, data=posted(page)).changes == {}


def test_the_declared_order_survives_jsonb():
    parts = {"zulu": {"type": "string"}, "alpha": {"type": "string"}, "mike": {"type": "string"}}
    scrambled = json.loads(json.dumps({"type": "object", "properties": parts, "x-order": list(parts)}, sort_keys=True))
    assert list(scrambled["properties"]) != list(parts)
    names = [name for name, _value in controls(html(form_of(scrambled, own={})))[0] if name.count(".") == 2]
    order = [name.rpartition(".")[2] for name in names if ":" not in name]
    assert order == list(parts)


HOSTILE = [
    "s.it:entry=../../etc&s.it:entries=1&s.it:seen=own.a.b",
    "s.it:entry=" + "9" * 5000 + "&s.it:entries=1&s.it:seen=own.a.b",
    "&".join(f"s.it:entry={n}" for n in range(900)) + "&s.it:entries=1&s.it:seen=own.a.b",
    "s.it.0:extra=" + "[" * 50_000 + "&s.it:entry=0&s.it:entries=1&s.it:seen=own.a.b",
    's.it.0:extra={"__proto__":1}&s.it:entry=0&s.it:entries=1&s.it:seen=own.a.b',
    "s.it:seen=&s.it:entry=0",
    "s.it:seen=...&s.it:own=on",
    "s.it:seen=own.a.b&s.it.0.name=%00&s.it:entry=0",
    "s.it:seen=own.a.b&s.it.0.name=%ED%A0%80&s.it:entry=0",
    "s.it:empty=__proto__&s.it:seen=own.a.b",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_forged_post_is_refused_or_harmless(query):
    form = form_of(ROWS, own=[], data=QueryDict(query))
    form.act("remove:s.it.7")
    form.act("explode:s.it")
    form.act("add:")
    if form.changes:
        fits = Draft202012Validator(ROWS, format_checker=FORMATS).is_valid(form.changes["sample.it"])
        assert form.is_valid() is False or fits
    html(form)


def test_every_control_has_a_name_for_assistive_technology():
    properties = {
        "text": {"type": "string"},
        "number": {"type": "integer"},
        "flag": {"type": "boolean"},
        "span": {"type": "string", "format": "duration"},
        "pick": {"type": "string", "enum": ["a"]},
        "set": {"type": "array", "items": {"type": "string", "enum": ["a"]}, "uniqueItems": True},
        "rows": ROWS,
    }
    page = html(form_of({"type": "object", "properties": properties, "required": list(properties)}, own={"rows": [{}]}))
    page = re.sub(r"<template>.*?</template>", "", page, flags=re.S)
    ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* id="([^"]+)"', page)
    assert len(ids) > 7
    assert [one for one in ids if f'for="{one}"' not in page] == []
    assert len(ids) == len(set(ids))


def test_a_form_is_only_made_of_schemas_that_are_accepted():
    assert group_problems({"type": "object", "properties": {"it": ROWS | {"default": []}}}) == []
