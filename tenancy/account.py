"""Loads the session's account together with its membership: one query of a request where there were two."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model, load_backend
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.db.models import Manager
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from . import conf
from .compiled import CompiledOnce, Given
from .http import TenantRequest
from .models import Tenant, UserTenantMembership
from .resolvers import Named, resolve
from .scope import identity_scope
from .settings import platform


def load_account(request: HttpRequest) -> None:
    """Load ``request.user`` with its membership in the tenant that the request names, if that is safe and still of use.

    Nothing is done where somebody loaded the account already, nobody is signed in, the account has no live membership
    there, or the project loads accounts in a way of its own: Django then loads it as ever. Middleware that asks for
    ``request.user`` before TenantMiddleware calls this first to save the query; TenantMiddleware calls it itself.
    """
    if "_cached_user" in request.__dict__ or not isinstance(request.user, SimpleLazyObject):
        return
    if is_identity_path(request.path_info):
        return
    key = _account_key(request)
    named = resolve(request) if key is not None else None
    if named is None:
        return
    with identity_scope():
        membership = _find(_membership_with_account(), user=key, slug=named.slug)
    if membership is not None and _stands_for(request, membership.user):
        # Where AuthenticationMiddleware keeps the account that it loaded, for `request.user` and `request.auser()`.
        loaded: Any = request
        loaded._cached_user = loaded._acached_user = membership.user
        loaded.tenancy_loaded = membership


def membership_of(request: TenantRequest, named: Named) -> UserTenantMembership | None:
    """The live membership of ``request.user`` in the tenant named, its tenant loaded; None where there is none."""
    loaded: UserTenantMembership | None = getattr(request, "tenancy_loaded", None)
    # Asked again: between loading and here another middleware may have put somebody else into the request.
    if loaded is not None and loaded.user_id == request.user.pk and loaded.tenant.slug == named.slug:
        return loaded
    return find_membership(request.user, named.slug)


def find_membership(user: Any, slug: str) -> UserTenantMembership | None:
    """The person's live membership in the tenant with this slug, its tenant loaded; None where there is none."""
    with identity_scope():
        return _find(_membership(), user=user.pk, slug=slug)


def is_identity_path(path: str) -> bool:
    """Whether an address is an account page or another that never has a tenant (``TENANCY["IDENTITY_PATHS"]``)."""
    return path.startswith(tuple(conf.get("IDENTITY_PATHS")))


def _find(query: CompiledOnce, **values: Any) -> UserTenantMembership | None:
    membership: UserTenantMembership | None = query.first(**values)
    if membership is not None:
        platform.seen(membership.revision)  # type: ignore[attr-defined]
    return membership


def _live_memberships() -> Any:
    memberships = UserTenantMembership.objects.annotate(revision=platform.revision_column())
    user = Given("user", get_user_model()._meta.pk)
    return memberships.filter(is_active=True, user_id=user, tenant__slug=Given("slug", Tenant._meta.get_field("slug")))


@cache
def _membership() -> CompiledOnce:
    return CompiledOnce(_live_memberships().select_related("tenant"))


@cache
def _membership_with_account() -> CompiledOnce:
    return CompiledOnce(_live_memberships().select_related("tenant", "user"))


def _account_key(request: HttpRequest) -> Any:
    """The key of the session's account, or None where loading by key alone is not what Django would do."""
    session = request.session
    path = session.get(BACKEND_SESSION_KEY)
    if SESSION_KEY not in session or path not in settings.AUTHENTICATION_BACKENDS or not _loads_by_key(path):
        return None
    try:
        return get_user_model()._meta.pk.to_python(session[SESSION_KEY])
    except ValidationError:
        return None


@cache
def _loads_by_key(backend: str) -> bool:
    """Whether a backend's `get_user` is Django's own, over a manager that hides nobody."""
    queryset = type(get_user_model()._default_manager).get_queryset
    loads = inspect.unwrap(import_string(backend).get_user)
    return loads is ModelBackend.get_user and queryset is Manager.get_queryset


def _stands_for(request: HttpRequest, user: Any) -> bool:
    """What `django.contrib.auth.get_user` asks of an account; on a no, it does the rest (old secrets, sign-out)."""
    session_hash = request.session.get(HASH_SESSION_KEY) or ""
    backend: Any = load_backend(request.session[BACKEND_SESSION_KEY])
    verified = constant_time_compare(session_hash, user.get_session_auth_hash())
    return verified and bool(backend.user_can_authenticate(user))
