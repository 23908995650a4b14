"""The one scrubber: complete on nested values and keys, idempotent, and blind to everybody else."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from pii.categories import Trace
from pii.identifiers import Identifiers
from pii.scrub import MARKER, scrub_text, scrub_value

JANE = Identifiers.of([(Trace.EMAIL, "jane.doe@example.com"), (Trace.PHONE, "+491701234567")]).matcher()
CANARIES = ["jane.doe@example.com", "JANE.DOE%40example.com", "0170 1234567", "see jane.doe+x@example.com!"]

leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(CANARIES)
keys = st.text(max_size=10) | st.sampled_from(CANARIES)
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)


@given(documents)
def test_nothing_of_the_person_is_left(document):
    cleaned, count = scrub_value(document, JANE)
    assert not JANE.find(json.dumps(cleaned, ensure_ascii=False))
    again, more = scrub_value(cleaned, JANE)
    assert (again, more) == (cleaned, 0)
    assert (cleaned == document) is (count == 0)


@given(documents)
def test_the_shape_stays(document):
    cleaned, _count = scrub_value(document, JANE)

    def size(value):
        if isinstance(value, dict):
            return 1 + sum(size(inner) for inner in value.values())
        if isinstance(value, list):
            return 1 + sum(map(size, value))
        return 1

    assert size(cleaned) == size(document)


@given(documents.filter(lambda value: not JANE.find(json.dumps(value, ensure_ascii=False))))
def test_others_are_untouched(document):
    assert scrub_value(document, JANE) == (document, 0)


def test_keys_that_become_one_keep_both_values():
    cleaned, count = scrub_value({"jane.doe@example.com": 1, "JANE.DOE@example.com": 2}, JANE)
    assert cleaned == {MARKER: 1, f"{MARKER} 2": 2}
    assert count == 2


def test_json_stored_as_text_stays_json():
    text, count = scrub_text('{"to": ["jane.doe@example.com", "bob@example.com"]}', JANE)
    assert json.loads(text) == {"to": [MARKER, "bob@example.com"]}
    assert count == 1


def test_a_number_that_spells_the_phone_goes():
    assert scrub_value({"tel": 491701234567}, JANE) == ({"tel": MARKER}, 1)
