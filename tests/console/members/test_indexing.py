"""The people of a large import are found as soon as its job has caught up."""

from __future__ import annotations

from console.members.indexing import index
from console.operations.models import SearchToken
from tenancy import system_scope, tenant_scope

from .helpers import HEAD, imported, member

TWO = HEAD + "anna@x.test,Anna Quittenbaum,,,Z77,\nben@x.test,Ben,,,,\n"


def kinds(word):
    with system_scope(reason="test"):
        return sorted(SearchToken.objects.filter(token=word).values_list("kind", flat=True))


def test_small_imports_are_indexed_at_once(tenant_a):
    imported(tenant_a, TWO)
    assert kinds("quittenbaum") == ["membership"]
    assert kinds("anna@x.test") == ["person"]


def test_large_ones_by_their_job_once(tenant_a, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("console.members.merge.AT_ONCE", 1)
    monkeypatch.setattr("console.members.flow.AT_ONCE", 1)
    with django_capture_on_commit_callbacks(execute=False):
        item = imported(tenant_a, TWO)
    assert kinds("quittenbaum") == kinds("anna@x.test") == []
    with tenant_scope(tenant_a):
        assert index(item) > 0
        assert index(item) == 0
    assert kinds("quittenbaum") == ["membership"]
    assert kinds("anna@x.test") == ["person"]
    with django_capture_on_commit_callbacks(execute=True):
        imported(tenant_a, TWO.replace("x.test", "y.test").replace("Z77", "Z78"))
    assert kinds("anna@y.test") == ["person"]


def test_the_words_follow_other_changes_at_once(tenant_a, monkeypatch):
    monkeypatch.setattr("console.members.merge.AT_ONCE", 0)
    imported(tenant_a, TWO)
    imported(tenant_a, TWO.replace("Quittenbaum", "Zwetschke"))
    assert kinds("zwetschke") == ["membership"]
    assert member(tenant_a, "anna@x.test").display_name == "Anna Zwetschke"
