"""The mails of a development server: kept, shown to staff, their links clickable."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from console.mail import store
from console.mail.backend import EmailBackend
from tests.factories import make_user


@pytest.fixture
def mails(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def send(subject="Invitation", body="Open http://localhost:8000/invitations/abc/ now"):
    message = EmailMultiAlternatives(subject, body, "from@example.test", ["to@example.test"])
    message.attach_alternative("<script>alert(1)</script><p>Hello", "text/html")
    assert EmailBackend().send_messages([message]) == 1


@pytest.fixture
def staff(db):
    client = Client()
    client.force_login(make_user(is_staff=True))
    return client


def test_sent_mails_are_listed_newest_first(mails, staff):
    send("First")
    send("Second")
    page = staff.get("/mail/").content.decode()
    assert page.index("Second") < page.index("First")
    assert "to@example.test" in page


def test_a_mail_is_shown_with_clickable_links_and_harmless_html(mails, staff):
    send()
    page = staff.get(f"/mail/{store.newest()[0]}/").content.decode()
    assert '<a href="http://localhost:8000/invitations/abc/"' in page
    assert "<script>alert" not in page


def test_an_absent_or_foreign_key_is_a_404(mails, staff, tmp_path):
    (tmp_path / "secret.txt").write_text("not a mail")
    for key in ("0" * 19 + "-00000000", "..%2Fsecret.txt", "secret.txt"):
        assert staff.get(f"/mail/{key}/").status_code == 404


def test_only_staff_see_mails(mails, db):
    client = Client()
    assert client.get("/mail/").headers["Location"].startswith("/accounts/login/?next=/mail/")
    client.force_login(make_user())
    assert client.get("/mail/").status_code == 403


def test_only_the_newest_are_kept(mails, monkeypatch):
    monkeypatch.setattr(store, "KEPT", 3)
    for number in range(5):
        send(f"Mail {number}")
    assert [store.load(key).message["subject"] for key in store.newest()] == ["Mail 4", "Mail 3", "Mail 2"]
