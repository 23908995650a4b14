"""What one object is called on staff's pages: by name or mask where it has one, by kind and key where it has none."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from console.lists.columns import person_words
from console.models import JobRun
from console.operations.models import Approval
from pii.masking import shown, viewer_of
from pii.models import DataRequest
from tenancy.models import Invitation, Tenant, UserTenantMembership


def called(request: HttpRequest, obj: Any) -> str:
    """The words for `obj` in headings and dialogs; nothing that the viewer may not see."""
    if isinstance(obj, Tenant):
        return obj.name or obj.slug
    if isinstance(obj, get_user_model()):
        return person_words(request, obj)
    if isinstance(obj, UserTenantMembership):
        person = person_words(request, obj.user, obj)
        return _("%(person)s in %(tenant)s") % {"person": person, "tenant": obj.tenant.name}
    if isinstance(obj, Invitation):
        address = shown(viewer_of(request), obj, "email")
        return _("%(person)s to %(tenant)s") % {"person": address, "tenant": obj.tenant.name}
    if isinstance(obj, (JobRun, Group)):
        return str(obj.name)
    if isinstance(obj, Approval):
        tenant = Tenant.objects.filter(pk=obj.tenant_key).first() if obj.tenant_key else None
        return " ".join(part for part in (capfirst(obj.verb.replace(".", " ")), tenant.name if tenant else "") if part)
    if isinstance(obj, DataRequest):
        return str(obj.number)
    return f"{capfirst(obj._meta.verbose_name)} {obj.pk}"  # a third party's own words may spell an address out


def heading(request: HttpRequest, row: Any) -> str:
    """Kind and words of the object of a history row, read from that row: no further query; by key where it has none."""
    model, users = type(row).instance_type, get_user_model()
    key = getattr(row, model._meta.pk.attname)
    words = str(key)
    if model is Tenant:
        words = row.name or row.slug
    elif model is users:
        person = users(pk=key, email=row.email, full_name=row.full_name, is_staff=row.is_staff)
        words = person_words(request, person)
    return f"{capfirst(model._meta.verbose_name)} {words}"
