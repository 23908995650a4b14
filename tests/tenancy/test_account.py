"""The account comes with its membership, and only where Django would have loaded the same."""

from __future__ import annotations

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject

from tenancy import Role, system_scope
from tenancy.account import load_account
from tenancy.middleware import TenantMiddleware
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db
BACKEND = f"{__name__}.OtherBackend"


class OtherBackend(ModelBackend):
    """Loads accounts in a way of its own."""

    def get_user(self, user_id):
        user = super().get_user(user_id)
        user.loaded_by = "other"
        return user


@pytest.fixture
def member(tenant_a):
    user = make_user("member@example.test")
    make_membership(tenant_a, user, role=Role.MEMBER)
    return user


@pytest.fixture
def ask(tenant_a):
    """Sends a signed-in request through Django's own authentication and ours; gives back the request."""

    def asked(user, *, change=None, between=None, backend=None):
        client = Client()
        client.force_login(user, backend=backend)
        session = client.session
        (change or (lambda session: None))(session)
        session.save()
        request = RequestFactory().get(f"/t/{tenant_a.slug}/names/")
        request.COOKIES = {key: morsel.value for key, morsel in client.cookies.items()}
        from django.contrib.auth.middleware import AuthenticationMiddleware

        def last(request):
            return HttpResponse("in")

        def swapped(request):
            if between is not None:
                request.user = between
            return TenantMiddleware(last)(request)

        request.answer = SessionMiddleware(AuthenticationMiddleware(swapped))(request)
        return request

    return asked


def test_the_account_of_the_session_is_loaded_once(ask, member, django_assert_num_queries):
    request = ask(member)
    assert request.tenant_membership is request.tenancy_loaded
    with django_assert_num_queries(0):
        assert request.user == member
    assert request.user.password == member.password


@pytest.mark.parametrize(
    "change",
    [lambda session: session.update({HASH_SESSION_KEY: "0" * 64}), lambda session: session.pop(HASH_SESSION_KEY)],
    ids=["password changed since", "no hash"],
)
def test_a_session_that_proves_nothing_opens_nothing(ask, member, change):
    request = ask(member, change=change)
    assert not request.user.is_authenticated
    assert request.tenant is None
    assert not hasattr(request, "tenancy_loaded")


def test_an_inactive_account_is_nobody(ask, member):
    with system_scope(reason="test"):
        member.is_active = False
        member.save()
    request = ask(member)
    assert not request.user.is_authenticated
    assert request.tenant is None


def test_a_person_put_into_the_request_is_the_one_whose_membership_counts(ask, member):
    stranger = make_user("stranger@example.test")
    for person in (stranger, SimpleLazyObject(lambda: stranger)):
        request = ask(member, between=person)
        assert request.user == stranger
        assert request.tenant is None
        assert request.answer.status_code == 404


def test_a_backend_with_ways_of_its_own_is_asked(ask, member, settings):
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    request = ask(member, backend=BACKEND)
    assert request.user.loaded_by == "other"
    assert request.tenant is not None
    assert not hasattr(request, "tenancy_loaded")


def test_nothing_is_loaded_on_account_pages_and_for_the_anonymous(member, django_assert_num_queries):
    request = RequestFactory().get("/accounts/login/")
    request.session, request.user = {}, SimpleLazyObject(lambda: None)
    with django_assert_num_queries(0):
        load_account(request)
    request.path_info = "/t/northwind/"
    with django_assert_num_queries(0):
        load_account(request)
