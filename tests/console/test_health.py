"""What a load balancer asks: alive without a database, ready only with a migrated one and its queue."""

from __future__ import annotations

import pytest
from django.db import connection

from console import health


@pytest.fixture
def unmigrated(monkeypatch):
    """This process has not yet found the database migrated."""
    monkeypatch.setattr(health, "_migrated", False)


def test_alive_asks_nothing_of_the_database(client):
    response = client.get("/healthz")  # the `db` fixture is not requested: a query would fail the test
    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response.headers["Cache-Control"]


def test_ready_asks_database_migrations_and_queue(client, db, unmigrated):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": True, "migrations": True, "queue": True, "erasures": True}


def test_a_missing_migration_makes_it_unready_until_it_is_applied(client, db, unmigrated, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: [("tenancy", "9999_future")])
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, False)
    monkeypatch.undo()
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_makes_it_unready_without_saying_why(client, settings, unmigrated, caplog):
    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        response = client.get("/readyz")
    finally:
        connection.settings_dict["HOST"] = host
    assert response.status_code == 503
    assert response.json() == {"ready": False, "database": False, "migrations": False, "queue": False, "erasures": True}
    assert "nonexistent" not in caplog.text + response.content.decode()
    assert client.get("/healthz").status_code == 200


def test_probes_may_come_over_plain_http_while_people_are_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 301


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_nothing_is_to_be_posted(client, address):
    assert client.post(address).status_code == 405
