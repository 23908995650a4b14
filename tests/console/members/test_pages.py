"""The import's pages in the admin, from the upload to the undo, and who may do what there."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from console.members.models import MemberImport
from tenancy import system_scope
from tenancy.models import UserTenantMembership

from .files.helpers import DATA
from .helpers import HEAD, imported, members, previewed

TWO = HEAD + "anna@x.test,Anna,,,,\nbad,Ben,,,,\n"
VERBS = ["check", "sample", "confirm", "reopen", "resume", "stop", "discard", "undo"]


def url(name, item, *args):
    return reverse(f"admin:members_memberimport_{name}", args=[item.pk, *args])


def uploaded(client, tenant, content=None, name="people.csv"):
    content = content if content is not None else (DATA / "hand_kept_cp1252.csv").read_bytes()
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("admin:members_memberimport_add"), {"tenant": str(tenant.pk), "file": file})


def only():
    with system_scope(reason="test"):
        return MemberImport.objects.select_related("tenant").get()


def answers(item, **more):
    columns = item.detected["columns"]
    data = {f"column{index}": column["field"] for index, column in enumerate(columns)}
    data |= {"missing": "nothing", "default_role": "member", "update": ["display_name", "role", "is_active"]}
    return data | more


def test_from_upload_to_undo(root, tenant_a, django_capture_on_commit_callbacks):
    response = uploaded(root, tenant_a)
    item = only()
    assert response.url == url("change", item)
    page = root.get(response.url).content.decode()
    assert "Windows-1252" in page
    assert "lukasz.xu73@fabrikam.example.test" in page
    with django_capture_on_commit_callbacks(execute=True):
        assert root.post(url("check", item), answers(item)).status_code == 302
    page = root.get(url("change", item)).content.decode()
    assert "Kaiser" in page
    assert "owner, admin, member, viewer" in page
    for action in ("new", "skipped", "refused"):
        assert root.get(url("change", item) + f"?list={action}").status_code == 200
        assert b"".join(root.get(url("download", item, action)).streaming_content)
    assert "Kaiser" in b"".join(root.get(url("refused", item)).streaming_content).decode()
    with django_capture_on_commit_callbacks(execute=True):
        root.post(url("confirm", item))
    item = only()
    assert (item.state, item.applied["new"], item.actor_id) == ("done", 61, root.user.pk)
    assert "Undo this import" in root.get(url("change", item)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        root.post(url("undo", item))
    item = only()
    assert (item.state, item.undone_by_id) == ("undone", root.user.pk)
    with system_scope(reason="test"):
        gone = UserTenantMembership.history.filter(history_type="-").first()
    assert (gone.history_change_reason, gone.history_actor) == ("undo of import #1", root.user.email)
    assert "lukasz.xu73@fabrikam.example.test" not in members(tenant_a)


def test_the_mapping_sample_follows_the_form_and_keeps_nothing(root, tenant_a):
    uploaded(root, tenant_a, b"Kontakt;Wer\nanna@x.test;Anna Sample\n")
    item = only()
    page = root.post(url("sample", item), answers(item, column1="title", update=["title"])).content.decode()
    assert "Anna Sample" in page
    assert only().overrides == {}
    page = root.post(url("sample", item), answers(item, column0="")).content.decode()
    assert "No column holds:" in page


def test_a_mapping_and_words_of_a_person_are_used(root, tenant_a, django_capture_on_commit_callbacks):
    uploaded(root, tenant_a, b"Kontakt;Wer;Was\nanna@x.test;Anna;Kaiser\n")
    item = only()
    with django_capture_on_commit_callbacks(execute=True):
        root.post(
            url("check", item),
            answers(item, column1="display_name", column2="role", words="Kaiser = admin", strict="on"),
        )
    item = only()
    assert item.counts == {"new": 1}
    assert item.choices["strict"]
    assert item.choices["words"] == {"role": {"Kaiser": "admin"}}


def test_wrong_words_are_refused_with_a_message(root, tenant_a):
    uploaded(root, tenant_a, TWO.encode())
    item = only()
    response = root.post(url("check", item), answers(item, words="Kaiser"), follow=True)
    assert "is no translation" in response.content.decode()
    assert only().state == "uploaded"


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"", b"PK\x03\x04", b"\x00\x01" * 500])
def test_a_file_that_is_no_table_is_refused_in_the_form(root, tenant_a, content):
    response = uploaded(root, tenant_a, content)
    assert response.status_code == 200
    with system_scope(reason="test"):
        assert not MemberImport.objects.exists()


@pytest.mark.parametrize("header", [b"e-mail,n\0me,ti\xfftle", b"e-mail,\xed\xa0\x80,x", b"e-mail,a" + b"\x07" + b",b"])
def test_odd_bytes_in_the_names_of_columns_are_shown_and_kept(
    root, tenant_a, header, django_capture_on_commit_callbacks
):
    assert uploaded(root, tenant_a, header + b"\nanna@x.test,A,B\n").status_code == 302
    item = only()
    assert root.get(url("change", item)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        root.post(url("check", item), answers(item))
    assert only().counts == {"new": 1}


def test_bytes_that_are_no_letters_are_shown_as_bytes_beside_their_column(root, tenant_a):
    uploaded(root, tenant_a, b"\x01\x00\x01\x00\x01")  # half a letter of UTF-16
    assert "\\x01" in root.get(url("change", only())).content.decode()


@pytest.mark.parametrize("after", ["--5", "-", "5-", "9999999999", "²", "x", "-3"])
def test_an_odd_place_in_a_list_is_its_beginning(root, tenant_a, after):
    item = previewed(tenant_a, TWO)
    assert root.get(url("change", item), {"list": "new", "after": after}).status_code == 200


def test_a_strict_import_with_refused_rows_is_not_confirmed(root, tenant_a):
    item = previewed(tenant_a, TWO, strict=True)
    response = root.post(url("confirm", item), follow=True)
    assert "strict" in response.content.decode()
    assert only().state == "previewed"


def test_discard_resume_and_reopen(root, tenant_a, django_capture_on_commit_callbacks):
    item = previewed(tenant_a, TWO)
    root.post(url("reopen", item))
    assert only().state == "uploaded"
    with django_capture_on_commit_callbacks(execute=True):
        root.post(url("check", item), answers(item))
    assert only().state == "previewed"
    root.post(url("discard", item))
    assert only().state == "discarded"
    assert "file deleted" in root.get(url("change", item)).content.decode()


def test_the_progress_fragment_shows_the_job_and_then_reloads(root, tenant_a):
    from console.models import JobRun, JobState

    item = previewed(tenant_a, TWO)
    with system_scope(reason="test"):
        MemberImport.objects.filter(pk=item.pk).update(state="running")
        job = JobRun.objects.create(
            name="members.run", key=str(item.pk), tenant=tenant_a, state=JobState.RUNNING, done=500, total=1000
        )
    assert "1,000" in root.get(url("progress", item)).content.decode()
    assert "every 1s" in root.get(url("change", item)).content.decode()
    assert "stop it first" in root.post(url("discard", item), follow=True).content.decode()
    with system_scope(reason="test"):
        JobRun.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    assert root.get(url("progress", item))["HX-Refresh"] == "true"
    assert "Resume" in root.get(url("change", item)).content.decode()


def test_a_viewer_sees_and_never_acts(staff_client, tenant_a):
    item = previewed(tenant_a, TWO)
    client = staff_client("members.view_memberimport", "tenancy.view_tenant")
    page = client.get(url("change", item))
    assert page.status_code == 200
    assert "Import now" not in page.content.decode()
    assert client.get(reverse("admin:members_memberimport_changelist")).status_code == 200
    for verb in VERBS:
        assert client.post(url(verb, item)).status_code == 403, verb
    assert uploaded(client, tenant_a).status_code == 403
    assert only().state == "previewed"


def test_nobody_without_a_permission_sees_anything(staff_client, client, tenant_a):
    item = previewed(tenant_a, TWO)
    stranger = staff_client()
    for name, args in [("change", ()), ("progress", ()), ("refused", ()), ("download", ("new",))]:
        assert stranger.get(url(name, item, *args)).status_code == 403
        assert client.get(url(name, item, *args)).status_code == 302


@pytest.mark.parametrize("verb", VERBS)
def test_a_get_never_acts(root, tenant_a, verb):
    item = previewed(tenant_a, TWO)
    assert root.get(url(verb, item)).status_code == 405
    assert only().state == "previewed"


def test_absent_imports_are_not_found(root, tenant_a):
    import uuid

    absent = MemberImport(pk=uuid.uuid4())
    assert root.get(url("change", absent)).status_code == 404
    assert root.post(url("confirm", absent)).status_code == 404


def test_downloads_are_on_record_and_harmless(root, tenant_a):
    from console.operations.models import AuditEvent

    item = imported(tenant_a, HEAD + "a@x.test,=1+1,,,,\n", by=root.user)
    text = b"".join(root.get(url("download", item, "new")).streaming_content).decode()
    assert "'=1+1" in text
    with system_scope(reason="test"):
        assert AuditEvent.objects.filter(verb="members.import_list_downloaded", target_id=str(item.pk)).exists()


def test_the_list_of_imports_takes_few_queries(root, tenant_a, django_assert_max_num_queries):
    for _number in range(3):
        imported(tenant_a, TWO)
    with django_assert_max_num_queries(14):
        assert root.get(reverse("admin:members_memberimport_changelist")).status_code == 200
