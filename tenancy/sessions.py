"""Sessions in the database, reached in identity scope: ``SESSION_ENGINE = "tenancy.sessions"``.

A tenant's role may not read the session table, and yet views inside a tenant sign out, rotate keys and save.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from .compiled import CompiledOnce, Given
from .scope import identity_scope


@cache
def _live_session(model: Any) -> CompiledOnce:
    key, ends = (model._meta.get_field(name) for name in ("session_key", "expire_date"))
    return CompiledOnce(model.objects.filter(session_key=Given("key", key), expire_date__gt=Given("now", ends)))


class SessionStore(DatabaseStore):
    """Django's store, every database call in identity scope."""

    @identity_scope()
    def load(self) -> dict[str, Any]:
        session = _live_session(self.model).first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
            return {}
        return self.decode(session.session_data)  # type: ignore[no-any-return]

    @identity_scope()
    async def aload(self) -> dict[str, Any]:
        return await super().aload()

    @identity_scope()
    def exists(self, session_key: str) -> bool:
        return super().exists(session_key)

    @identity_scope()
    async def aexists(self, session_key: str) -> bool:
        return await super().aexists(session_key)

    @identity_scope()
    def save(self, must_create: bool = False) -> None:
        super().save(must_create=must_create)

    @identity_scope()
    async def asave(self, must_create: bool = False) -> None:
        await super().asave(must_create=must_create)

    @identity_scope()
    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)

    @identity_scope()
    async def adelete(self, session_key: str | None = None) -> None:
        await super().adelete(session_key)

    @classmethod
    def clear_expired(cls) -> None:
        with identity_scope():
            super().clear_expired()
