"""The demo: made by the product's own functions, spread over weeks, made once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from console.demo import MEMBERS, PASSWORD, STAFF
from console.operations.models import AuditEvent
from tenancy import system_scope
from tenancy.models import Tenant, UserTenantMembership

History = UserTenantMembership.history.model


def counts():
    with system_scope(reason="test"):
        models = (Tenant, UserTenantMembership, get_user_model(), History, AuditEvent)
        return [model.objects.count() for model in models]


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_made_once_with_people_roles_and_weeks_of_history(settings, tmp_path, capsys):
    settings.DEBUG, settings.MEDIA_ROOT = True, tmp_path
    call_command("seed_demo")
    first = counts()
    with system_scope(reason="test"):
        assert Tenant.objects.count() == 3
        assert UserTenantMembership.objects.count() > 300
        oldest = History.objects.order_by("history_date").first().history_date
        assert oldest < timezone.now() - timedelta(weeks=8)
        assert (
            History.objects.filter(history_type="~", history_date__lt=timezone.now() - timedelta(days=1)).count() > 40
        )
        for email, role in STAFF.items():
            person = get_user_model().objects.get(email=email)
            assert (person.is_staff, person.is_superuser, person.check_password(PASSWORD)) == (True, False, True)
            assert [group.name for group in person.groups.all()] == [role]
        assert {m.role for m in UserTenantMembership.objects.filter(user__email__in=MEMBERS)} == set(MEMBERS.values())
    assert "support@demo.test" in capsys.readouterr().out
    call_command("seed_demo")
    assert counts() == first
    assert "nothing was changed" in capsys.readouterr().out


def test_a_production_refuses_the_demo(settings, db):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        call_command("seed_demo")
    assert not Tenant.objects.exists()
