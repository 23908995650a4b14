"""The request's tenant: found, proved, entered; refused alike for absent and forbidden."""

from __future__ import annotations

import asyncio
import datetime

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import include, path
from django.utils import timezone
from django.views import View

from tenancy import Role, current_scope, current_tenant_id, system_scope
from tenancy.decorators import require_role, require_tenant_access
from tenancy.forms import FIELD, form_token
from tenancy.mixins import TenantAccessMixin
from tenancy.models import UserTenantMembership
from tenancy.resolvers import SESSION_KEY
from tenancy.roles import MINIMUM_ROLE, Action, can
from tenancy.settings import platform
from tenancy.settings.store import change, change_platform
from tests.factories import make_membership, make_tenant, make_user
from tests.testapp.models import Customer


@require_tenant_access
def names(request):
    if request.method == "POST":
        Customer.objects.create(name=request.POST["name"])
    return HttpResponse(",".join(Customer.objects.values_list("name", flat=True)) or "none")


@require_tenant_access
async def names_async(request):
    await asyncio.sleep(0)
    return HttpResponse(",".join([c.name async for c in Customer.objects.all()]) or "none")


@require_tenant_access
def streamed(request):
    def body():
        yield f"{current_tenant_id()}:"
        yield from Customer.objects.values_list("name", flat=True).iterator()

    return StreamingHttpResponse(body())


@require_tenant_access
async def streamed_async(request):
    async def body():
        yield f"{current_tenant_id()}:"
        async for name in Customer.objects.values_list("name", flat=True):
            yield name

    return StreamingHttpResponse(body())


@require_tenant_access
def rendered_late(request):
    """The queryset runs when Django renders the response, after the view has returned."""
    template = engines["django"].from_string("{% for row in rows %}{{ row.name }}{% endfor %}")
    return TemplateResponse(request, template, {"rows": Customer.objects.all()})


@require_role(Role.ADMIN)
class ForAdmins(View):
    def get(self, request):
        return HttpResponse(request.user_tenant_role)


@require_role({Role.MEMBER})
def for_members_exactly(request):
    return HttpResponse("member")


class Transfer(TenantAccessMixin, View):
    required_action = Action.OWNERSHIP_TRANSFER

    def get(self, request):
        return HttpResponse("transfer")


def open_to_all(request):
    return HttpResponse(f"{current_scope().kind} {getattr(request.tenant, 'slug', None)}")


def seats(request):
    return HttpResponse(str(request.tenant.config.members.seat_limit))


def cross(request):
    Customer.objects.for_tenant(make_tenant()).count()


urlpatterns = [
    path("names/", names, name="names"),
    path("async/", names_async),
    path("streamed/", streamed),
    path("streamed-async/", streamed_async),
    path("late/", rendered_late),
    path("admins/", ForAdmins.as_view()),
    path("members/", for_members_exactly),
    path("transfer/", Transfer.as_view()),
    path("open/", open_to_all),
    path("accounts/whoami/", open_to_all),
    path("accounts/login/", open_to_all, name="account_login"),
    path("seats/", seats),
    path("cross/", cross),
    path("", include("console.urls")),  # error pages link to the project's own
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def person(tenant_a, tenant_b):
    """A member of A, in no way of B; each tenant has a customer."""
    user = make_user("ann@example.test")
    make_membership(tenant_a, user, role="member")
    with system_scope(reason="test"):
        Customer.objects.create(tenant=tenant_a, name="Ay")
        Customer.objects.create(tenant=tenant_b, name="Bee")
    return user


@pytest.fixture
def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_path_subdomain_and_session_find_the_same_tenant(signed_in):
    assert signed_in.get("/t/northwind/names/").content == b"Ay"
    assert signed_in.get("/names/", headers={"host": "northwind.localhost"}).content == b"Ay"
    assert signed_in.get("/names/").content == b"Ay"  # the session remembers


def test_foreign_and_absent_tenant_answer_alike(signed_in):
    foreign, absent = signed_in.get("/t/contoso/names/"), signed_in.get("/t/nowhere/names/")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content.replace(b"contoso", b"") == absent.content.replace(b"nowhere", b"")


def test_the_url_beats_the_session(signed_in, person, tenant_b):
    make_membership(tenant_b, person)
    signed_in.get("/t/northwind/names/")
    assert signed_in.get("/t/contoso/names/").content == b"Bee"
    assert signed_in.get("/names/").content == b"Bee"


def test_a_session_that_names_a_lost_tenant_is_forgotten(signed_in, person):
    signed_in.get("/t/northwind/names/")
    with system_scope(reason="test"):
        UserTenantMembership.objects.filter(user=person).update(is_active=False)
    assert signed_in.get("/t/northwind/names/").status_code == 404
    assert signed_in.get("/open/").content == b"identity None"
    assert SESSION_KEY not in signed_in.session


def test_anonymous_is_sent_to_sign_in_for_any_tenant(person):
    for path_ in ("/t/northwind/names/", "/t/nowhere/names/", "/names/"):
        response = Client().get(path_)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("state", ["suspended", "archived"])
def test_members_learn_the_state_and_strangers_do_not(signed_in, tenant_a, state):
    with system_scope(reason="test"):
        tenant_a.state = state
        tenant_a.suspended_reason = "Invoice 7 is open"
        tenant_a.suspended_until = timezone.now() + datetime.timedelta(days=1)
        tenant_a.save()
    response = signed_in.get("/t/northwind/names/")
    assert response.status_code == 403
    assert state in response.content.decode()
    assert ("Invoice 7" in response.content.decode()) == (state == "suspended")
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get("/t/northwind/names/").status_code == 404


def test_account_pages_stay_in_identity_scope_and_have_one_address(signed_in):
    assert signed_in.get("/accounts/whoami/").content == b"identity None"
    moved = signed_in.post("/t/northwind/accounts/whoami/?a=1")
    assert (moved.status_code, moved["Location"]) == (307, "/accounts/whoami/?a=1")


def test_reverse_keeps_the_prefix_inside_and_loses_it_after(signed_in, person):
    from django.urls import reverse

    response = signed_in.get("/t/northwind/transfer/")
    assert response.status_code == 403
    assert reverse("names") == "/names/"


def test_roles_decide(tenant_a):
    expected = {
        "owner": (200, 403, 200),
        "admin": (200, 403, 403),
        "member": (403, 200, 403),
        "viewer": (403, 403, 403),
    }
    for role, codes in expected.items():
        client = Client()
        client.force_login(make_membership(tenant_a, role=role).user)
        found = tuple(client.get(f"/t/northwind/{page}/").status_code for page in ("admins", "members", "transfer"))
        assert found == codes, role


def test_the_truth_table_is_total_and_ordered():
    assert set(MINIMUM_ROLE) == set(Action)
    for action in Action:
        allowed = [can(role, action) for role in (Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER)]
        assert allowed == sorted(allowed)
        assert can(Role.OWNER, action)
        assert not can(None, action)


def test_a_streamed_body_keeps_its_scope(signed_in, tenant_a):
    body = b"".join(signed_in.get("/t/northwind/streamed/").streaming_content)
    assert body == f"{tenant_a.pk}:Ay".encode()


@pytest.mark.django_db(transaction=True)
def test_a_streamed_body_of_an_async_view_keeps_its_scope(person, tenant_a):
    client = AsyncClient()
    client.force_login(person)

    async def ask():
        try:
            response = await client.get("/t/northwind/streamed-async/")
            assert current_tenant_id() is None
            return b"".join([chunk async for chunk in response.streaming_content])
        finally:
            await sync_to_async(connections.close_all)()

    assert asyncio.run(ask()) == f"{tenant_a.pk}:Ay".encode()


def test_a_response_that_is_rendered_after_its_view_keeps_the_scope(signed_in):
    assert signed_in.get("/t/northwind/late/").content == b"Ay"


def test_cross_tenant_access_in_a_view_is_a_404(signed_in):
    assert signed_in.get("/t/northwind/cross/").status_code == 404


def test_a_stale_tab_saves_nothing_and_keeps_the_text(signed_in, person, tenant_a, tenant_b):
    make_membership(tenant_b, person)
    data = {"name": "typed in A", FIELD: form_token(tenant_a), "password": "hunter2"}
    refused = signed_in.post("/t/contoso/names/", data)
    assert refused.status_code == 409
    assert "typed in A" in refused.content.decode()
    assert "hunter2" not in refused.content.decode()
    assert signed_in.get("/t/contoso/names/").content == b"Bee"
    assert signed_in.post("/t/northwind/names/", data).status_code == 200


def test_where_only_the_session_says_the_tenant_a_form_must_say_it_too(signed_in, tenant_a):
    signed_in.get("/t/northwind/names/")
    assert signed_in.post("/names/", {"name": "unmarked"}).status_code == 409
    assert signed_in.post("/names/", {"name": "forged", FIELD: str(tenant_a.pk)}).status_code == 409
    assert signed_in.post("/names/", {"name": "marked", FIELD: form_token(tenant_a)}).status_code == 200


def test_queries_of_a_tenant_request_are_few(signed_in, django_assert_num_queries):
    signed_in.get("/t/northwind/names/")
    with django_assert_num_queries(3):  # session, membership with account and tenant, the view's own
        signed_in.get("/t/northwind/names/")


def test_settings_cost_no_query_and_an_override_made_elsewhere_counts_at_once(signed_in, django_assert_num_queries):
    """The statement that proves the membership tells the revision of the platform's settings."""

    def limit(seats):
        with system_scope(reason="what another process would do"):
            change_platform({"members.seat_limit": seats}, by=None)
        platform._writes -= 1  # this process did not notice

    assert signed_in.get("/t/northwind/seats/").content == b"None"
    for seats in (7, 8):
        limit(seats)
        with django_assert_num_queries(3):  # session, membership with account and tenant, the new settings
            assert signed_in.get("/t/northwind/seats/").content == str(seats).encode()
        with django_assert_num_queries(2):
            assert signed_in.get("/t/northwind/seats/").content == str(seats).encode()


def test_two_tenants_of_one_process_keep_their_settings(signed_in, person, tenant_a, tenant_b):
    make_membership(tenant_b, person)
    for tenant, seats in ((tenant_a, 7), (tenant_b, 9)):
        with system_scope(reason="test"):
            change(tenant, {"members.seat_limit": seats}, by=None)
    for _ in range(2):
        assert signed_in.get("/t/northwind/seats/").content == b"7"
        assert signed_in.get("/t/contoso/seats/").content == b"9"


def test_anonymous_user_object_has_no_tenant(db):
    from tenancy.middleware import TenantMiddleware

    request = RequestFactory().get("/t/northwind/open/")
    request.user, request.session = AnonymousUser(), {}
    assert TenantMiddleware(open_to_all)(request).content == b"identity None"


@pytest.mark.django_db(transaction=True)
def test_two_tenants_at_once_over_asgi(tenant_a, tenant_b):
    clients = []
    for tenant in (tenant_a, tenant_b):
        with system_scope(reason="test"):
            Customer.objects.create(tenant=tenant, name=tenant.slug)
        client = AsyncClient()
        client.force_login(make_membership(tenant).user)
        clients.append((tenant.slug, client))

    async def ask():
        pages = [client.get(f"/t/{slug}/async/") for slug, client in clients for _ in range(10)]
        try:
            return [response.content.decode() for response in await asyncio.gather(*pages)]
        finally:
            await sync_to_async(connections.close_all)()

    assert asyncio.run(ask()) == ["northwind"] * 10 + ["contoso"] * 10
