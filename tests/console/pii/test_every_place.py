"""One person in every place of `places`, erased once: each place is empty afterwards, and was not before."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client

from console.workspace.models import Contact
from pii.models import ReviewItem, State
from pii.scan.contents import Contents
from tenancy import memberships, system_scope, tenant_scope
from tests.factories import make_membership, make_user
from tests.pii.conftest import fresh

from .places import MAIL, NAME, PHONE, PLACES, make_spare, rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(tenant_a, officer, settings, tmp_path):
    """Jane with a membership and a contact, her neighbour, and who acts on them."""
    settings.PII = {**settings.PII, "ORPHAN_MINUTES": 0}
    settings.EMAIL_BACKEND = "console.mail.backend.EmailBackend"
    jane = make_user(MAIL, full_name=NAME)
    boss = make_spare("boss@example.test")
    make_spare("spare@example.test")
    with system_scope(reason="test"):
        member = memberships.assign_user_to_tenant(jane, tenant_a, "member", by=boss)
        memberships.change_details(member, by=boss, display_name=NAME, external_id="CANARY-0814")
    other = make_membership(tenant_a, make_user("nobody@example.test"), display_name="Nora Neighbour")
    with tenant_scope(tenant_a):
        contact = Contact.objects.create(first_name="Jane", last_name="Canarybird", email=MAIL, phone=PHONE)
        nora = Contact.objects.create(first_name="Nora", last_name="Neighbour", email="other@example.test")
    root = Client()
    root.force_login(boss)
    return SimpleNamespace(
        jane=jane,
        boss=boss,
        member=member,
        other=other,
        contact=contact,
        nora=nora,
        tenant=tenant_a,
        officer=officer,
        root=root,
        folder=tmp_path,
    )


def analyzed():
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute("SELECT relname, analyze_count FROM pg_stat_user_tables")
        return dict(cursor.fetchall())


def test_every_place_is_empty_afterwards(erase, cast):
    looks = {name: plant(cast) for name, plant in PLACES.items()}
    assert [name for name, remains in looks.items() if name != "the account itself" and not remains()] == []
    before = analyzed()
    request = erase(objects=[cast.jane])
    with system_scope(reason="test"):
        waiting = list(ReviewItem.objects.filter(answer="open").values_list("table", "column", "kind"))
    assert (waiting, request.state) == ([], State.DONE)
    assert {name: found for name, remains in looks.items() if (found := remains())} == {}
    after = analyzed()
    for table in ("accounts_user", "workspace_historicalcontact", "operations_searchtoken", "django_session"):
        assert after[table] > before.get(table, 0), f"the planner's statistics of {table} still hold old values"
    report = str(request.report)
    assert "canary" not in report.lower()
    for promise in ("pg_stat_activity", "write-ahead log", "replicas", "vacuums", "Backups are not rewritten"):
        assert promise in report


def test_a_readable_table_without_a_model_goes_to_review(erase, cast):
    from pii.erase.review import redact_cell
    from pii.erase.verify import answer_review
    from pii.exceptions import RequestRefused
    from pii.grants import grant_erasure
    from pii.identifiers import Identifiers
    from pii.operations import LetErasureRedact
    from tenancy.db.message import narrow_role
    from tenancy.db.owner import owner_connection

    def as_owner(*statements):
        with owner_connection("default"), system_scope(reason="test"), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            grant_erasure("default")

    as_owner(
        "CREATE SCHEMA old_app",
        "CREATE TABLE old_app.people (id int PRIMARY KEY, who text)",
        f"INSERT INTO old_app.people VALUES (1, 'left over: {MAIL}')",
    )
    try:
        request = erase(objects=[cast.jane])
        assert request.state == State.VERIFYING
        with system_scope(reason="test"):
            item = ReviewItem.objects.select_related("request").get(answer="open")
        assert (item.table, item.column) == ("old_app.people", "who")
        with pytest.raises(Exception, match="a database administrator must"):
            answer_review(item, answer="redacted", by=cast.officer)
        with owner_connection("default"), system_scope(reason="test"), connection.schema_editor() as editor:
            LetErasureRedact("old_app.people", ["who"]).database_forwards("x", editor, None, None)
        answer_review(item, answer="redacted", by=cast.officer)
        assert fresh(request).state == State.DONE
        with system_scope(reason="test"), narrow_role("scan"), connection.cursor() as cursor:
            cursor.execute("SELECT who FROM old_app.people")
            assert "left over" in (text := cursor.fetchone()[0])
            assert MAIL not in text
        with owner_connection("default"), system_scope(reason="test"), connection.schema_editor() as editor:
            LetErasureRedact("old_app.people", ["who"]).database_backwards("x", editor, None, None)
        with pytest.raises(RequestRefused, match="LetErasureRedact"), system_scope(reason="test"):
            redact_cell(item, Identifiers.of([("email", "left@over.test")]))
    finally:
        as_owner("DROP SCHEMA old_app CASCADE")


@pytest.mark.parametrize("answer", ["redacted", "kept"])
def test_a_file_of_somebody_else_is_looked_at(erase, cast, answer):
    from django.core.files.base import ContentFile

    from console.workspace.models import Attachment
    from pii.erase.review import passage
    from pii.erase.verify import answer_review
    from pii.requests.identity import subject_of

    with tenant_scope(cast.tenant):
        kept = ContentFile(f"Minutes: {MAIL} was there".encode(), name="minutes.txt")
        Attachment.objects.create(contact=cast.nora, file=kept, name="m.txt", size=9, content_type="text/plain")
    request = erase(objects=[cast.jane])
    assert request.state == State.VERIFYING
    with system_scope(reason="test"):
        item = ReviewItem.objects.select_related("request").get(answer="open")
        shown = passage(item, subject_of(request).identifiers)
        assert (MAIL in shown.before, MAIL in shown.after) == (True, False)
    assert MAIL not in str(vars(item))
    answer_review(item, answer=answer, by=cast.officer)
    assert fresh(request).state == State.DONE
    with tenant_scope(cast.tenant):
        assert Attachment.objects.filter(contact=cast.nora).exists() is (answer == "kept")
    assert len(list((cast.folder / "media").rglob("*.txt")) + list((cast.folder / "media").rglob("tenants/*/*"))) >= 0


def test_a_young_file_without_a_row_is_not_swept_but_shown(erase, cast, settings):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from pii.erase.verify import answer_review

    settings.PII = {**settings.PII, "ORPHAN_MINUTES": 10}
    default_storage.save("young/1.txt", ContentFile(MAIL.encode()))
    request = erase(objects=[cast.jane])
    assert request.state == State.VERIFYING
    with system_scope(reason="test"):
        item = ReviewItem.objects.select_related("request").get(answer="open")
    answer_review(item, answer="redacted", by=cast.officer)
    assert fresh(request).state == State.DONE
    assert not default_storage.exists("young/1.txt")


def test_an_archive_that_grows_without_end_is_left(tmp_path):
    import zipfile

    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"0" * 5_000_000)
    with path.open("rb") as source:
        contents = Contents(source, limit=1_000_000)
        assert sum(map(len, contents.blocks())) < 3_000_000
        assert contents.is_opaque


def test_an_erased_person_in_a_file_opens_a_task(erase, cast):
    from console.members import flow
    from pii.models import Reappearance

    erase(objects=[cast.jane])
    path = cast.folder / "again.csv"
    path.write_text(f"Email,Role\n{MAIL},member\nother.person@example.test,member\n")
    item = flow.import_file(cast.tenant, path, by=None)
    assert item.state == "done"
    with system_scope(reason="test"):
        task = Reappearance.objects.get()
        assert (task.how, task.tenant_key, task.closed_at) == ("import", cast.tenant.pk, None)
        assert task.model == "tenancy.usertenantmembership"
    assert rows("pii_reappearance", MAIL) == []
