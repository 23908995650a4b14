"""The guards of `tenancy.decorators` for class views that prefer a base class."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from .decorators import check_tenant_access
from .roles import Action, Role, can


class TenantAccessMixin:
    """A view for members; `required_role` (a minimum) and `required_action` narrow it."""

    required_role: ClassVar[Role | None] = None
    required_action: ClassVar[Action | None] = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = check_tenant_access(request)
        if refusal is not None:
            return refusal
        held = request.user_tenant_role
        if self.required_role is not None and not (held and held.covers(self.required_role)):
            raise PermissionDenied
        if self.required_action is not None and not can(held, self.required_action):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]
