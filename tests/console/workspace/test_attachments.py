"""What may be attached, and who gets it back: judged by bytes, bounded before it is read, signed for one person."""

import io
import uuid
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.utils import timezone

from console.workspace.downloads import sign_download
from console.workspace.models import Attachment
from console.workspace.uploads import MAX_ATTACHMENT_BYTES
from tenancy import tenant_scope

from ...factories import make_membership
from .conftest import make_records

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def package(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def office(**more):
    return package(**{"[Content_Types].xml": "<x/>", "xl__workbook.xml": "<x/>", **more})


REFUSED = {
    "script in an SVG": ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "an SVG that says it is text": ("logo.txt", b"\n <svg onload='alert(1)'/>"),
    "a page": ("page.html", b"<!doctype html><script>alert(1)</script>"),
    "a page that says it is text": ("page.txt", b"\xef\xbb\xbf<HTML><body>hi"),
    "a program that says it is a picture": ("holiday.png", b"MZ\x90\0" + b"\0" * 64),
    "a picture that says it is text": ("note.txt", PNG),
    "a ZIP": ("files.zip", package(a="b")),
    "a ZIP bomb in a workbook": ("table.xlsx", office(xl__bomb="0" * 60_000_000)),
    "a ZIP bomb of parts": ("table.xlsx", office(**{f"xl__part{number}": "" for number in range(2_100)})),
    "a damaged workbook": ("table.xlsx", b"PK\x03\x04broken"),
    "bytes": ("data.txt", b"\0\1\2\3"),
    "nothing": ("empty.txt", b""),
    "no extension": ("README", b"text"),
    "a name that is too long": ("a" * 150 + ".txt", b"text"),
}


@pytest.fixture
def stored(media):
    return lambda: [path for path in media.rglob("*") if path.is_file()]


@pytest.fixture
def contact(tenant_a, own, enter):
    enter(tenant_a, "member")
    return own.contact


def upload(client, contact, name, content):
    return client.post(f"/t/northwind/contacts/{contact.pk}/files/", {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_clear_word_and_nothing_stored(client, contact, stored, tenant_a, case):
    before = stored()
    answer = upload(client, contact, *REFUSED[case])
    assert answer.status_code == 422
    assert b'class="message error"' in answer.content
    assert stored() == before
    with tenant_scope(tenant_a):
        assert Attachment.objects.count() == 1


def raw_upload(client, contact, name, **more):
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: text/plain\r\n\r\ntext\r\n--{BOUNDARY}--\r\n"
    )
    return client.generic(
        "POST", f"/t/northwind/contacts/{contact.pk}/files/", body, content_type=MULTIPART_CONTENT, **more
    )


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "..%2F..\\\\x.txt", "a/b.txt", "C:\\\\x.txt", "a..b.txt"])
def test_a_path_in_the_name_is_refused_and_not_repaired(client, contact, stored, name):
    before = stored()
    answer = raw_upload(client, contact, name)
    assert answer.status_code == 422
    assert "Rename the file" in answer.content.decode()
    assert stored() == before


def test_two_gigabytes_are_refused_by_their_length_unread(client, contact, stored):
    before = stored()
    answer = raw_upload(client, contact, "big.txt", CONTENT_LENGTH=str(2 * 1024**3))
    assert answer.status_code == 413
    assert "At most 20 MB" in answer.content.decode()
    assert stored() == before


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def read(self, *size):
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize("path", ["contacts/{contact}/files/", "contacts/import/", "contacts/new/"])
def test_two_gigabytes_are_refused_before_a_byte_is_read(client, contact, tenant_a, enter, stored, path):
    enter(tenant_a, "admin")
    before = stored()
    answer = client.generic(
        "POST",
        f"/t/northwind/{path.format(contact=contact.pk)}",
        content_type=MULTIPART_CONTENT,
        CONTENT_LENGTH=str(2 * 1024**3),
        **{"wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert answer["Connection"] == "close"
    assert stored() == before


def test_a_body_that_does_not_say_its_length_is_not_read(client, contact, stored):
    before = stored()
    answer = raw_upload(client, contact, "endless.txt", CONTENT_LENGTH="", **{"wsgi.input": Unread()})
    assert answer.status_code == 422
    assert "Choose a file first" in answer.content.decode()
    assert stored() == before


def test_a_file_is_dropped_as_soon_as_it_is_too_large(client, contact, stored, monkeypatch):
    """Its length fits the request's bound, its bytes do not: the handlers that store see no more than fits."""
    seen = []
    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk",
        lambda self, data, start: seen.append(len(data)),
    )
    before = stored()
    answer = upload(client, contact, "big.txt", b"a" * (MAX_ATTACHMENT_BYTES + 300_000))
    assert answer.status_code == 422
    assert "larger than 20 MB" in answer.content.decode()
    assert sum(seen) <= MAX_ATTACHMENT_BYTES
    assert stored() == before


def test_a_length_that_lies_is_not_read_beyond(client, contact, stored):
    before = stored()
    answer = raw_upload(client, contact, "short.txt", CONTENT_LENGTH="10")
    assert answer.status_code in (400, 422)
    assert stored() == before


def test_a_little_too_large_is_refused_by_the_judge(client, contact, stored):
    before = stored()
    answer = upload(client, contact, "big.txt", b"a" * (MAX_ATTACHMENT_BYTES + 1))
    assert answer.status_code == 422
    assert "larger than 20" in answer.content.decode()
    assert stored() == before


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("Zeugnis ä.txt", "Grüße".encode(), "text/plain"),
        ("photo.PNG", PNG, "image/png"),
        ("table.xlsx", office(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("paper.pdf", b"%PDF-1.7\n...", "application/pdf"),
    ],
)
def test_accepted_stored_below_the_tenant_and_sent_as_a_download(
    client, contact, media, tenant_a, name, content, content_type
):
    assert upload(client, contact, name, content).status_code == 302
    with tenant_scope(tenant_a):
        attachment = Attachment.objects.exclude(name="Ownword.txt").get()
    assert attachment.file.name == f"tenants/{tenant_a.pk}/attachments/{attachment.pk}"
    assert (media / attachment.file.name).read_bytes() == content
    answer = client.get(f"/t/northwind/files/{attachment.pk}/", follow=True)
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_signed_address_opens_for_one_person_in_one_tenant_for_a_minute(
    client, tenant_a, tenant_b, own, media, enter
):
    membership = enter(tenant_a, "viewer")
    with tenant_scope(tenant_a):
        token = sign_download(own.attachment, membership.user)
    answer = client.get(f"/t/northwind/download/{token}/")
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"text")
    make_membership(tenant_b, membership.user)
    assert client.get(f"/t/contoso/download/{token}/").status_code == 404
    for forged in (token[:-1], token + "x", "a:b:c", str(uuid.uuid4())):
        assert client.get(f"/t/northwind/download/{forged}/").status_code == 404
    colleague = Client()
    colleague.force_login(make_membership(tenant_a, role="owner").user)
    assert colleague.get(f"/t/northwind/download/{token}/").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        assert client.get(f"/t/northwind/download/{token}/").status_code == 404


def test_a_token_of_one_kind_opens_no_other(client, tenant_a, own, enter):
    membership = enter(tenant_a, "owner")
    with tenant_scope(tenant_a):
        token = sign_download(own.attachment, membership.user)
    assert client.get(f"/t/northwind/export/download/{token}/").status_code == 404


def test_a_stored_name_of_another_tenant_opens_nothing(client, tenant_a, own, other, enter):
    membership = enter(tenant_a, "owner")
    with tenant_scope(tenant_a):
        Attachment.objects.filter(pk=own.attachment.pk).update(file=other.attachment.file.name)
        token = sign_download(own.attachment, membership.user)
    assert client.get(f"/t/northwind/download/{token}/").status_code == 404


def test_the_bytes_go_with_the_row(client, tenant_a, own, enter, stored, django_capture_on_commit_callbacks):
    enter(tenant_a, "member")
    assert any(path.name == str(own.attachment.pk) for path in stored())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/t/northwind/contacts/{own.contact.pk}/delete/")
    assert not any(path.name == str(own.attachment.pk) for path in stored())
    make_records(tenant_a, "Again")
