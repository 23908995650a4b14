"""No page of customers or accounts goes unlooked-at: a new route is listed, or a test is red."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from console.accounts.people import create_person
from tenancy import identity_scope
from tests.factories import PASSWORD

from .customers_pages import ANONYMOUS, LEFT_OUT, ON_THE_WAY, SIGNED_IN, WORKSPACE, routes

HERE = Path(__file__).parent
LOOKED_AT = {route for route, _record, _query in WORKSPACE.values()} | {*SIGNED_IN, *ANONYMOUS, *ON_THE_WAY}


def test_every_route_is_looked_at_or_says_why_not():
    assert routes() - LOOKED_AT - set(LEFT_OUT) == set(), "new routes: list them in customers_pages.py"


def test_no_route_is_listed_that_is_gone_or_looked_at():
    assert (LOOKED_AT | set(LEFT_OUT)) - routes() == set()
    assert LOOKED_AT & set(LEFT_OUT) == set()


def test_whoever_looks_on_the_way_is_there():
    words = "".join(path.name + path.read_text() for path in HERE.glob("test_*.py") if path != Path(__file__))
    assert [name for name in ON_THE_WAY.values() if name not in words] == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 400)])
def test_the_pages_of_an_account_are_readable(open_browser, theme, width):
    with identity_scope():
        create_person("ada@example.test", PASSWORD, verified=True, full_name="Ada Example")
    window = open_browser(theme=theme, width=width)
    for route in ANONYMOUS:
        window.visit(reverse(route))
        assert window.path == reverse(route)
        window.check(route)
    window.visit("/accounts/login/")
    window.type(login="ada@example.test", password=PASSWORD)
    for route in SIGNED_IN:
        window.visit(reverse(route))
        assert window.path == reverse(route)
        window.check(route)
