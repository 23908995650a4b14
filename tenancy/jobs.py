"""The port through which code asks for work to be done later; a project binds it to its queue, inline by default."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules, import_string

from .exceptions import CrossTenantAccess
from .scope import Scope, ScopeKind, current_scope, scope_opened, tenant_scope

Body = Callable[[str], None]
F = TypeVar("F", bound=Body)


@dataclass(frozen=True, slots=True)
class Job:
    """A named piece of work. `attempts` counts all tries; later ones wait `wait_seconds` times their number."""

    name: str
    run: Body
    attempts: int = 1
    wait_seconds: int = 10
    cron: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One request to run a job: keys only, so that a retry next week runs in the scope that was meant today."""

    name: str
    key: str
    tenant_id: UUID | None = None
    lock: str | None = None
    at: datetime | None = None
    by_id: str | None = None


class Run(Protocol):
    """What a running body may ask and tell; given by the backend."""

    def progress(self, done: int, total: int | None, message: str) -> None: ...

    def cancelled(self) -> bool: ...


class Backend(Protocol):
    """Takes an order inside the caller's transaction: a rollback drops the job."""

    def enqueue(self, order: Order) -> object | None: ...


_jobs: dict[str, Job] = {}
_running: ContextVar[Run | None] = ContextVar("tenancy_running_job", default=None)


def job(name: str, *, attempts: int = 1, wait_seconds: int = 10, cron: str = "") -> Callable[[F], F]:
    """Register `def run(key: str) -> None` as the job `name`. Raises ValueError where the name is taken."""

    def register(run: F) -> F:
        known = _jobs.get(name)
        if known is not None and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"The job {name!r} is registered already, by {known.run.__module__}.")
        _jobs[name] = Job(name, run, attempts, wait_seconds, cron)
        return run

    return register


def periodic(cron: str, name: str, *, attempts: int = 1) -> Callable[[F], F]:
    """Register a job that the backend runs on a schedule (five cron fields, UTC); its key is the time of the run."""
    return job(name, attempts=attempts, cron=cron)


def get_job(name: str) -> Job:
    """The registered job, from any installed app's ``jobs`` or ``schedules``. Raises LookupError for another."""
    if name not in _jobs:
        autodiscover_modules("jobs", "schedules")
    try:
        return _jobs[name]
    except KeyError:
        raise LookupError(f"No job is named {name!r}; jobs are registered in the `jobs` module of an app.") from None


def job_names() -> list[str]:
    """The name of every registered job."""
    autodiscover_modules("jobs", "schedules")
    return sorted(_jobs)


def periodic_jobs() -> list[Job]:
    """Every job with a schedule."""
    autodiscover_modules("jobs", "schedules")
    return [entry for entry in _jobs.values() if entry.cron]


def enqueue(
    name: str,
    key: object,
    *,
    tenant: Any = None,
    lock: str | None = None,
    at: datetime | None = None,
    by: Any = None,
) -> object | None:
    """Ask for a job, inside the caller's transaction. Returns the backend's handle of it, or None.

    `tenant` (a tenant or its key): the body runs in that tenant's scope; without it, in no scope at all. `lock`: at
    most one waiting job holds it, a further order is dropped. `at`: not before. `by`: who asked (a user or a key).
    Raises LookupError for an unknown job, CrossTenantAccess for another tenant's job in tenant scope, and ValueError
    for a key that looks like an address: arguments are keys and stay readable in the queue's tables.
    """
    get_job(name)
    if "@" in str(key):
        raise ValueError("A job's key is an identifier, never personal data.")
    tenant_id = getattr(tenant, "pk", tenant)
    scope = current_scope()
    if scope.kind is ScopeKind.TENANT and tenant_id is not None and tenant_id != scope.tenant_id:
        raise CrossTenantAccess(f"The job {name!r} was ordered for another tenant than the one in scope.")
    by_id = getattr(by, "pk", by)
    order = Order(name, str(key), tenant_id, lock, at, str(by_id) if by_id is not None else None)
    return backend().enqueue(order)


def run(order: Order, handle: Run | None = None) -> None:
    """Run the body of an ordered job in the job's own scope, whatever scope the caller is in."""
    body = get_job(order.name).run
    token = _running.set(handle)
    try:
        with scope_opened(Scope()):
            if order.tenant_id is None:
                body(order.key)
            else:
                with tenant_scope(order.tenant_id):
                    body(order.key)
    finally:
        _running.reset(token)


def progress(done: int, total: int | None = None, message: str = "") -> None:
    """Tell how far the running job is. Nothing happens outside a job. `message` holds no personal data."""
    handle = _running.get()
    if handle is not None:
        handle.progress(done, total, message)


def cancelled() -> bool:
    """Whether somebody asked the running job to stop; a body asks between its steps and returns."""
    handle = _running.get()
    return handle is not None and handle.cancelled()


def backend() -> Backend:
    """The project's backend, ``settings.TENANCY["JOBS_BACKEND"]``, or the inline one."""
    path = getattr(settings, "TENANCY", {}).get("JOBS_BACKEND", "tenancy.jobs.InlineBackend")
    made: Backend = import_string(path)()
    return made


class InlineBackend:
    """Runs the job in this process as soon as the transaction commits; has no clock, so it refuses a later time."""

    def enqueue(self, order: Order) -> None:
        if order.at is not None and order.at > timezone.now():
            raise ValueError("The inline backend runs jobs at once; a later time needs a queue (TENANCY JOBS_BACKEND).")
        transaction.on_commit(lambda: run(order))
