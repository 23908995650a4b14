"""Contacts, notes and tags for the demo's tenants, written through the workspace's own verbs over some weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from console.demo.registry import fills
from tenancy import audit
from tenancy.models import Tenant

from .models import Contact, Note
from .records import find_or_make_tag, save_record, tag_contacts

FIRST = "Amélie Björn Chiara Dmitri Elif Fatima Giorgos Hanna Igor Jana Kenji Lucía Mateo Noor Olga Pavel Rosa".split()
LAST = "Andersen Becker Costa Dubois Eriksen Fischer García Horváth Ito Jansen Kowalski López Müller Novák".split()
COMPANIES = ("Alpine Freight", "Blue Harbour", "Cedar & Sons", "Delta Optics", "Elm Street Bakery")
CITIES = (("10115", "Berlin", "Germany"), ("75002", "Paris", "France"), ("0150", "Oslo", "Norway"))
NOTES = (
    "Met at the trade fair; wants the spring catalogue.",
    "Prefers a call in the morning.",
    "Renewed for another year, invoice goes to head office.",
    "Asked about delivery times to the islands.",
)
TAGS = ("Customer", "Supplier", "Newsletter", "VIP")
COUNT = 64


@fills
def fill_workspace(tenant: Tenant, owner: Any, start: datetime) -> None:
    """An address book with some weeks of life in it."""
    span = timezone.now() - timedelta(days=1) - start
    contacts: list[Contact] = []
    for number in range(COUNT):
        at = start + span * number / COUNT
        with audit.changing(by=owner, at=at):
            contacts.append(_contact(tenant, number, owner))
            if number % 3 == 0:
                save_record(Note(contact=contacts[-1], author_id=owner.pk, body=NOTES[number % len(NOTES)]), by=owner)
    for place, name in enumerate(TAGS):
        at = start + span * (place + 1) / (len(TAGS) + 1)
        with audit.changing(by=owner, at=at):
            tag = find_or_make_tag(name, by=owner)
            tag_contacts([contact.pk for contact in contacts[place :: place + 2]], tag, by=owner)
    with audit.changing(by=owner, at=timezone.now() - timedelta(hours=20)):
        for contact in contacts[:6]:
            contact.city, contact.phone = "Vienna", "+43 1 5550100"
            save_record(contact, by=owner)


def _contact(tenant: Tenant, number: int, owner: Any) -> Contact:
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    postal_code, city, country = CITIES[number % len(CITIES)]
    contact = Contact(
        tenant=tenant,
        first_name=first,
        last_name=last,
        email=f"contact{number + 1}@{tenant.slug}-customers.test",
        phone=f"+49 30 5550{number:03}",
        company=COMPANIES[number % len(COMPANIES)],
        street=f"Demo Street {number + 1}",
        postal_code=postal_code,
        city=city,
        country=country,
        birth_date=date(1960 + number % 40, 1 + number % 12, 1 + number % 28),
        attributes={"Customer number": str(4700 + number)} if number % 4 == 0 else {},
    )
    save_record(contact, by=owner)
    return contact
