"""What a person at a keyboard has: a browser without cookies, a mailbox, an authenticator app, a security key."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from .person import Person


@pytest.fixture(autouse=True)
def fresh_limits(settings):
    """Rate limits start empty; staff need their second factor, as in production."""
    settings.STAFF_SECOND_FACTOR = True
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person(db, mailoutbox, settings):
    """A stranger with a browser."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.console.accounts.person.commit_after_view"]
    return Person(mailoutbox)
