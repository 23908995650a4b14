"""The pages that bench/admin.py asks for, and the list of a stock ModelAdmin beside them. Needs Django to be set up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.admin_data import PER_TENANT, key


def superuser() -> Any:
    """A signed-in client; `.user` is the account."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from tenancy import system_scope

    with system_scope(reason="bench"):
        user = get_user_model().objects.create_user("root@bench.test", None, is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    client.user = user  # type: ignore[attr-defined]
    return client


def pages(tenants: int) -> dict[str, str]:
    """Address by title, the same number of pages for every size."""
    from django.contrib.admin.sites import site
    from django.db import connection
    from django.urls import reverse

    from tenancy import system_scope

    people = tenants * PER_TENANT
    tenant, person, member = key("tenant", 7), key("person", 7), key("member", 7)
    found: dict[str, str] = {}
    for model in sorted(site._registry, key=lambda model: model._meta.label):
        if model._meta.label_lower != "tenancy.platformsettings":  # one row, shown as a form
            where = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            found[f"list of {model._meta.verbose_name_plural}"] = where
    members = reverse("admin:tenancy_usertenantmembership_changelist")
    users = reverse("admin:accounts_user_changelist")
    jobs, acts = reverse("admin:console_jobrun_changelist"), reverse("admin:operations_auditevent_changelist")
    with system_scope(reason="bench"), connection.cursor() as cursor:
        cursor.execute("SELECT max(id) / 2 FROM operations_auditevent")
        act = cursor.fetchone()[0]
    found |= {
        "memberships, the middle": f"{members}?_after={key('member', people // 2)}",
        "memberships, amid one moment's import": f"{members}?_after={key('member', people // 2 // 10 * 10)}",
        "memberships, backwards from the middle": f"{members}?_before={key('member', people // 2)}",
        "memberships of a tenant": f"{members}?tenant__id__exact={tenant}",
        "memberships, owners": f"{members}?role__exact=owner",
        "memberships, inactive": f"{members}?is_active__exact=0",
        "memberships, oldest first": f"{members}?o=5",
        "people, staff": f"{users}?is_staff__exact=1",
        "people, inactive": f"{users}?is_active__exact=0",
        "jobs, failed": f"{jobs}?state__exact=failed",
        "acts, the middle": f"{acts}?_after={act}",
        "search memberships: address": f"{members}?q=p77@c{77 % tenants}.test",
        "search memberships: two words": f"{members}?q=given4711+family4711",
        "search memberships: every row has it": f"{members}?q=ext",
        "search people: address": f"{users}?q=p77@c{77 % tenants}.test",
        "search people: first letters": f"{users}?q=giv",
        "search people: key": f"{users}?q={person}",
    }
    palette = reverse("admin:search")
    for title, term in (
        ("address", f"p77@c{77 % tenants}.test"),
        ("name", "given4711 family4711"),
        ("slug", "company-7"),
        ("first letters", "com"),
        ("pasted key", tenant),
    ):
        found[f"palette: {title}"] = f"{palette}?{urlencode({'s': term, 'extended': 1})}"
    found["tenant page"] = reverse("admin:tenant_page", args=[tenant])
    found["tenant form"] = reverse("admin:tenancy_tenant_change", args=[tenant])
    found["person page"] = reverse("admin:person_page", args=[person])
    found["object's history"] = reverse("admin:audit_object", args=["tenancy.usertenantmembership", member])
    trail = reverse("admin:audit_browser")
    filters: dict[str, dict[str, Any]] = {
        "everything": {},
        "acts": {"kind": "acts"},
        "one kind": {"kind": "tenancy.usertenantmembership"},
        "tenant": {"tenant": "company-7"},
        "person": {"person": person},
        "actor": {"actor": "staff7@bench.test"},
        "verb": {"verb": "membership.changed"},
        "request": {"request": _request()},
        "reason of many, whole": {"reason": '"console"'},
        "reason, a part, of many": {"reason": "onsole"},
        "reason, a part, of none": {"reason": "no such words"},
        "reason, a part, of a tenant": {"reason": "ticket", "tenant": tenant},
        "time": {"since": _days_ago(400), "until": _days_ago(399)},
        "time and kind": {"since": _days_ago(400), "until": _days_ago(380), "kind": "accounts.user"},
        "the middle": {"before": f"{_days_ago(365)}T00:00:00+00:00|accounts.user|1"},
    }
    found |= {f"trail by {name}": f"{trail}?{urlencode(query)}" for name, query in filters.items()}
    return found


def _request() -> str:
    import hashlib

    return hashlib.md5(b"request7", usedforsecurity=False).hexdigest()


def _days_ago(days: int) -> str:
    import datetime

    return f"{datetime.datetime.now(tz=datetime.UTC).date() - datetime.timedelta(days=days)}"


def stock_list(user: Any, deep: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The memberships' list as Django's own ModelAdmin renders it, without middleware: two pages and a search."""
    import django
    from django.conf import settings
    from django.contrib.admin import AdminSite, ModelAdmin
    from django.test import RequestFactory, override_settings

    from tenancy import staff_scope
    from tenancy.models import UserTenantMembership

    folder = Path(django.__file__).parent / "contrib/admin/templates"
    [engine] = settings.TEMPLATES
    templates = [{**engine, "DIRS": [folder]}]  # in front of unfold's

    class Stock(ModelAdmin):
        list_display = ("user", "tenant", "role", "is_active", "created_at")
        list_select_related = ("user", "tenant")
        list_filter = ("role", "is_active")
        search_fields = ("user__email", "display_name")
        list_per_page = 50

    page = Stock(UserTenantMembership, AdminSite())

    def ask(**query: str) -> Any:
        request = RequestFactory().get("/admin/", query)
        request.user = user
        with override_settings(TEMPLATES=templates), staff_scope(actor=user, reason="bench"):
            return page.changelist_view(request).render()

    yield "stock ModelAdmin: memberships", ask
    yield f"stock ModelAdmin: memberships, page {deep}", lambda: ask(p=str(deep))
    yield "stock ModelAdmin: search, two words", lambda: ask(q="given4711 family4711")
