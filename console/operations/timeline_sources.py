"""What stands in the timelines of a tenant and of a person: acts, changes, imports, sign-ins, visits of support."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.models import UserTenantMembership

from .timeline import Entry, acts, changes, source

VISITS = ("staff_session.opened", "staff_session.ended", "view_as.started", "view_as.ended")
PAGES = ("staff_session.page_opened", "view_as.page_opened")
IMPORTS = ("members.imported", "members.import_undone", "contacts.imported")
SIGN_INS = ("account.signed_in", "account.sign_in_failed")
FEW = 500  # members: fewer are looked up one by one, more are met often enough on the way back in time
LATELY = timedelta(days=90)  # how far back that way leads at most


@source("tenant", "act", "tenancy.view_tenant", title=_("Acts"))
def acts_of_tenant(request: HttpRequest, tenant: Any, before: datetime | None, limit: int) -> list[Entry]:
    return acts(Q(tenant_key=tenant.pk) & ~Q(verb__in=[*VISITS, *PAGES, *IMPORTS]), before, limit)


@source("tenant", "change", "tenancy.view_tenant", title=_("Changes"))
def changes_of_tenant(request: HttpRequest, tenant: Any, before: datetime | None, limit: int) -> list[Entry]:
    return changes(type(tenant), Q(id=tenant.pk), before, limit)


@source("tenant", "import", "tenancy.view_tenant", title=_("Imports"))
def imports_of_tenant(request: HttpRequest, tenant: Any, before: datetime | None, limit: int) -> list[Entry]:
    return acts(Q(tenant_key=tenant.pk, verb__in=IMPORTS), before, limit, "import")


@source("tenant", "sign-in", "accounts.view_user", title=_("Sign-ins"))
def sign_ins_of_tenant(request: HttpRequest, tenant: Any, before: datetime | None, limit: int) -> list[Entry]:
    """Of its members. Many members: newest sign-ins are walked until enough are theirs; few: each is looked up."""
    members = UserTenantMembership.objects.filter(tenant=tenant, is_active=True).order_by()
    keys = [str(key) for key in members.values_list("user_id", flat=True)[: FEW + 1]]
    lately = Q(at__gte=timezone.now() - LATELY) & Q(Exists(members.filter(user=OuterRef("actor_id"))))
    whose = Q(target_id__in=keys) if len(keys) <= FEW else lately
    return acts(Q(verb__in=SIGN_INS) & whose, before, limit, "sign-in")


@source("tenant", "visit", "tenancy.view_tenant", title=_("Visits of support"))
def visits_to_tenant(request: HttpRequest, tenant: Any, before: datetime | None, limit: int) -> list[Entry]:
    return acts(Q(tenant_key=tenant.pk, verb__in=VISITS), before, limit, "visit")


@source("tenant", "page", "tenancy.view_tenant", title=_("Pages that support opened"), crowding=True)
def pages_of_tenant(request: HttpRequest, tenant: Any, before: datetime | None, limit: int) -> list[Entry]:
    return acts(Q(tenant_key=tenant.pk, verb__in=PAGES), before, limit, "page")


@source("person", "act", "accounts.view_user", title=_("Acts"))
def acts_on_person(request: HttpRequest, person: Any, before: datetime | None, limit: int) -> list[Entry]:
    mine = Q(target_id=str(person.pk)) | Q(actor_id=person.pk)
    return acts(mine & ~Q(verb__in=[*SIGN_INS, *PAGES]), before, limit)


@source("person", "change", "accounts.view_user", title=_("Changes"))
def changes_of_person(request: HttpRequest, person: Any, before: datetime | None, limit: int) -> list[Entry]:
    return changes(get_user_model(), Q(id=person.pk), before, limit)


@source("person", "sign-in", "accounts.view_user", title=_("Sign-ins"))
def sign_ins_of_person(request: HttpRequest, person: Any, before: datetime | None, limit: int) -> list[Entry]:
    return acts(Q(target_id=str(person.pk), verb__in=SIGN_INS), before, limit, "sign-in")
