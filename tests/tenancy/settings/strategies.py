"""Random schemas of the supported subset, and values of the right shape that fit or just do not."""

from __future__ import annotations

from hypothesis import strategies as st

from tenancy.settings.formats import CHECKS

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t<&\"'"), max_size=12)
SAMPLES = {
    "email": ["a@example.com", "no", ""],
    "uri": ["https://example.com/x", "javascript:alert(1)", ""],
    "hostname": ["example.com", "-", ""],
    "color": ["#1d4ed8", "#FFFFFF", "red", ""],
    "time-zone": ["UTC", "Europe/Berlin", "Mars", ""],
    "locale": ["en", "en-gb", "xx", ""],
    "duration": ["P14D", "PT90M", "P1Y", "P2W", "P1DT2H", "P007D", "PT0S", "soon", "14", ""],
    "date": ["2026-01-31", "31.1.2026", ""],
}
PATTERNS = ["^[a-z]*$", "b", "^.{2,4}$", "\\d", ""]


def optional(**parts):
    return st.fixed_dictionaries({}, optional=parts)


def with_null(schemas):
    return st.tuples(schemas, st.booleans()).map(
        lambda pair: pair[0] | ({"type": [pair[0]["type"], "null"]} if pair[1] else {})
    )


small = st.integers(0, 4)
plain_strings = optional(minLength=small, maxLength=small, pattern=st.sampled_from(PATTERNS)).map(
    lambda extra: {"type": "string", **extra}
)
formatted = st.sampled_from(sorted(CHECKS)).map(lambda name: {"type": "string", "format": name})
bounds = st.integers(-5, 5)
numbers = st.tuples(
    st.sampled_from(["integer", "number"]),
    optional(
        minimum=bounds,
        maximum=bounds,
        exclusiveMinimum=bounds,
        exclusiveMaximum=bounds,
        multipleOf=st.sampled_from([1, 2, 3]),
    ),
).map(lambda pair: {"type": pair[0], **pair[1]})
booleans = st.just({"type": "boolean"})
enums = st.sampled_from(
    [
        {"type": "string", "enum": ["a", "b", ""]},
        {"type": "integer", "enum": [1, 2]},
        {"type": "number", "enum": [1.0, 2.5]},
        {"type": "string", "enum": ["a", "b"], "x-enum-titles": ["A", "B"]},
    ]
)
null_enum = st.just({"type": ["string", "null"], "enum": ["a", None]})
scalars = with_null(plain_strings | formatted | numbers | booleans) | enums | null_enum
scalars_without_null = plain_strings | formatted | numbers | booleans | enums


def arrays(items):
    def build(pair):
        item, extra = pair
        return {"type": "array", "items": item, "maxItems": 4, **extra}

    return st.tuples(items, optional(minItems=st.integers(0, 2), maxItems=small, uniqueItems=st.booleans())).map(build)


def objects(parts):
    def build(pair):
        properties, required, closed = pair
        names = sorted(properties)
        made = {"type": "object", "properties": properties, "x-order": names[::-1], "required": names[:required]}
        return made | ({"additionalProperties": False} if closed else {})

    held = st.dictionaries(st.sampled_from(["alpha", "beta", "gamma"]), parts, min_size=1, max_size=3)
    return st.tuples(held, st.integers(0, 3), st.booleans()).map(build)


def entries(schema):
    return objects(schema) | scalars_without_null | arrays(scalars_without_null)


schemas = (
    scalars
    | with_null(arrays(entries(scalars)))
    | with_null(objects(scalars | arrays(scalars_without_null) | objects(scalars)))
)


@st.composite
def values(draw, schema):
    """A value of the schema's shape; its keywords may be broken."""
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    null_allowed = "null" in kinds and None in schema.get("enum", [None])
    if null_allowed and draw(st.integers(0, 3)) == 0:
        return None
    kind = next(name for name in kinds if name != "null")
    if "enum" in schema:
        return draw(st.sampled_from([item for item in schema["enum"] if item is not None]))
    if kind == "string":
        return draw(st.sampled_from(SAMPLES[schema["format"]]) if "format" in schema else texts)
    if kind == "integer":
        return draw(st.integers(-9, 9) | st.integers(-(2**53) + 1, 2**53 - 1) | st.just(3.0))
    if kind == "number":
        finite = st.floats(-1e15, 1e15, allow_nan=False).filter(lambda number: number == 0 or abs(number) > 1e-300)
        return draw(st.integers(-9, 9) | finite)
    if kind == "boolean":
        return draw(st.booleans())
    if kind == "array":
        return draw(st.lists(values(schema["items"]), max_size=5))
    required = schema.get("required", [])
    made = {}
    for key, part in schema["properties"].items():
        if key in required or draw(st.booleans()):
            made[key] = draw(values(part))
    if draw(st.integers(0, 4)) == 0:
        made["unknown"] = draw(st.sampled_from([1, "<b>", {"a": [None]}]))
    return made
