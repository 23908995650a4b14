"""Answers who somebody is and what they may do, in identity scope, whatever scope the caller is in."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from tenancy import ScopeKind, current_scope, identity_scope


def in_identity_scope(method: Callable[..., Any]) -> Callable[..., Any]:
    """Run `method` (plain or async) in identity scope: a tenant's scope sees no users, passwords or permissions.

    Staff and system scope see more than identity scope already, and are kept.
    """
    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            if _sees_people():
                return await method(*args, **kwargs)
            with identity_scope():
                return await method(*args, **kwargs)

        return awaited

    @functools.wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        if _sees_people():
            return method(*args, **kwargs)
        with identity_scope():
            return method(*args, **kwargs)

    return called


def _sees_people() -> bool:
    scope = current_scope()
    return scope.is_wide or scope.kind is ScopeKind.IDENTITY


class PersonBackend(AuthenticationBackend):
    """allauth's sign-in by e-mail and Django's permissions."""

    authenticate = in_identity_scope(AuthenticationBackend.authenticate)
    aauthenticate = in_identity_scope(AuthenticationBackend.aauthenticate)
    get_user = in_identity_scope(AuthenticationBackend.get_user)
    aget_user = in_identity_scope(AuthenticationBackend.aget_user)
    get_user_permissions = in_identity_scope(AuthenticationBackend.get_user_permissions)
    aget_user_permissions = in_identity_scope(AuthenticationBackend.aget_user_permissions)
    get_group_permissions = in_identity_scope(AuthenticationBackend.get_group_permissions)
    aget_group_permissions = in_identity_scope(AuthenticationBackend.aget_group_permissions)
    get_all_permissions = in_identity_scope(AuthenticationBackend.get_all_permissions)
    aget_all_permissions = in_identity_scope(AuthenticationBackend.aget_all_permissions)
    has_perm = in_identity_scope(AuthenticationBackend.has_perm)
    ahas_perm = in_identity_scope(AuthenticationBackend.ahas_perm)
    has_module_perms = in_identity_scope(AuthenticationBackend.has_module_perms)
    ahas_module_perms = in_identity_scope(AuthenticationBackend.ahas_module_perms)
