"""Writes the SQL of a query once that every request asks: composing it costs Django more than the server's answer."""

from __future__ import annotations

from copy import copy
from types import SimpleNamespace
from typing import Any

from django.db import connections
from django.db.models import Expression, Field, QuerySet
from django.db.models.query import ModelIterable

from .exceptions import ScopeNotAllowed
from .scope import ScopeKind, current_scope


class Given(Expression):
    """A place in a condition for a value that comes with each call; `field` says how the database takes it."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__()
        self.name = name
        self.into: Field[Any, Any] = field

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class CompiledOnce:
    """A queryset whose conditions hold `Given` places, and whose SQL is kept, for each database, after its first use.

    Asked in identity scope alone: a manager's tenant condition is part of the SQL, and there it is the same for all.
    """

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.queryset = queryset.order_by()[:1]
        self._kept: dict[str, tuple[Any, str, tuple[Any, ...]]] = {}

    def first(self, **values: Any) -> Any:
        """The row for these values, as the queryset would have loaded it, or None.

        Raises ScopeNotAllowed outside identity scope, KeyError for a value that is not given.
        """
        if current_scope().kind is not ScopeKind.IDENTITY:
            raise ScopeNotAllowed(f"A query that is compiled once runs in identity scope, not in '{current_scope()}'.")
        alias = self.queryset.db
        connection = connections[alias]
        if alias not in self._kept:
            compiler = self.queryset.query.clone().get_compiler(using=alias)
            self._kept[alias] = (compiler, *compiler.as_sql())
        kept, sql, places = self._kept[alias]
        params = tuple(
            place.into.get_db_prep_value(values[place.name], connection) if isinstance(place, Given) else place
            for place in places
        )
        compiler = copy(kept)
        compiler.connection = connection  # of this thread
        compiler.as_sql = lambda *args, **kwargs: (sql, params)
        written: Any = SimpleNamespace(
            db=alias,
            model=self.queryset.model,
            query=SimpleNamespace(get_compiler=lambda using: compiler),
            _known_related_objects={},
        )
        return next(iter(ModelIterable(written)), None)
