"""Sessions in the database, reached in identity scope: ``SESSION_ENGINE = "tenancy.sessions"``.

A tenant's role may not read the session table, and yet views inside a tenant sign out, rotate keys and save.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from .scope import identity_scope


class SessionStore(DatabaseStore):
    """Django's store, every database call in identity scope."""

    @identity_scope()
    def load(self) -> dict[str, Any]:
        return super().load()

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
