"""Every dialog and form of the admin, sent empty, wrong and right: what is answered, mailed and logged is masked."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import TestCase

from console.operations.roles import ROLES
from tenancy import system_scope
from tests.factories import make_user

from .canaries import WORD, addresses, found_in, leaks, plant_everywhere, signed_in

pytestmark = pytest.mark.django_db
# What an act is meant to open, on record, to whoever may: the walk must see it there, and nowhere else.
OPENS = "_reveal_personal_data", "tenancy_tenant_open_session"
TAKEN, FRESH = "taken@example.test", "fresh@example.test"


class Fields(HTMLParser):
    """The fields of a page's forms, with what stands in them."""

    def __init__(self, html):
        super().__init__()
        self.values, self.select = {}, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and (given.get("value") or "") and not self.values.get(self.select):
            self.values[self.select] = given["value"]
        elif tag in ("input", "textarea") and name and given.get("type") not in ("file", "submit", "checkbox"):
            self.values[name] = given.get("value") or self.values.get(name, "")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""


def submissions(page):
    """What is sent: nothing, an address that somebody has, another one, and what no field takes."""
    fields = Fields(page).values
    yield {}
    yield {"_form_submitted": "True", "_save": "1", "confirmed": "1"}
    for address, rest in ((TAKEN, "taken"), (FRESH, "words")):
        filled = {
            name: value or (address if "mail" in name or name == "to" else rest) for name, value in fields.items()
        }
        yield filled | {"_form_submitted": "True", "reason": "a good reason", "ticket": "T-1", "confirmed": "1"}
    yield dict.fromkeys(fields, "\x01☃" * 300) | {"_form_submitted": "True"}


def follow(client, answer):
    """The page on which the result stands."""
    where = answer.headers.get("HX-Redirect") or answer.headers.get("Location")
    return [client.get(where)] if where and where.startswith("/admin/") else []


def act(client, where, data):
    """Submit one form, look at the answers, and take back what it did."""
    with transaction.atomic():
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = client.post(where, data)
        answers = [answer, *follow(client, answer)]
        found = [leak for one in answers for leak in leaks(one)]
        connection.set_rollback(True)
    return answer.status_code, found


@pytest.fixture
def taken(crowd):
    """Somebody whose address is known to whoever types it, and nothing else of them."""
    return make_user(TAKEN, full_name="open")


@pytest.mark.drill
@pytest.mark.parametrize("role", ["superuser", "Support"])
def test_no_answer_to_a_form_no_mail_and_no_log_line_shows_a_masked_value(crowd, taken, role, lines, officer):
    user, client = signed_in(role)
    plant_everywhere([str(user.pk), str(officer.pk)])
    with system_scope(reason="test"):
        type(taken).objects.filter(pk=taken.pk).update(email=TAKEN)
    mail.outbox.clear()
    lines.clear()
    shown, meant, acted, refused = [], set(), set(), set()
    for name, where in addresses(crowd):
        if name.endswith(("_changelist", "_autocomplete")) or ":catch_all" in name:
            continue
        page = client.get(where)
        for data in itertools.islice(submissions(page.content.decode() if not page.streaming else ""), 5):
            status, found = act(client, where, data)
            assert status < 500, (where, status, data)
            if found and name.endswith(OPENS):
                meant.add(name)
            elif found:
                shown.append((name, sorted(data)[:4], found))
            (acted if status in (200, 302) else refused).add(name)
            if status in (403, 404, 405):
                break  # a closed door answers every key alike
    assert shown == [], "\n".join(map(str, shown))
    assert [line for line in lines if found_in(line)] == []
    # A letter to the person may name the person: what goes to anybody else may not.
    strangers = [m for m in mail.outbox if not any(WORD in to for to in m.recipients())]
    assert [m.subject for m in strangers if found_in(f"{m.subject} {m.body} {getattr(m, 'alternatives', '')}")] == []
    held = ROLES[role][1] if role in ROLES else ("pii.reveal_pii", "operations.open_session")
    assert bool({name for name in meant if name.endswith(OPENS[0])}) is ("pii.reveal_pii" in held)
    assert ("admin:tenancy_tenant_open_session" in meant) is ("operations.open_session" in held)
    if role == "superuser":
        assert len(acted) > 60, sorted(acted)
        assert len(mail.outbox) > 3, "no act sent a mail"
    assert refused or role == "superuser"
