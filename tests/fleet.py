"""One row of every tenant-owned model for the generated sweep: a new model gets its line here the day it appears."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from console.members.models import MemberImport
from console.workspace.models import Attachment, BulkTagging, Contact, ContactTag, MemberWord, Note, Tag, TenantExport
from tenancy import tenant_scope
from tenancy.models import Invitation, SettingChange, Tenant, UserTenantMembership
from tenancy.testing.isolation import Fleet

from .factories import make_membership, make_user
from .testapp.models import Customer, Label, Order, OrderLabel


def invitation(tenant: Tenant, word: str) -> Invitation:
    return Invitation.objects.create(
        tenant=tenant,
        email=f"{word}@example.test",
        token_hash=f"{word:x<64}"[:64],
        expires_at=timezone.now() + datetime.timedelta(days=7),
    )


def membership(tenant: Tenant, word: str) -> UserTenantMembership:
    return make_membership(tenant, make_user(f"{word}-member@example.test", full_name=word), display_name=word)


def contact(word: str) -> Contact:
    return Contact.objects.get_or_create(last_name=word, email=f"{word}-contact@example.test")[0]


def attachment(tenant: Tenant, word: str) -> Attachment:
    return Attachment.objects.create(
        contact=contact(word),
        file=ContentFile(word.encode(), name="a.txt"),
        name=f"{word}.txt",
        content_type="text/plain",
        size=len(word),
        sha256="0" * 64,
    )


def tenant_export(tenant: Tenant, word: str) -> TenantExport:
    return TenantExport.objects.create(state="ready", file=ContentFile(word.encode(), name="a.zip"))


def tag(word: str) -> Tag:
    return Tag.objects.get_or_create(name=word)[0]


def member_word(tenant: Tenant, word: str) -> MemberWord:
    member = make_membership(tenant, make_user(f"{word}-named@example.test"))
    return MemberWord.objects.create(membership=member, word=word)


def customer(word: str) -> Customer:
    return Customer.objects.get_or_create(name=word, secret=word)[0]


def order(word: str) -> Order:
    return Order.objects.get_or_create(customer=customer(word), title=word)[0]


def label(word: str) -> Label:
    return Label.objects.get_or_create(word=word)[0]


MAKE: dict[Any, Any] = {
    Invitation: invitation,
    UserTenantMembership: membership,
    SettingChange: lambda tenant, word: SettingChange.objects.create(
        tenant=tenant, version=1, changes={}, source="form", reason=word
    ),
    MemberImport: lambda tenant, word: MemberImport.objects.create(
        tenant=tenant, number=1, file_name=f"{word}.csv", keep_until=timezone.now()
    ),
    MemberWord: lambda tenant, word: member_word(tenant, word),
    Contact: lambda tenant, word: contact(word),
    Note: lambda tenant, word: Note.objects.create(contact=contact(word), body=word),
    Attachment: attachment,
    Tag: lambda tenant, word: tag(word),
    ContactTag: lambda tenant, word: ContactTag.objects.create(contact=contact(word), tag=tag(word)),
    BulkTagging: lambda tenant, word: BulkTagging.objects.create(tag=tag(word), text=word),
    TenantExport: tenant_export,
    Customer: lambda tenant, word: customer(word),
    Order: lambda tenant, word: order(word),
    Label: lambda tenant, word: label(word),
    OrderLabel: lambda tenant, word: OrderLabel.objects.create(order=order(word), label=label(word)),
}


def in_its_tenant(make: Any) -> Any:
    def made(tenant: Tenant, word: str) -> Any:
        with tenant_scope(tenant):
            return make(tenant, word)

    return made


def fleet(a: Tenant, b: Tenant) -> Fleet:
    """Both tenants with a row of everything."""
    return Fleet(a, b, {model: in_its_tenant(make) for model, make in MAKE.items()}).build()
