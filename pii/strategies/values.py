"""Strategies that replace a column's value without looking at it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Cast, Concat, Left, Replace

from .. import conf
from .base import Context, Strategy

REDACTED = "[erased]"


class _RandomUUID(Func):
    """A new random UUID for every row; core PostgreSQL has had it since version 13."""

    function = "gen_random_uuid"
    template = "%(function)s()"
    arity = 0
    output_field = models.UUIDField()


def _random() -> Any:
    dash, nothing = (Value(text, output_field=models.TextField()) for text in ("-", ""))
    return Replace(Cast(_RandomUUID(), models.TextField()), dash, nothing, output_field=models.TextField())


class Null(Strategy):
    """Set the column to NULL."""

    def expression(self, context: Context) -> Any:
        return None

    def problem(self, field: models.Field[Any, Any]) -> str:
        return "" if field.null else "the column does not take NULL; use Blank() or another strategy"


class Blank(Strategy):
    """Empty the column: '' for text, the field's own empty value for JSON."""

    def expression(self, context: Context) -> Any:
        if isinstance(context.field, models.JSONField):
            return Value({}, output_field=models.JSONField())
        return ""

    def problem(self, field: models.Field[Any, Any]) -> str:
        kinds = (models.CharField, models.TextField, models.JSONField, models.FileField)
        return "" if isinstance(field, kinds) else "only text, JSON and file columns can be blank"


class Fixed(Strategy):
    """Write one constant."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def expression(self, context: Context) -> Any:
        return Value(self.value, output_field=context.field)


class Redact(Strategy):
    """Write a marker where there was text; an empty column stays empty."""

    def expression(self, context: Context) -> Any:
        name = context.field.attname
        limit = context.field.max_length or len(REDACTED)
        marker = Value(REDACTED[:limit], output_field=context.field)
        return models.Case(models.When(**{name: ""}, then=F(name)), default=marker, output_field=context.field)

    def problem(self, field: models.Field[Any, Any]) -> str:
        return "" if isinstance(field, (models.CharField, models.TextField)) else "only text can be redacted"


class RandomEmail(Strategy):
    """A random address under a domain that can never receive mail: unique, and tells nothing (no hash of anything)."""

    def expression(self, context: Context) -> Any:
        domain = conf.get("ERASED_DOMAIN")
        return Concat(Value("erased-"), _random(), Value(f"@{domain}"), output_field=models.TextField())


class RandomText(Strategy):
    """Random characters, for unique columns."""

    def expression(self, context: Context) -> Any:
        length = min(context.field.max_length or 32, 32)
        return Left(_random(), length, output_field=models.TextField())


class Unusable(Strategy):
    """A password that nothing matches."""

    def expression(self, context: Context) -> Any:
        return Concat(Value(UNUSABLE_PASSWORD_PREFIX), _random(), output_field=models.TextField())


class RemoveFile(Strategy):
    """Empty the path and delete the stored bytes after commit (see `pii.erase.blobs`)."""

    def expression(self, context: Context) -> Any:
        return ""

    def problem(self, field: models.Field[Any, Any]) -> str:
        return "" if isinstance(field, models.FileField) else "only file columns hold a file"
