"""No page shows a masked value to somebody without the right; a reveal is recorded first and ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pii.models import Reveal
from tenancy import memberships, system_scope
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db
VIEW = ("accounts.view_user", "accounts.change_user", "tenancy.view_usertenantmembership", "tenancy.view_tenant")
SECRETS = ("jane.canary", "Canarybird", "CANARY-1")


@pytest.fixture
def jane(tenant_a):
    user = make_user("jane.canary@example.test", full_name="Jane Canarybird")
    member = make_membership(tenant_a, user, display_name="Jane Canarybird", external_id="CANARY-1")
    with system_scope(reason="test"):
        memberships.change_details(member, by=None, display_name="Jane M. Canarybird")
    user.member = member
    return user


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def leaks(response):
    text = response.content.decode()
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


@pytest.mark.parametrize("superuser", [True, False])
def test_lists_details_and_history_are_masked(staff_client, jane, superuser):
    client = staff_client(*VIEW, superuser=superuser)
    pages = [
        page("accounts_user_changelist"),
        page("accounts_user_change", jane.pk),
        page("accounts_user_history", jane.pk),
        page("tenancy_usertenantmembership_changelist"),
        page("tenancy_usertenantmembership_change", jane.member.pk),
        page("tenancy_usertenantmembership_history", jane.member.pk),
    ]
    for where in pages:
        response = client.get(where, follow=True)
        may = superuser or "history" not in where  # the history needs a permission of its own
        assert (where, response.status_code, leaks(response)) == (where, 200 if may else 403, [])


def test_an_exact_search_finds_and_stays_masked(staff_client, jane):
    response = staff_client(*VIEW).get(page("accounts_user_changelist"), {"q": "jane.canary@example.test"})
    assert str(jane.pk) in response.content.decode()
    assert "j•••@•••.test" in response.content.decode()


@pytest.mark.parametrize("query", ["email__startswith=j", "full_name__icontains=Can", "user__email__startswith=j"])
def test_lookups_on_masked_columns_are_refused(root, jane, query):
    name = "tenancy_usertenantmembership_changelist" if query.startswith("user__") else "accounts_user_changelist"
    assert root.get(page(name) + "?" + query).status_code == 400


def test_pages_and_search_are_masked(root, jane, tenant_a):
    for where in (page("person_page", jane.pk), page("tenant_page", tenant_a.pk)):
        assert (where, leaks(root.get(where))) == (where, [])


def test_masked_columns_cannot_be_ordered(root, jane):
    assert b"o=1" not in root.get(page("accounts_user_changelist")).content


def test_a_reveal_is_recorded_and_ends(staff_client, jane, time_machine):
    client = staff_client(*VIEW, "pii.reveal_pii")
    dialog = page("accounts_user_reveal_personal_data", jane.pk)
    assert b"required" in client.post(dialog, {"_form_submitted": "True", "reason": ""}).content
    client.post(dialog, {"_form_submitted": "True", "reason": "she is on the phone"})
    with system_scope(reason="test"):
        made = Reveal.objects.get()
    assert (made.key, made.reason, made.actor_id) == (str(jane.pk), "she is on the phone", client.user.pk)
    assert "Canarybird" in client.get(page("accounts_user_change", jane.pk)).content.decode()
    assert leaks(client.get(page("tenancy_usertenantmembership_change", jane.member.pk))) == []
    other = staff_client(*VIEW)
    assert leaks(other.get(page("accounts_user_change", jane.pk))) == []
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    assert leaks(client.get(page("accounts_user_change", jane.pk))) == []


def test_no_reveal_without_permission_reason_or_budget(staff_client, jane, settings):
    settings.PII = {**settings.PII, "REVEALS_PER_HOUR": 1}
    dialog = page("accounts_user_reveal_personal_data", jane.pk)
    assert staff_client(*VIEW).post(dialog, {"_form_submitted": "True", "reason": "curious"}).status_code == 403
    client = staff_client(*VIEW, "pii.reveal_pii")
    assert b"Say why" in client.post(dialog, {"_form_submitted": "True", "reason": "x"}).content
    client.post(dialog, {"_form_submitted": "True", "reason": "she is on the phone"})
    assert b"used up" in client.post(dialog, {"_form_submitted": "True", "reason": "and once more"}).content
    with system_scope(reason="test"):
        assert Reveal.objects.count() == 1


def test_a_mask_is_never_saved(staff_client, jane):
    client = staff_client(*VIEW, "tenancy.change_usertenantmembership")
    client.post(
        page("tenancy_usertenantmembership_change", jane.member.pk),
        {"role": "viewer", "display_name": "J•••", "external_id": "•••", "title": "•••"},
    )
    with system_scope(reason="test"):
        row = type(jane.member).objects.get(pk=jane.member.pk)
    assert (row.role, row.display_name, row.external_id) == ("viewer", "Jane M. Canarybird", "CANARY-1")
