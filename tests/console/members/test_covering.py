"""An import's rows: open to whoever brought the file, and to an open staff session as far as its category goes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from console.operations.sessions import open_session
from tenancy import staff_scope
from tests.factories import make_membership, make_user

from .helpers import HEAD, previewed

pytestmark = pytest.mark.django_db
MAY = (
    "members.view_memberimport",
    "members.change_memberimport",
    "members.add_memberimport",
    "tenancy.view_tenant",
    "tenancy.view_usertenantmembership",
    "tenancy.change_usertenantmembership",
    "tenancy.add_usertenantmembership",
    "operations.open_session",
)
FILE = HEAD + (
    "new.zqnew@zqnew.test,Zqnew Person,,,ZQNEW-1,zqnew title\n"
    "old.zqold@zqold.test,Zqnew Name,,,,\n"
    "zqbad,Zqnew Bad,,,,\n"
)
LISTS = ("new", "changed", "refused", "missing")


@pytest.fixture
def tenant(tenant_a):
    """Somebody whom the file changes, and somebody whom it does not name."""
    make_membership(tenant_a, make_user("old.zqold@zqold.test"), display_name="Zqold Before")
    make_membership(tenant_a, make_user("gone.zqold@zqold.test"), display_name="Zqold Gone")
    return tenant_a


def seen(client, item):
    """All that the pages and files of an import say, in small letters."""
    texts = []
    for name in LISTS:
        texts.append(client.get(f"{url('change', item)}?list={name}").content.decode())
        texts.append(b"".join(client.get(url("download", item, name)).streaming_content).decode())
    texts.append(b"".join(client.get(url("refused", item), follow=True)).decode())
    return " ".join(texts).lower()


def url(name, item, *args):
    return reverse(f"admin:members_memberimport_{name}", args=[item.pk, *args])


def enter(client, tenant):
    with staff_scope(actor=client.user, reason="test"):
        open_session(tenant, by=client.user, reason="ticket", ticket="T-1")


def test_whoever_brought_the_file_reads_it_and_no_more(staff_client, tenant):
    client = staff_client(*MAY)
    text = seen(client, previewed(tenant, FILE, by=client.user, missing="deactivate"))
    for word in ("new.zqnew@zqnew.test", "zqnew person", "zqnew-1", "zqnew title", "zqbad", "old.zqold@zqold.test"):
        assert word in text
    assert "zqold before" not in text, "what the member was called is not in the file"
    assert "gone.zqold" not in text, "the file does not name this member"
    assert "z•••" in text
    assert "g•••@•••.test" in text


def test_others_read_nothing_without_a_session(staff_client, root, tenant):
    item = previewed(tenant, FILE, by=make_user(is_staff=True), missing="deactivate")
    for client in (staff_client(*MAY), root):
        text = seen(client, item)
        assert "zqnew" not in text
        assert "zqold" not in text
        assert "zqbad" not in text
        assert "open a staff session" in text
        page = client.post(url("reopen", item), follow=True).content.decode().lower()
        page += client.post(url("sample", item), {}).content.decode().lower()
        assert "zqnew" not in page
        with staff_scope(actor=client.user, reason="test"):
            type(item).objects.filter(pk=item.pk).update(state="previewed")


def test_whoever_confirms_it_does_not_become_who_brought_it(staff_client, tenant):
    client = staff_client(*MAY)
    item = previewed(tenant, FILE, by=make_user(is_staff=True), missing="deactivate")
    client.post(url("confirm", item))
    with staff_scope(actor=client.user, reason="test"):
        item.refresh_from_db()
    assert item.actor_id == client.user.pk
    assert "zqbad" not in seen(client, item)


def test_a_staff_session_opens_them(staff_client, tenant):
    client = staff_client(*MAY)
    item = previewed(tenant, FILE, by=make_user(is_staff=True), missing="deactivate")
    enter(client, tenant)
    text = seen(client, item)
    for word in ("new.zqnew@zqnew.test", "zqold before", "gone.zqold@zqold.test", "zqbad"):
        assert word in text
    assert "masked here" not in text


def test_records_show_their_sensitive_columns_to_whoever_brought_them_alone(staff_client, tenant_a, tmp_path):
    from console.members import flow
    from tenancy import tenant_scope

    client, other = staff_client(*MAY), staff_client(*MAY)
    path = tmp_path / "contacts.csv"
    path.write_text("email,first name,city,tags\nc.zqmail@zqmail.test,Zqfirst,Zqcity,zqtag\n")
    with tenant_scope(tenant_a):
        item = flow.upload(tenant_a, path, name="c.csv", by=client.user, target="contacts")
        flow.preview(item)
    for who in (client, other):
        enter(who, tenant_a)
    assert "zqcity" in seen(client, item)
    text = seen(other, item)
    assert "masked here" in text
    for word in ("zqcity", "zqtag", "c.zqmail"):
        assert word not in text
