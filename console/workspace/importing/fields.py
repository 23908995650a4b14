"""The fields of a contact under the names that files give them."""

from __future__ import annotations

from console.members.files import Field, Kind

from .reading import read_attributes, read_tags


def _words(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(","))


FIELDS = (
    Field(
        "email",
        "E-mail address",
        Kind.EMAIL,
        254,
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
        synonyms=_words(
            "given name, forename, firstname, Vorname, Rufname, prénom, prenom, nombre, nombres, nombre de pila, nome, "
            "primeiro nome, voornaam, förnamn, fornavn, etunimi, imię, jméno, keresztnév"
        ),
    ),
    Field(
        "last_name",
        "Last name",
        max_length=100,
        synonyms=_words(
            "surname, family name, lastname, Nachname, Familienname, Zuname, nom, nom de famille, apellido, apellidos, "
            "cognome, sobrenome, apelido, último nome, achternaam, efternamn, efternavn, etternavn, sukunimi, "
            "nazwisko, příjmení, vezetéknév"
        ),
    ),
    Field(
        "phone",
        "Phone",
        max_length=50,
        synonyms=_words(
            "telephone, phone number, mobile, mobile phone, business phone, phone 1 - value, cell phone, Telefon, "
            "Telefonnummer, Mobil, Handy, téléphone, numéro de téléphone, portable, teléfono, móvil, telefono, "
            "telefone, telefoon"
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
        synonyms=_words(
            "address, street address, address line 1, business street, Straße, Adresse, adresse, rue, calle, "
            "dirección, domicilio, via, indirizzo, endereço, straat, adres"
        ),
    ),
    Field(
        "postal_code",
        "Postal code",
        max_length=20,
        synonyms=_words(
            "zip, zip code, postcode, business postal code, PLZ, Postleitzahl, code postal, cap, código postal"
        ),
    ),
    Field(
        "city",
        "City",
        max_length=100,
        synonyms=_words("town, business city, Ort, Stadt, ville, ciudad, población, città, cidade, stad"),
    ),
    Field(
        "country",
        "Country",
        max_length=100,
        synonyms=_words("country/region, business country, Land, pays, país, paese, nazione"),
    ),
    Field(
        "birth_date",
        "Date of birth",
        Kind.DATE,
        10,
        synonyms=_words(
            "birthday, birth date, dob, Geburtstag, Geburtsdatum, date de naissance, nacimiento, "
            "fecha de nacimiento, data di nascita, geboortedatum"
        ),
    ),
    Field(
        "external_id",
        "External id",
        max_length=100,
        aliases=("id",),
        synonyms=_words(
            "id, contact id, customer id, customer number, customer no, client number, account number, record id, "
            "Kundennummer, Kunden-Nr., Kontakt-ID, numéro client, número de cliente, codice cliente, klantnummer"
        ),
    ),
    Field(
        "attributes",
        "Custom attribute",
        Kind.COLLECTED,
        5_000,
        aliases=("attribute",),
        synonyms=_words("attributes, custom attributes, custom fields"),
        read=read_attributes,
    ),
    Field(
        "tags",
        "Tags",
        Kind.COLLECTED,
        2_000,
        aliases=("tag",),
        synonyms=_words(
            "tag, label, labels, group membership, groups, categories, category, Schlagworte, Schlagwörter, "
            "Kategorien, Kategorie, étiquettes, etiquetas, etichette"
        ),
        read=read_tags,
    ),
)
