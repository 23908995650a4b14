"""The activity page words every act that any part of the product records."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from console.workspace.verbs import KINDS, WORDS, words_of
from tenancy import audit, system_scope

from ...factories import make_user

ROOT = Path(__file__).resolve().parents[3]
PREFIXES = ("members", "contacts")
MADE_UP = {
    # a verb that is put together where it is recorded → what it can be
    "{item.target}.file_uploaded": [f"{name}.file_uploaded" for name in PREFIXES],
    "{item.target}.import_confirmed": [f"{name}.import_confirmed" for name in PREFIXES],
    "{item.target}.imported": [f"{name}.imported" for name in PREFIXES],
    "{item.target}.import_discarded": [f"{name}.import_discarded" for name in PREFIXES],
    "{item.target}.import_undo_requested": [f"{name}.import_undo_requested" for name in PREFIXES],
    "{item.target}.import_undone": [f"{name}.import_undone" for name in PREFIXES],
    "account.second_factor_{what}": [f"account.second_factor_{what}" for what in ("added", "removed", "renewed")],
    "data.{verb}": ["data.dumped", "data.loaded"],
}
HANDED_ON = {  # files that record a verb which a caller or a line above names
    "console/operations/sessions.py": ["view_as.ended", "staff_session.ended"],
    "console/operations/four_eyes/verbs.py": ["approval.given", "approval.refused"],
    "console/workspace/bulk.py": ["contacts.tagged", "contacts.untagged"],
    "tenancy/invitations.py": ["membership.reactivated", "membership.created"],
    "tenancy/memberships.py": [],  # its callers' own words are read below
}


def calls():
    """(file, first argument) of every call that records an act."""
    for app in ("console", "tenancy", "pii"):
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Call) and node.args and _named(node.func) in ("record", "_record")):
                    continue
                if any(word.arg == "by" for word in node.keywords) or name == "tenancy/memberships.py":
                    yield name, node.args[0]


def _named(function):
    return getattr(function, "attr", getattr(function, "id", ""))


def verbs():
    for name, said in calls():
        options = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
        for option in options:
            if isinstance(option, ast.Constant):
                yield from [option.value] if isinstance(option.value, str) else []
            elif isinstance(option, ast.JoinedStr):
                yield from MADE_UP[ast.unparse(option)[2:-1]]
            else:
                yield from HANDED_ON[name]


def test_every_recorded_verb_has_words_and_no_words_lie_idle():
    recorded = set(verbs())
    assert len(recorded) > 80
    assert recorded == set(WORDS)


def test_the_filters_take_in_what_customers_see():
    shown = [
        verb
        for verb in WORDS
        if not verb.startswith(
            ("account.", "person.", "staff_role.", "data.", "job.", "mail.", "bulk.", "list.", "history.", "rights.")
        )
    ]
    assert {verb for verb in shown if not any(verb.startswith(kind[1]) for kind in KINDS.values())} == {
        "approval.asked",
        "approval.expired",
        "approval.given",
        "approval.refused",
        "approval.withdrawn",
        "memberships.adopted",
        "note.written",
        "platform_settings.changed",
        "tenants.exported",
        "tenants.imported",
    }


@pytest.mark.parametrize("verb", WORDS)
def test_no_words_are_code(verb):
    assert "_" not in str(WORDS[verb])
    assert "." not in str(WORDS[verb])
    assert words_of(verb) == WORDS[verb]


def test_the_page_words_support_and_privacy(client, tenant_a, enter):
    enter(tenant_a, "admin")
    staff = make_user(is_staff=True)
    with system_scope(reason="test"):
        for verb in ("staff_session.opened", "view_as.page_opened", "privacy.erasure_done"):
            audit.record(verb, by=staff, tenant=tenant_a, details={"ticket": "4711"})
    page = client.get("/t/northwind/activity/").content.decode()
    for words in ("opened the records of the organisation", "through a member&#x27;s eyes", "finished an erasure"):
        assert words in page, words
    assert "staff_session" not in page
    assert "ticket 4711" in page
    only = client.get("/t/northwind/activity/?kind=privacy").content.decode()
    assert "finished an erasure" in only
    assert "opened the records" not in only
