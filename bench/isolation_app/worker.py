"""One contestant of bench/isolation.py: answers ``run N`` on standard input with N times of its work, in nanoseconds.

The work: list 25, count, get and create inside one transaction (``queries``), or a whole request through Django's
handler with session, user, membership and those four queries under ATOMIC_REQUESTS (``request``).
"""

from __future__ import annotations

import io
import json
import os
import random
import sys
import time
import uuid
from contextlib import ExitStack

VARIANT, WORK = sys.argv[1:3]
os.environ["BENCH_VARIANT"] = VARIANT
KIND = VARIANT.removesuffix("-prepared")
OURS = KIND in ("orm", "orm+keys", "all")


def configure() -> None:
    import django
    from django.conf import settings

    from bench.database import as_settings

    kind = {"all": "WALLS", "orm+keys": "KEYS"}.get(KIND, "PLAIN")
    url = os.environ[f"BENCH_{kind}_URL"]
    engines = {"all": "tenancy.db.postgresql", "django-tenants": "django_tenants.postgresql_backend"}
    database = {**as_settings(url), "ENGINE": engines.get(KIND, "django.db.backends.postgresql")}
    database |= {"CONN_MAX_AGE": None, "ATOMIC_REQUESTS": True}
    if VARIANT.endswith("-prepared"):
        database["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 5}
    sessions = "tenancy.sessions" if KIND == "all" else "django.contrib.sessions.backends.db"
    tenants = (
        {
            "TENANT_MODEL": "bench.Schema",
            "TENANT_DOMAIN_MODEL": "bench.Domain",
            "SHARED_APPS": [],
            "TENANT_APPS": [],
            "TENANT_LIMIT_SET_CALLS": True,  # its documented fast way: the search path is set once per tenant
        }
        if KIND == "django-tenants"
        else {}
    )
    settings.configure(
        SECRET_KEY="bench",
        DATABASES={"default": database},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "tenancy",
            "bench.isolation_app",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "tenancy.middleware.TenantMiddleware" if OURS else "bench.isolation_app.worker.ByHand",
        ],
        ROOT_URLCONF="bench.isolation_app.worker",
        SESSION_ENGINE=sessions,
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        TENANCY={"ROLE_PREFIX": os.environ.get("BENCH_ROLE_PREFIX", "toc")},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SILENCED_SYSTEM_CHECKS=["tenancy.E009", "tenancy.E012"],
        **tenants,
    )
    django.setup()


class ByHand:
    """What a careful team writes: the membership is looked up, the tenant is put on the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        from tenancy import system_scope
        from tenancy.models import UserTenantMembership

        slug = request.path_info.split("/")[2]
        request.path_info = "/items/"
        with system_scope(reason="bench: no scoping in this contestant"):
            request.tenant_membership = UserTenantMembership.objects.select_related("tenant").get(
                user_id=request.user.pk, tenant__slug=slug, is_active=True
            )
        request.tenant = request.tenant_membership.tenant
        with entered(request.tenant):
            return self.get_response(request)


def entered(tenant):
    """The contestant's own way into a tenant."""
    stack = ExitStack()
    if OURS:
        from tenancy import tenant_scope

        stack.enter_context(tenant_scope(tenant))
    elif KIND == "django-scopes":
        from django_scopes import scope

        stack.enter_context(scope(tenant=tenant))
    elif KIND == "django-multitenant":
        from django_multitenant.utils import set_current_tenant

        tenant.tenant_value = tenant.pk  # what its own base class would give the tenant model
        set_current_tenant(tenant)
    elif KIND == "django-tenants":
        from django.db import connection

        connection.set_schema(f"s{tenant.slug.removeprefix('t')}")
    return stack


def four_queries(tenant):
    from bench.isolation_app.models import Item

    items = Item.objects.filter(tenant_id=tenant.pk) if KIND == "hand" else Item.objects.all()
    first = list(items.order_by("name", "id")[:25])
    items.count()
    items.get(pk=first[7].pk)
    own = {} if OURS or KIND == "django-tenants" else {"tenant_id": tenant.pk}
    Item.objects.create(name=f"new {uuid.uuid4().hex[:8]}", amount=1, **own)
    return first


def items_view(request):
    from django.http import HttpResponse

    return HttpResponse(str(len(four_queries(request.tenant))))


urlpatterns: list[object] = []


def prepare_request():
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import path

    from tenancy import identity_scope

    module = sys.modules["bench.isolation_app.worker"]
    module.urlpatterns.append(path("items/", items_view))
    cookies = {}
    with identity_scope():
        for user in get_user_model().objects.order_by("username"):
            session = SessionStore()
            session.update(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                    "tenancy_slug": user.username,
                }
            )
            session.save()
            cookies[user.username] = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    return WSGIHandler(), cookies


def main() -> None:
    sys.modules["bench.isolation_app.worker"] = sys.modules[__name__]
    configure()
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections, reset_queries, transaction

    from tenancy import system_scope
    from tenancy.models import Tenant

    request_started.disconnect(close_old_connections)
    request_started.disconnect(reset_queries)
    request_finished.disconnect(close_old_connections)
    with system_scope(reason="bench"):
        tenants = list(Tenant.objects.order_by("slug"))
    if KIND == "django-tenants":
        tenants = [tenant for tenant in tenants if int(tenant.slug[1:]) <= int(os.environ["BENCH_SCHEMAS"])]
    handler, cookies = prepare_request() if WORK == "request" else (None, {})
    chance = random.Random(7)

    def queries(tenant):
        with entered(tenant), transaction.atomic():
            four_queries(tenant)

    def request(tenant):
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": f"/t/{tenant.slug}/items/",
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
            "HTTP_COOKIE": cookies[tenant.slug],
        }
        status = []
        body = handler(environ, lambda code, headers: status.append(code))
        assert status[0].startswith("200"), (status, b"".join(body)[:2000])
        body.close()

    act = {"queries": queries, "request": request}[WORK]
    for line in sys.stdin:
        times = []
        for _ in range(int(line.split()[1])):
            tenant = chance.choice(tenants)
            began = time.perf_counter_ns()
            act(tenant)
            times.append(time.perf_counter_ns() - began)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
