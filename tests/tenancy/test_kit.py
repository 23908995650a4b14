"""Files, cache entries and signed values of one tenant are nothing in another."""

from __future__ import annotations

import datetime
from contextlib import nullcontext

import pytest
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from hypothesis import given
from hypothesis import strategies as st

from tenancy import TenantScopeRequired, identity_scope, staff_scope, system_scope, tenant_scope
from tenancy.cache import tenant_cache, tenant_key
from tenancy.files import checked_label, open_tenant_file, stored_name, tenant_prefix
from tenancy.signing import check_signed_url, sign, signed_url, unsign
from tests.testapp.models import Customer

HOUR = datetime.timedelta(hours=1)


def test_cache_entries_do_not_cross(tenant_a, tenant_b):
    with tenant_scope(tenant_a):
        tenant_cache.set("report", "of A")
        assert tenant_cache.get("report") == "of A"
    with tenant_scope(tenant_b):
        assert tenant_cache.get("report") is None
        assert tenant_cache.get_or_set("report", lambda: "of B") == "of B"
    with tenant_scope(tenant_a):
        assert tenant_cache.get("report") == "of A"
        tenant_cache.delete("report")
        assert tenant_cache.add("report", "again")
    with pytest.raises(TenantScopeRequired):
        tenant_cache.get("report")


def test_the_key_function_keeps_template_fragments_apart(tenant_a, tenant_b):
    keys = set()
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            keys.add(tenant_key("", "template.cache.menu", 1))
    keys.add(tenant_key("", "template.cache.menu", 1))
    assert len(keys) == 3


def test_signed_values_hold_in_their_tenant_only(tenant_a, tenant_b):
    with tenant_scope(tenant_a):
        token = sign({"file": 7}, purpose="download")
        assert unsign(token, purpose="download", max_age=HOUR) == {"file": 7}
        with pytest.raises(BadSignature):
            unsign(token, purpose="something else", max_age=HOUR)
        with pytest.raises(BadSignature):
            unsign(token, purpose="download", max_age=datetime.timedelta(seconds=-1))
        url = signed_url("/files/7/")
        signature = url.partition("signature=")[2]
        assert check_signed_url("/files/7/", signature, max_age=HOUR)
        assert not check_signed_url("/files/8/", signature, max_age=HOUR)
    with tenant_scope(tenant_b), pytest.raises(BadSignature):
        unsign(token, purpose="download", max_age=HOUR)
    with tenant_scope(tenant_b):
        assert not check_signed_url("/files/7/", signature, max_age=HOUR)


def test_files_are_stored_under_the_tenant_and_opened_in_it_alone(tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with tenant_scope(tenant_a):
        name = default_storage.save(stored_name(Customer(tenant=tenant_a), "../../typed.txt"), ContentFile(b"ours"))
        assert name.startswith(tenant_prefix(tenant_a.pk))
        with open_tenant_file(name) as file:
            assert file.read() == b"ours"
    with tenant_scope(tenant_b):
        for guess in (name, tenant_prefix(tenant_b.pk) + f"../{tenant_a.pk}/customer/x", "/etc/passwd", "nothing"):
            with pytest.raises(FileNotFoundError, match=r"No such file\."):
                open_tenant_file(guess)
    for scope in (nullcontext, identity_scope, lambda: staff_scope(actor="1", reason="test")):
        with scope(), pytest.raises(FileNotFoundError):
            open_tenant_file(name)
    session = {tenant_a: True, tenant_b: False}
    for tenant, opens in session.items():
        opened = staff_scope(actor="1", reason="test", content=frozenset({tenant.pk}))
        with opened, nullcontext() if opens else pytest.raises(FileNotFoundError):
            open_tenant_file(name).close()
    with system_scope(reason="test"):
        open_tenant_file(name).close()
    with pytest.raises(SuspiciousFileOperation):
        stored_name(Customer(), "a.txt")


@pytest.mark.parametrize(
    "name", ["../up", "a/b", "a\\b", ".hidden", "\x00", "a\nb", "a\u202etxt.exe", "...", " ", "x" * 151]
)
def test_steering_names_are_refused(name):
    with pytest.raises(ValidationError):
        checked_label(name)


@given(st.text(max_size=200))
def test_a_label_that_passes_steers_nothing(name):
    try:
        label = checked_label(name)
    except ValidationError:
        return
    assert "/" not in label
    assert "\\" not in label
    assert label[:2] != ".."
    assert label.isprintable() or not any(ord(c) < 32 for c in label)
