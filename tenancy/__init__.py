"""Tenant isolation for Django on PostgreSQL: three walls between customers who share one database.

The tour, in the order in which a request meets it:

* **Scope** (`tenancy.scope`): what the running code may touch, in a context variable. ``tenant_scope(tenant)``,
  ``identity_scope()``, ``staff_scope(actor=, reason=)``, ``system_scope(reason=)``; ``current_tenant()`` tells.
* **Middleware** (`tenancy.middleware`): finds the tenant (subdomain, path, session), proves a live membership, opens
  its scope, sets ``request.tenant`` and ``request.user_tenant_role``.
* **Roles** (`tenancy.roles`): owner, admin, member, viewer, and one table of what each may do;
  ``require_tenant_access`` and ``require_role`` (`tenancy.decorators`) ask it.
* **Wall 1, the ORM** (`tenancy.models.TenantOwnedModel`, `tenancy.managers`): the tenant condition is compiled into
  every query and raises where no scope is open.
* **Wall 2, row-level security** (`tenancy.db`): the database backend carries the scope to PostgreSQL in the same
  message as BEGIN; policies hold whatever the ORM forgets.
* **Wall 3, composite foreign keys** (`tenancy.db.constraints`): a row can only point at a row of its own tenant.
* **Settings** (`tenancy.settings`): per-tenant values declared as JSON Schema.

Importing this package loads no models.
"""

from .exceptions import CrossTenantAccess, ScopeNotAllowed, TenancyError, TenantRefused, TenantScopeRequired
from .roles import Action, Role, can
from .scope import (
    Scope,
    ScopeKind,
    current_scope,
    current_tenant,
    current_tenant_id,
    identity_scope,
    require_tenant_id,
    staff_scope,
    system_scope,
    tenant_scope,
)

__all__ = [
    "Action",
    "CrossTenantAccess",
    "Role",
    "Scope",
    "ScopeKind",
    "ScopeNotAllowed",
    "TenancyError",
    "TenantRefused",
    "TenantScopeRequired",
    "can",
    "current_scope",
    "current_tenant",
    "current_tenant_id",
    "identity_scope",
    "require_tenant_id",
    "staff_scope",
    "system_scope",
    "tenant_scope",
]
