"""Groups that exist for one test, and a sample of every kind of setting."""

from __future__ import annotations

import pytest

from tenancy.settings import register, registry

SAMPLE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "plain", "maxLength": 40},
        "seats": {"type": ["integer", "null"], "default": None, "minimum": 1},
        "domains": {
            "type": "array",
            "items": {"type": "string", "format": "hostname"},
            "default": [],
            "x-permission": "owner",
        },
        "plan": {"type": "string", "enum": ["free", "paid"], "default": "free", "x-permission": "staff"},
        "rules": {
            "type": "array",
            "maxItems": 5,
            "default": [],
            "items": {
                "type": "object",
                "properties": {"label": {"type": "string"}, "limit": {"type": "integer"}},
                "required": ["label"],
            },
        },
        "token": {"type": ["string", "null"], "x-secret": True, "minLength": 4},
    },
}


@pytest.fixture
def declared():
    """Declares groups in the project's registry for one test."""
    made = []

    def add(key, schema, **options):
        made.append(key)
        return register(key, schema, **options)

    yield add
    for key in dict.fromkeys(made):
        if key in registry:
            registry.remove(key)
    registry.duplicates.clear()


@pytest.fixture
def sample(declared):
    """The group ``sample`` with a setting of every kind."""
    return declared("sample", SAMPLE)
