"""Where personal data outlives an erasure in this stack: each way has tests that plant it, erase, and look again.

The list is the survival table of docs/privacy.md. A line without a test, or a test that is gone, fails here; so does a
place of `places` that no line speaks of.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from .places import PLACES

ROOT = Path(__file__).resolve().parents[3]

# How it survives: the places of `places` (planted through real paths, empty after the erasure) and further tests.
SURVIVES = {
    "old history rows": ["history of the account, old rows, written by the admin"],
    "the history row that a deletion writes": [
        "the history row that a deletion writes, of a row that lives on in history alone"
    ],
    "history reached through another model, many-to-many history": [
        "history of models reached only through another model",
        "console/pii/test_many_to_many.py::test_an_erasure_takes_them",
    ],
    "reasons and actors of history": [
        "history of the membership, with reason and actor",
        "she was staff: her address as the actor of others' history and audit",
    ],
    "history of a file column": [
        "the stored path and name in the history of a file column; its bytes; thumbnails beside it"
    ],
    "reverting and restoring": [
        "console/operations/test_reverting.py::test_nobody_without_both_rights_and_nothing_that_was_erased"
    ],
    "the admin's log": [
        "the admin's log: object_repr and change_message",
        "console/pii/test_places.py::test_the_admin_log_and_the_acts_of_others_stay",
    ],
    "files of imports and exports": [
        "an import: the uploaded source, staged rows, errors by row, the name of the file, its remembered mapping",
        "an import's preview that somebody abandoned",
        "a full export of the organisation",
    ],
    "sign-in: addresses, providers, tokens, second factors": [
        "sign-in: addresses, confirmations, providers, tokens, second factors"
    ],
    "sessions": ["sessions: signed in, anonymous, and the list of her devices"],
    "caches": ["cache keys of rate limits"],
    "links sent earlier": ["console/pii/test_places.py::test_caches_and_links_are_dead"],
    "the account's unique columns": ["the account itself", "pii/test_erasure.py::test_an_account_is_erased_and_proved"],
    "JSON, free text, others' notes": [
        "JSON, nested values and keys, in another person's record",
        "console/pii/test_places.py::test_nothing_is_left_anywhere",
        "pii/test_scrub.py::test_nothing_of_the_person_is_left",
    ],
    "uploads and orphans": [
        "orphan blobs that no row points at",
        "console/pii/test_places.py::test_files_are_gone_with_their_names",
    ],
    "the job queue": ["the job queue: arguments, progress, traceback"],
    "tags": ["a tag's word, and which contact carries it"],
    "planner statistics": ["console/pii/test_every_place.py::test_every_place_is_empty_afterwards"],
    "tables without a model": [
        "console/pii/test_places.py::test_a_table_without_a_model_waits_for_review",
        "console/pii/test_every_place.py::test_a_readable_table_without_a_model_goes_to_review",
    ],
    "other organisations' copies": [
        "pii/test_requests.py::test_each_tenant_is_decided_first",
        "console/pii/test_places.py::test_an_organisation_that_refuses_keeps_its_data_and_the_report_says_so",
    ],
    "other spellings": ["every other spelling: case, NFD, tags, URL, JSON, base64, digests, formats of numbers"],
    "the request's own records": [
        "an export package of an earlier request, and the request's own identifying half",
        "who revealed her data, and why",
    ],
    "our own copies": [
        "words of the search",
        "invitations, open and answered",
        "staff notes, tickets, reasons, view-as, approvals",
        "settings: the privacy contact of an organisation, the platform's defaults, and their history",
        "the name of an organisation that is the person's address",
        "mails of the development page",
    ],
    "logs and statistics of statements, dead tuples, WAL, backups": [
        "console/pii/test_every_place.py::test_every_place_is_empty_afterwards"
    ],
    "coming back: import, sign-up, restore": [
        "console/pii/test_returns.py::test_an_import_opens_a_task_and_proceeds",
        "console/pii/test_returns.py::test_their_own_sign_up_proceeds_and_is_noted",
        "pii/test_restore_drill.py::test_an_erased_person_does_not_come_back_with_a_backup",
    ],
}


@cache
def names_in(path):
    tree = ast.parse((ROOT / "tests" / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("way", SURVIVES)
def test_every_way_is_planted_and_looked_for(way):
    assert SURVIVES[way]
    for proof in SURVIVES[way]:
        path, is_test, name = proof.partition("::")
        assert (name in names_in(path)) if is_test else (proof in PLACES), proof


def test_every_place_belongs_to_a_way():
    assert set(PLACES) - {proof for proofs in SURVIVES.values() for proof in proofs} == set()


def test_the_document_lists_the_same_ways():
    text = (ROOT / "docs" / "privacy.md").read_text()
    table = text.split("<!-- survives -->")[1].split("<!-- end -->")[0]
    assert re.findall(r"^\| ([^|]+) \|", table, re.M)[1:] == list(SURVIVES)
