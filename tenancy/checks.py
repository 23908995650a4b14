"""System checks: each hole in the walls that the code alone can show has an id, documented in docs/checks.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections, models

from .db.constraints import is_tenant_owned
from .db.operations import has_wall_two
from .enforcement import Mode, mode_of
from .fields import IdentityCharField
from .managers import TenantManager
from .models import TenantScoped

MIDDLEWARE = "tenancy.middleware.TenantMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"


@register(Tags.models)
def check_models(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Everything that a model's declaration gives away."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if issubclass(model, TenantScoped):
            own = [*_managers(model), *_uniques(model), *_relations(model), *_inheritance(model)]
            found += own if mode_of(model._meta.label) is Mode.ENFORCE else [_as_warning(one) for one in own]
        elif not is_tenant_owned(model):
            found += _points_at_tenants(model)
    return found


def _as_warning(error: CheckMessage) -> CheckMessage:
    # A model that is only observed is on its way: its project must start, and be told.
    return Warning(error.msg, hint=error.hint, obj=error.obj, id=error.id)


def _managers(model: type[models.Model]) -> Iterator[CheckMessage]:
    for which, manager in (("default", model._default_manager), ("base", model._base_manager)):
        if not isinstance(manager, TenantManager):
            yield Error(
                f"The {which} manager of {model._meta.label} is not scoped.",
                hint="Derive it from tenancy.managers.TenantManager, and a Meta class from its base class's Meta.",
                obj=model,
                id="tenancy.E001",
            )


def _uniques(model: type[models.Model]) -> Iterator[CheckMessage]:
    allowed = getattr(model, "tenancy_global_uniques", {})
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key and field.name not in allowed:
            yield _unique_error(model, field.name)
    groups = [tuple(group) for group in model._meta.unique_together]
    groups += [
        tuple(constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields
    ]
    for group in groups:
        if group[0] != "tenant" and ",".join(group) not in allowed:
            yield _unique_error(model, ", ".join(group))


def _unique_error(model: type[models.Model], what: str) -> CheckMessage:
    return Error(
        f"{model._meta.label}: the unique constraint on {what} does not start with the tenant.",
        hint="Two tenants would collide, and learn of each other's rows. Put `tenant` first, or name it with its "
        "reason in `tenancy_global_uniques`.",
        obj=model,
        id="tenancy.E003",
    )


def _relations(model: type[models.Model]) -> Iterator[CheckMessage]:
    for relation in model._meta.local_many_to_many:
        through: Any = relation.remote_field.through
        if through._meta.auto_created:
            yield Error(
                f"{model._meta.label}.{relation.name} uses an automatic table without a tenant.",
                hint="Give it a `through=` model that is tenant-owned itself.",
                obj=relation,
                id="tenancy.E004",
            )
    for field in model._meta.private_fields:
        if type(field).__name__ == "GenericForeignKey":
            yield Warning(
                f"{model._meta.label}.{field.name} is a generic key: no composite key can guard it.",
                hint="Use a foreign key per target where you can; the ORM guards reads through it.",
                obj=model,
                id="tenancy.W016",
            )


def _inheritance(model: type[models.Model]) -> Iterator[CheckMessage]:
    if not model._meta.proxy and any(is_tenant_owned(parent) for parent in model._meta.parents):
        yield Error(
            f"{model._meta.label} inherits the table of a tenant-owned model: half of its row has no tenant column.",
            hint="Use an abstract base class, or a one-to-one key.",
            obj=model,
            id="tenancy.E014",
        )


def _points_at_tenants(model: type[models.Model]) -> Iterator[CheckMessage]:
    if model._meta.label_lower == "tenancy.tenant" or model._meta.auto_created:
        return
    for field in model._meta.local_fields:
        target = field.related_model
        if isinstance(field, models.ForeignKey) and isinstance(target, type) and issubclass(target, TenantScoped):
            error = Error(
                f"{model._meta.label}.{field.name} points at rows of tenants, but {model._meta.label} has no tenant.",
                hint="Derive it from TenantOwnedModel or TenantScoped.",
                obj=field,
                id="tenancy.E006",
            )
            # An account has no tenant, and in older projects names one customer: memberships say it from now on.
            people = model._meta.label_lower == settings.AUTH_USER_MODEL.lower()
            yield _as_warning(error) if people or mode_of(target._meta.label) is not Mode.ENFORCE else error


@register()
def check_project(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What the project's settings give away."""
    found: list[CheckMessage] = []
    middleware = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in middleware:
        found.append(Warning(f"{MIDDLEWARE} is not installed.", hint="Views have no tenant.", id="tenancy.W002"))
    elif AUTHENTICATION in middleware and middleware.index(MIDDLEWARE) < middleware.index(AUTHENTICATION):
        found.append(
            Error(
                f"{MIDDLEWARE} must come after {AUTHENTICATION}.", hint="It asks for request.user.", id="tenancy.E002"
            )
        )
    if "tenancy.routers.TenantRouter" not in getattr(settings, "DATABASE_ROUTERS", []):
        found.append(
            Warning(
                "tenancy.routers.TenantRouter is not in DATABASE_ROUTERS.",
                hint="Rows of two tenants are then refused by the database only, at commit.",
                id="tenancy.W013",
            )
        )
    if has_wall_two(connections["default"]):
        found += _wall_two_needs()
    else:
        found.append(
            Warning(
                "Wall 2 is not raised: the database backend is not tenancy.db.postgresql.",
                hint="The ORM and the composite keys stand; raw SQL sees all tenants. See docs/adopt.md.",
                id="tenancy.W020",
            )
        )
    return found


def _wall_two_needs() -> Iterator[CheckMessage]:
    from django.contrib.auth import get_user_model

    if settings.SESSION_ENGINE in ("django.contrib.sessions.backends.db", "django.contrib.sessions.backends.cached_db"):
        yield Error(
            f"SESSION_ENGINE {settings.SESSION_ENGINE} reads the session table in a tenant's scope, and is refused.",
            hint='Set SESSION_ENGINE = "tenancy.sessions".',
            id="tenancy.E009",
        )
    password = get_user_model()._meta.get_field("password")
    if not isinstance(password, IdentityCharField):
        yield Error(
            "The user's password column is not an IdentityCharField: select_related('user') fails in a tenant's scope.",
            hint="password = tenancy.fields.IdentityCharField(max_length=128) on your user model.",
            id="tenancy.E012",
        )


# Of the isolation report; whatever has no line here is a hole of wall 2.
HOLES = {"orm": "tenancy.E001", "keys": "tenancy.E031", "uniques": "tenancy.E032", "tenant": "tenancy.E033"}
OF_WALL_TWO = "tenancy.E030"


@register(Tags.database)
def check_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The isolation report's holes, for `check --database default`.

    `migrate` asks as the tables' owner, for whom there are none: it is what mends them.

    While wall 2 is not raised a project is on its way to the others: it is warned.
    """
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql" or connection.settings_dict.get("TENANCY_SCOPE") is False:
            continue
        from .db.report import isolation_report

        kind = Error if has_wall_two(connection) else Warning
        for hole in isolation_report(alias).holes:
            number = HOLES.get(hole.check, OF_WALL_TWO)
            found.append(kind(f"{hole.table or alias}: {hole.check}: {hole.detail}", id=number))
    return found
