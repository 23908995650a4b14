"""Declarations are judged when made, and every column of the project is decided about."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

import pii
from pii.checks import check_coverage, check_officers
from pii.coverage import undecided, walk
from pii.exceptions import DeclarationError
from pii.registry import Registry, registry


@pytest.fixture
def fresh():
    made = Registry()
    made._loaded = True
    return made


def declaration(**attributes):
    return type("Some", (pii.ModelPII,), attributes)


def test_every_column_of_the_project_is_decided_about():
    assert [line.problem for line in undecided()] == []


def test_command_prints_the_table_and_succeeds(capsys):
    call_command("pii_coverage", "--json")
    lines = json.loads(capsys.readouterr().out)
    decided = {(line["model"], line["field"]): line["decision"] for line in lines}
    assert decided["accounts.User", "email"] == "identity"
    assert decided["accounts.User_groups", "group"] == "none"
    assert decided["sessions.Session", "session_data"] == "secret"


def test_an_undeclared_model_exits_1(monkeypatch, capsys):
    monkeypatch.delitem(registry._declared, "admin.logentry")
    with pytest.raises(SystemExit) as stopped:
        call_command("pii_coverage", "--problems")
    assert stopped.value.code == 1
    assert "admin.LogEntry is not declared" in capsys.readouterr().out


def test_an_undeclared_column_is_an_error_of_check(monkeypatch, settings):
    monkeypatch.setattr(registry.get(pii_model("accounts.User")), "plain", {"id": "random key"})
    settings.PII = {"ENFORCE_COVERAGE": True}
    assert {(m.id, m.msg) for m in check_coverage(None)} == {
        ("pii.E002", "accounts.User.date_joined is neither declared nor waived"),
        ("pii.E002", "console.HistoricalUser.date_joined is neither declared nor waived"),
    }
    settings.PII = {"ENFORCE_COVERAGE": False}
    assert [m.id for m in check_coverage(None)] == ["pii.W002"]


def pii_model(label):
    from django.apps import apps

    return apps.get_model(label)


def test_a_duplicate_raises(fresh):
    waived = {"plain": {"id app_label model": "names of tables"}}
    fresh.declare("contenttypes.ContentType")(declaration(**waived))
    with pytest.raises(DeclarationError, match="twice"):
        fresh.declare("contenttypes.ContentType")(declaration(**waived))


def test_an_unknown_field_raises(fresh):
    with pytest.raises(DeclarationError, match="has no field 'nickname'"):
        fresh.declare("accounts.User")(declaration(plain={"nickname": "none such"}))


def test_an_unknown_link_raises(fresh):
    with pytest.raises(DeclarationError, match="unknown field"):
        fresh.declare("tenancy.Invitation")(declaration(subject=pii.match(email="mail")))


def test_null_on_a_column_without_null_raises(fresh):
    fields = {"email": pii.Field(pii.CONTACT, erase=pii.Null())}
    with pytest.raises(DeclarationError, match="does not take NULL"):
        fresh.declare("accounts.User")(declaration(fields=fields))


def test_an_empty_registry_never_succeeds(fresh, monkeypatch):
    with pytest.raises(DeclarationError, match="empty registry"):
        fresh.declared_models()
    monkeypatch.setattr("pii.coverage.registry", fresh)
    with pytest.raises(DeclarationError):
        walk()
    assert [m.id for m in check_coverage(None)] == ["pii.E001"]


def test_a_whole_model_with_text_cannot_be_waived(fresh):
    with pytest.raises(DeclarationError, match="name each in fields="):
        fresh.waive("account.EmailAddress", reason="holds no personal data at all")


def test_a_waiver_without_text_columns_may_be_whole(fresh):
    fresh.waive("auth.Group_permissions", reason="keys: which right belongs to which role")
    assert fresh.get(pii_model("auth.Group_permissions")) is not None


@pytest.mark.parametrize(
    ("names", "reason", "problem"),
    [
        ("email", "not personal", "does not say why"),
        ("email", "short", "does not say why"),
        ("email", "an address that belongs to a machine", ""),
    ],
)
def test_a_lazy_waiver_is_refused(monkeypatch, names, reason, problem):
    user = registry.get(pii_model("accounts.User"))
    monkeypatch.setattr(user, "fields", {k: v for k, v in user.fields.items() if k != "email"})
    monkeypatch.setattr(user, "plain", {**user.plain, names: reason})
    problems = [line.problem for line in undecided()]
    assert bool(problems) is bool(problem)
    assert all(problem in text for text in problems)


def test_json_cannot_hide_in_a_group(monkeypatch):
    authenticator = registry.get(pii_model("mfa.Authenticator"))
    monkeypatch.setattr(authenticator, "fields", {})
    monkeypatch.setattr(
        authenticator, "plain", {"id user type data created_at last_used_at": "state of a factor, kept"}
    )
    assert [line.problem for line in undecided()] == [
        "mfa.Authenticator.data looks personal (JSONField): waive it alone, with a reason of its own"
    ]


def test_the_hash_changes_with_a_strategy(monkeypatch):
    before = registry.content_hash()
    assert before == registry.content_hash()
    user = registry.get(pii_model("accounts.User"))
    changed = {**user.fields, "full_name": pii.Field(pii.IDENTITY, erase=pii.Redact())}
    monkeypatch.setattr(user, "fields", changed)
    assert registry.content_hash() != before


def test_officers_whom_nobody_reminds_are_a_warning(settings):
    assert check_officers(None) == []
    settings.PII = {**settings.PII, "OFFICERS": ["officer@example.test"]}
    assert check_officers(None) == []
    settings.PII = {**settings.PII, "OFFICERS": []}
    assert [m.id for m in check_officers(None)] == ["pii.W003"]
