"""Every page of the admin, walked by every staff role over rows whose masked columns hold a canary: none is shown."""

from __future__ import annotations

import pytest
from django.core import mail

from console.operations.roles import ROLES

from .canaries import LEAK, WORD, addresses, leaks, plant_everywhere, signed_in

pytestmark = pytest.mark.django_db
QUESTIONS = ("?q=zqc", "?q=zqcan", "?o=1", "?o=2.1", "?_facets=True", "?term=zqc", "?s=zqc&extended=1")
ENDS = ("_changelist", ":search", ":index", ":autocomplete")


def walk(client, crowd):
    """(what was shown where, the routes that answered)."""
    shown, opened = [], set()
    for name, address in addresses(crowd):
        asked = [address, *(address + question for question in QUESTIONS)] if name.endswith(ENDS) else [address]
        for where in asked:
            response = client.get(where)
            assert response.status_code < 500, (where, response.status_code)
            if found := leaks(response):
                shown.append((name, where.partition("?")[2], found))
            opened |= {name} if response.status_code == 200 else set()
    return shown, opened


@pytest.mark.parametrize(
    "role",
    ["superuser", "Support", *(pytest.param(role, marks=pytest.mark.drill) for role in ROLES if role != "Support")],
)
def test_no_page_mail_or_log_line_shows_a_masked_value(crowd, role, lines, officer):
    user, client = signed_in(role)
    took = plant_everywhere([str(user.pk), str(officer.pk)])
    mail.outbox.clear()
    lines.clear()
    shown, opened = walk(client, crowd)
    assert not shown, "\n".join(map(str, shown))
    assert [line for line in lines if LEAK.search(line.lower())] == []
    assert [m for m in mail.outbox if WORD in f"{m.subject} {m.body} {m.alternatives}".lower()] == []
    assert len(took) > 25, sorted(took)
    assert len(opened) > (60 if role == "superuser" else 8), "a walk along closed doors proves nothing"
