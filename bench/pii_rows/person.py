"""One person as the product makes one: account, membership, contact with notes and history, lines about them."""

from __future__ import annotations

NOTES = 50


def make_person(tenant, name: str, *, notes: int = NOTES):
    """(account, contact) of a new person. `name` makes the address unique."""
    from allauth.account.models import EmailAddress
    from django.contrib.admin.models import LogEntry
    from django.contrib.auth import get_user_model
    from django.contrib.contenttypes.models import ContentType

    from console.workspace.models import Contact, Note
    from tenancy import memberships, system_scope, tenant_scope

    with system_scope(reason="bench"):
        user = get_user_model().objects.create_user(f"bench.person.{name}@example.test", full_name=f"Bench P. {name}")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        EmailAddress.objects.create(user=user, email=f"second.{name}@elsewhere.test", verified=True)
        member = memberships.assign_user_to_tenant(user, tenant, "member", by=None, reason="bench")
        memberships.change_details(member, by=None, display_name=f"Bench P. {name}", external_id=f"BENCH-{name}")
    with tenant_scope(tenant):
        contact = Contact.objects.create(
            first_name="Bench", last_name=f"Person {name}", email=user.email, phone="+49 170 7654321"
        )
        for number in range(5):
            contact.city = f"Town {number}"
            contact.save()
        for start in range(0, notes, 1000):
            Note.objects.bulk_create(
                Note(contact=contact, body=f"note {number}") for number in range(start, min(notes, start + 1000))
            )
    with system_scope(reason="bench"):
        kind = ContentType.objects.get_for_model(Contact)
        for _number in range(5):
            LogEntry.objects.create(
                user=user, content_type=kind, object_id=str(contact.pk), object_repr="contact", action_flag=2
            )
    return user, contact
