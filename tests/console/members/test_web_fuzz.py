"""Whatever is uploaded and whatever is chosen, the pages of the admin and of the workspace answer in words."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.members.models import MemberImport
from tenancy import system_scope
from tests.factories import make_membership

from .fuzzing import CONTENTS, FIELDS

some = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
COLUMNS = st.lists(st.sampled_from([*FIELDS, "", "", "email", "tags", "nonsense"]), max_size=12)
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "strict": st.just("on"),
        "invite": st.just("on"),
        "deactivate": st.just("on"),
        "missing": st.sampled_from(["nothing", "report", "deactivate", "x"]),
        "default_role": st.sampled_from(["member", "viewer", "x"]),
        "update": st.lists(st.sampled_from([*FIELDS, "x"]), max_size=4),
        "words": st.sampled_from(["Kaiser = admin", "=", "x", "\0 = owner", "%s = inactive"]),
        "encoding": st.sampled_from(["utf-8", "utf-16", "cp1252", "x"]),
        "delimiter": st.sampled_from([";", ",", "\t", "xx"]),
        "sheet": st.sampled_from(["Sheet", "x\0"]),
        "seen": st.sampled_from(["", "2001-01-01"]),
    },
)
NAMES = st.sampled_from(["people.csv", "x.xlsx", "a" * 300 + ".csv", "../../etc/passwd", "n\u202ecsv.exe"])


def newest():
    with system_scope(reason="test"):
        return MemberImport.objects.order_by("-created_at").first()


def chosen(columns, choices):
    return {f"column{number}": name for number, name in enumerate(columns)} | choices


def answered(response):
    assert response.status_code in (200, 302, 404, 422), response.status_code
    if response.streaming:
        b"".join(response.streaming_content)
    return response


@some
@given(CONTENTS, NAMES, COLUMNS, CHOICES)
def test_the_admin_s_pages(root, tenant_a, django_capture_on_commit_callbacks, content, name, columns, choices):
    before = newest()
    upload = {"tenant": str(tenant_a.pk), "file": SimpleUploadedFile(name, content)}
    answer = answered(root.post(reverse("admin:members_memberimport_add"), upload))
    item = newest()
    if answer.status_code == 200:
        assert item == before
        return

    def url(view, *more):
        return reverse(f"admin:members_memberimport_{view}", args=[item.pk, *more])

    answered(root.get(url("change")))
    answered(root.post(url("sample"), chosen(columns, choices)))
    for verb in ("check", "confirm", "undo", "discard"):
        with django_capture_on_commit_callbacks(execute=True):
            answered(root.post(url(verb), chosen(columns, choices if verb == "check" else {})))
        answered(root.get(url("change")))
        for action in ("new", "refused", "skipped"):
            answered(root.get(url("download", action)))
        answered(root.get(url("refused")))


@pytest.mark.parametrize("kind", ["members", "contacts"])
@some
@given(CONTENTS, NAMES, COLUMNS, CHOICES)
def test_the_workspace_s_pages(
    client, tenant_a, django_capture_on_commit_callbacks, kind, content, name, columns, choices
):
    if not client.session.get("_auth_user_id"):
        client.force_login(make_membership(tenant_a, role="admin").user)
    before = newest()
    start = f"/t/northwind/{kind}/import/"
    answer = answered(client.post(start, {"file": SimpleUploadedFile(name, content)}))
    item = newest()
    if answer.status_code != 302:
        assert item == before
        return
    page = f"/t/northwind/imports/{item.pk}/"
    answered(client.get(page))
    for verb in ("check", "confirm", "undo", "reopen", "discard", "nothing"):
        with django_capture_on_commit_callbacks(execute=True):
            answered(client.post(page, {"act": verb, **(chosen(columns, choices) if verb == "check" else {})}))
        answered(client.get(page))
        answered(client.get(f"{page}refused/"))
