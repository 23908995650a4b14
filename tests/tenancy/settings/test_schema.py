"""What may be declared, and that everything else is refused with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tenancy.settings.keywords import meta_schema, ordered_keys
from tenancy.settings.schema import group_problems


def group(**properties):
    return {"type": "object", "properties": properties}


def codes(schema):
    return {problem.code for problem in group_problems(schema)}


GOOD = {
    "text": {"type": "string", "default": "", "minLength": 0, "maxLength": 10, "pattern": "^[a-z]*$"},
    "mail": {"type": ["string", "null"], "default": None, "format": "email"},
    "count": {"type": "integer", "default": 3, "minimum": 1, "maximum": 9, "multipleOf": 3},
    "ratio": {"type": "number", "default": 0.5, "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "on": {"type": "boolean", "default": False},
    "pick": {"type": "string", "enum": ["a", "b"], "default": "a", "x-enum-titles": ["A", "B"]},
    "many": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}, "uniqueItems": True, "default": ["b"]},
    "lines": {"type": "array", "items": {"type": "string"}, "default": ["x"]},
    "box": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "default": {"a": 1}},
    "rows": {
        "type": "array",
        "maxItems": 5,
        "default": [],
        "items": {"type": "object", "properties": {"a": {"type": "string", "default": "n"}}},
    },
    "key": {"type": "string", "x-secret": True, "x-permission": "staff"},
}


def test_the_supported_subset_is_accepted():
    assert group_problems(group(**GOOD)) == []
    judge = Draft202012Validator(meta_schema())
    for schema in GOOD.values():
        assert judge.is_valid(schema), schema


@pytest.mark.parametrize(
    "keyword",
    (
        "allOf anyOf oneOf not if then else $ref $defs $id $anchor $dynamicRef const contains patternProperties "
        "prefixItems propertyNames dependentSchemas dependentRequired unevaluatedProperties minProperties "
        "contentEncoding x-new"
    ).split(),
)
@pytest.mark.parametrize("place", ["group", "setting", "nested", "item"])
def test_every_other_keyword_is_refused_wherever_it_stands(keyword, place):
    good = group(
        box={"type": "object", "properties": {"a": {"type": "string"}}, "default": {}},
        rows={"type": "array", "items": {"type": "string"}, "default": []},
    )
    assert codes(good) == set()
    box, rows = good["properties"]["box"], good["properties"]["rows"]
    {"group": good, "setting": box, "nested": box["properties"]["a"], "item": rows["items"]}[place][keyword] = {}
    assert codes(good) == {"unsupported"}
    assert keyword in str(group_problems(good)[0])


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ({"type": "string"}, "no_default"),
        ({"type": "string", "default": 3}, "default"),
        ({"type": "string", "default": "abc", "maxLength": 2}, "default"),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 2, "default": ["x"]}, "default"),
        ({"type": "string", "default": "", "format": "ipv4"}, "format"),
        ({"type": "null", "default": None}, "type"),
        ({"type": ["string", "integer"], "default": ""}, "type"),
        ({"default": 1}, "type"),
        (True, "unsupported"),
        ({"type": "array", "default": []}, "no_items"),
        ({"type": "array", "items": {"type": "integer"}, "default": []}, "max_items"),
        ({"type": "array", "items": {"type": ["string", "null"]}, "default": []}, "type"),
        ({"type": "object", "default": {}}, "no_properties"),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"], "default": {}}, "required"),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "x-order": ["b"], "default": {}}, "order"),
        ({"type": "integer", "default": 1, "minimum": 3, "maximum": 1}, "bounds"),
        ({"type": "string", "enum": [], "default": ""}, "enum"),
        ({"type": "string", "enum": ["a", "a"], "default": "a"}, "enum"),
        ({"type": "string", "enum": ["a"], "x-enum-titles": [], "default": "a"}, "enum"),
        ({"type": "string", "enum": ["a", None], "default": "a"}, "enum"),
        ({"type": "string", "x-secret": True, "default": "hunter2"}, "secret"),
        ({"type": "integer", "x-secret": True, "default": 1}, "secret"),
        ({"type": "string", "x-permission": "member", "default": ""}, "permission"),
        ({"type": "integer", "multipleOf": -1, "default": 1}, "draft"),
        ({"type": "string", "minLength": "2", "default": ""}, "draft"),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 2000, "default": []}, "too_big"),
    ],
)
def test_faulty_declarations_are_refused(schema, code):
    assert code in codes(group(x=schema))


@pytest.mark.parametrize("name", ["__proto__", "Upper", "with-dash", "class", "1st", "", "constructor", "a" * 64])
def test_a_key_is_a_name_that_code_can_write(name):
    schema = group(**{name: {"type": "string", "default": ""}})
    assert codes(schema) & {"bad_name", "bad_key"}


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=a)b", "look-ahead"),
        ("(?<!a)b", "look-behind"),
        (r"(a)\1", "back-reference"),
        ("(?>a)", "atomic"),
        (r"\u0041", "escape of JavaScript"),
        ("(", "not valid"),
        ("a{1,5000}", "not valid"),
        ("a" * 501, "longer than 500"),
    ],
)
def test_a_pattern_that_can_not_run_in_linear_time_is_refused(pattern, reason):
    (problem,) = group_problems(group(x={"type": "string", "pattern": pattern, "default": ""}))
    assert problem.code == "pattern"
    assert reason in problem.message


def nest(depth):
    schema = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema | {"default": {}}


def test_deep_and_huge_schemas_are_refused_without_being_walked():
    assert codes(group(x=nest(5))) == {"too_deep"}
    assert codes(group(x=nest(50_000))) == {"too_deep"}
    assert codes(group(**{f"k{n}": {"type": "string", "default": ""} for n in range(20_000)})) == {"too_large"}
    assert codes(group(**{f"k{n}": {"type": "string", "default": ""} for n in range(400)})) == {"too_big"}


def test_a_remote_reference_is_refused_and_never_fetched(monkeypatch):
    import socket

    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("the network was asked"))
    assert codes(group(x={"$ref": "https://example.test/schema.json"})) >= {"type"}
    assert codes({"$ref": "https://example.test/schema.json"}) >= {"unsupported"}
    assert codes(group(x={"type": "string", "default": ""}) | {"$schema": "http://json-schema.org/draft-07/schema#"})


def test_the_declared_order_wins_over_the_order_of_keys():
    scrambled = {"properties": {"b": {}, "a": {}, "c": {}}, "x-order": ["c", "a", "b"]}
    assert ordered_keys(scrambled) == ["c", "a", "b"]
    assert ordered_keys({"properties": {"b": {}, "a": {}}}) == ["b", "a"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "items", "enum", "default", "x-secret", "a", "required", "x-order"])
            | st.text(max_size=8),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_no_schema_whatever_makes_the_judge_fail(schema):
    assert isinstance(group_problems(schema), list)
    assert isinstance(group_problems({"type": "object", "properties": {"x": schema}}), list)


@given(st.fixed_dictionaries({"type": st.sampled_from(["string", "integer", "array", "object"])}, optional={
    "default": json_values, "enum": json_values, "x-enum-titles": json_values, "pattern": json_values,
    "required": json_values, "properties": json_values, "items": json_values, "minItems": json_values,
    "maxItems": json_values, "x-order": json_values, "format": json_values, "minimum": json_values,
    "maximum": json_values, "additionalProperties": json_values, "uniqueItems": json_values,
}))  # fmt: skip
def test_what_is_accepted_is_accepted_by_the_meta_schema_too(schema):
    if not group_problems({"type": "object", "properties": {"x": schema}}):
        assert Draft202012Validator(meta_schema()).is_valid(schema)
