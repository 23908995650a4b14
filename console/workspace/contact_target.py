"""What a contact is to the import engine: its fields under the names that files give them, and how rows are merged."""

from __future__ import annotations

from typing import Any

from django.db import connection

from console.members.database import ROWS, rows
from console.members.files import Field, Kind, Target
from console.members.targets import MergeTarget

from .models import Contact
from .models.contact import KEYS


def _words(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(","))


FIELDS = (
    Field(
        "email",
        "E-mail address",
        Kind.EMAIL,
        254,
        required=True,
        aliases=("mail", "e-mail"),
        synonyms=_words(
            "email, e-mail, mail, email address, e-mail 1 - value, primary email, work email, E-Mail-Adresse, "
            "Mailadresse, adresse e-mail, courriel, correo electrónico, indirizzo email, e-mailadres"
        ),
    ),
    Field(
        "first_name",
        "First name",
        max_length=100,
        synonyms=_words("given name, forename, firstname, Vorname, prénom, nombre, nome, voornaam"),
    ),
    Field(
        "last_name",
        "Last name",
        max_length=100,
        synonyms=_words("surname, family name, lastname, Nachname, Familienname, nom, apellidos, cognome, achternaam"),
    ),
    Field(
        "phone",
        "Phone",
        max_length=50,
        synonyms=_words(
            "telephone, phone number, mobile, mobile phone, business phone, phone 1 - value, Telefon, Telefonnummer, "
            "Mobil, Handy, téléphone, portable, teléfono, telefono, telefoon"
        ),
    ),
    Field(
        "company",
        "Company",
        synonyms=_words(
            "organization, organisation, organization name, company name, employer, account, Firma, Unternehmen, "
            "société, entreprise, empresa, azienda, bedrijf"
        ),
    ),
    Field(
        "street",
        "Street",
        synonyms=_words("address, street address, address line 1, business street, Straße, Adresse, rue, calle, via"),
    ),
    Field(
        "postal_code",
        "Postal code",
        max_length=20,
        synonyms=_words("zip, zip code, postcode, business postal code, PLZ, Postleitzahl, code postal, cap, postcode"),
    ),
    Field(
        "city", "City", max_length=100, synonyms=_words("town, business city, Ort, Stadt, ville, ciudad, città, stad")
    ),
    Field("country", "Country", max_length=100, synonyms=_words("country/region, business country, Land, pays, país")),
    Field(
        "birth_date",
        "Date of birth",
        Kind.DATE,
        10,
        synonyms=_words("birthday, birth date, dob, Geburtstag, Geburtsdatum, date de naissance, nacimiento"),
    ),
)
TEXTS = [item.name for item in FIELDS if item.kind is not Kind.DATE]


def fill_search_keys(item: Any, chunk: Any) -> None:
    """Give the contacts of a written chunk the search keys that their names ask for now."""
    found = rows(
        "SELECT m.id, m.first_name, m.last_name, m.email, m.phone, m.company "  # noqa: S608  # ROWS is a constant
        f"FROM {ROWS} s JOIN workspace_contact m ON m.tenant_id = %(tenant)s AND m.email = s.key "
        "WHERE s.import_id = %(import)s AND s.line > %(after)s AND s.line <= %(upto)s "
        "AND s.action IN ('new', 'changed')",  # the table is a constant
        item,
        after=chunk.after,
        upto=chunk.upto,
    )
    names = ("first_name", "last_name", "email", "phone", "company")
    keys = [Contact(**dict(zip(names, values, strict=True))).search_keys() for _id, *values in found]
    sets = ", ".join(f"{key} = v.{key}" for key in KEYS)
    arrays = ", ".join(["%s::uuid[]"] + ["%s::text[]"] * len(KEYS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE workspace_contact m SET {sets} "  # noqa: S608  # names of columns, from KEYS
            f"FROM unnest({arrays}) AS v(id, {', '.join(KEYS)}) WHERE m.id = v.id AND m.tenant_id = %s",
            [[row[0] for row in found], *([key[name] for key in keys] for name in KEYS), item.tenant_id],
        )


CONTACT_TARGET = MergeTarget(
    file=Target("contacts", "Contacts", FIELDS, "email"),
    model="workspace.Contact",
    match="FROM workspace_contact m WHERE m.tenant_id = %(tenant)s AND m.email = s.key",
    people=False,
    types={**dict.fromkeys(TEXTS, ("text", "''")), "birth_date": ("date", "NULL")},
    filled={**dict.fromkeys(KEYS, "''"), "attributes": "'{}'::jsonb"},
    settle=fill_search_keys,
)
