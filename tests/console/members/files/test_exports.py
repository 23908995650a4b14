"""Exports of other programs as their users get them: nobody lost, nothing turned round, and what is odd told of."""

# ruff: noqa: E501  (lines as programs write them)
from __future__ import annotations

import csv
import io

import pytest

from .helpers import codes, look, rows_of, values

M365 = (
    "Block credential,City,Country/Region,Department,DirSyncEnabled,Display name,Fax,First name,Last dirsync time,"
    "Last name,Last password change time stamp,Licenses,Mobile Phone,Oath token metadata,Object Id,Office,"
    "Password never expires,Phone number,Postal code,Preferred data location,Preferred language,Proxy addresses,"
    "Release track,Soft deletion time stamp,State,Street address,Strong password required,Title,Usage location,"
    "User principal name,When created\n"
    "False,Bern,Switzerland,Sales,,Anna Weiß,,Anna,,Weiß,2024-01-02T03:04:05Z,E3,,,o-1,,False,,3000,,de-CH,"
    "SMTP:anna@x.test+smtp:a@x.onmicrosoft.test,,,Bern,Street 1,True,Head,CH,anna@x.test,2020-01-01\n"
    "True,Bern,Switzerland,Sales,,Ben Öz,,Ben,,Öz,,Unlicensed,,,o-2,,False,,3000,,,,,,Bern,,True,,CH,ben@x.test,\n"
)
GITHUB = (
    "login,name,role,saml_name_id,verified_emails,two_factor\n"
    "annaw,Anna Weiß,owner,,anna@x.test,true\nben-oz,Ben Öz,member,,ben@x.test,true\n"
)
GOOGLE_CONTACTS = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Nickname,File As,Organization Name,Organization Title,Birthday,"
    "Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Value\n"
    "Anna,,Weiß,,,,Mill,Head,,,,* myContacts,* Work,anna@x.test,Home,alt@x.test,+41\n"
    "Ben,,Öz,,,,,,,,,* myContacts,* Work,ben@x.test,,,\n"
)
OUTLOOK = (
    '"Title","First Name","Middle Name","Last Name","Suffix","Company","Department","Job Title","Business State",'
    '"E-mail Address","E-mail Type","E-mail Display Name","E-mail 2 Address","Categories","Gender","User 1"\n'
    '"Dr.","Anna","","Weiß","","Mill","Sales","Head","BE","anna@x.test","SMTP","Anna Weiß (anna@x.test)","","","",""\n'
    '"","Ben","","Öz","","","","","","ben@x.test","SMTP","Ben Öz (ben@x.test)","","","",""\n'
)
OUTLOOK_DE = (
    '"Anrede","Vorname","Weitere Vornamen","Nachname","Suffix","Firma","Abteilung","Position","E-Mail-Adresse",'
    '"E-Mail-Typ","E-Mail: Angezeigter Name","Kategorien"\n'
    '"Frau","Anna","","Weiß","","Mill","","Head","anna@x.test","SMTP","Anna Weiß (anna@x.test)",""\n'
    '"Herr","Ben","","Öz","","","","","ben@x.test","SMTP","",""\n'
)
MAILCHIMP = (
    '"Email Address","First Name","Last Name",Address,"Phone Number",Birthday,MEMBER_RATING,OPTIN_TIME,LEID,EUID,NOTES,TAGS\n'
    'anna@x.test,Anna,Weiß,"Street 1  Bern  3000",,,2,"2021-01-01 10:00:00",1,ab,,"""vip"""\n'
    "ben@x.test,Ben,Öz,,,,2,,2,cd,,\n"
)
HUBSPOT = (
    '"Record ID","First Name","Last Name","Email","Phone Number","Contact owner","Lead Status","State/Region","Job Title"\n'
    '"51","Anna","Weiß","anna@x.test","","Zoe Ray (zoe@y.test)","NEW","BE","Head"\n'
    '"52","Ben","Öz","ben@x.test","","No owner","","",""\n'
)
JUMPCLOUD = (
    "id,username,email,firstname,lastname,activated,suspended,state,jobTitle,employeeIdentifier\n"
    "9,aw,anna@x.test,Anna,Weiß,true,false,ACTIVATED,Head,E1\n8,bo,ben@x.test,Ben,Öz,true,true,SUSPENDED,,E2\n"
)
ONELOGIN = (
    "Id,First Name,Last Name,Email,Username,Status,State,Title\n"
    "1,Anna,Weiß,anna@x.test,aw,Active,Approved,Head\n2,Ben,Öz,ben@x.test,bo,Suspended,Approved,\n"
)
ZOOM = (
    "Email,First Name,Last Name,Department,User Type,Role,Status,Last Sign In\n"
    "anna@x.test,Anna,Weiß,Sales,Zoom Rooms,Owner,Active,2026-01-01\nben@x.test,Ben,Öz,,On-Prem,Member,Inactive,\n"
)
CSVDE = (
    "DN,objectClass,cn,sn,title,givenName,displayName,mail,userPrincipalName,sAMAccountName\n"
    '"CN=Anna Weiß,OU=Staff,DC=x,DC=test",user,Anna Weiß,Weiß,Head,Anna,Anna Weiß,anna@x.test,aw@corp.test,aw\n'
    '"CN=Ben Öz,OU=Staff,DC=x,DC=test",user,Ben Öz,Öz,,Ben,Ben Öz,ben@x.test,bo@corp.test,bo\n'
)
ENTRA_DE = (
    "Benutzerprinzipalname;Anzeigename;Vorname;Nachname;Benutzertyp;Konto aktiviert;Objekt-ID;Position\n"
    "anna@x.test;Anna Weiß;Anna;Weiß;Member;Wahr;o-1;Head\nben@x.test;Ben Öz;Ben;Öz;Gast;Falsch;o-2;\n"
)
SALESFORCE = (
    "User ID,Username,Last Name,First Name,Active,Profile,Email,Title\n"
    "005,anna@x.test.prod,Weiß,Anna,1,Custom: Sales,anna@x.test,Head\n006,ben@x.test.prod,Öz,Ben,0,Custom: HR,ben@x.test,\n"
)
PERSONIO = (
    "Export vom 23.11.2026\n\nPersonalnummer;Vorname;Nachname;E-Mail;Position;Status;Eintrittsdatum\n"
    "1;Anna;Weiß;anna@x.test;Head;Aktiv;01.02.2020\n2;Ben;Öz;ben@x.test;;Inaktiv;01.03.2021\nSumme: 2 Mitarbeitende;;;;;;\n"
)
ANNA, BEN = ("anna@x.test", "Anna Weiß"), ("ben@x.test", "Ben Öz")

# name → (content, role, active, id and title of Anna; role, active and id of Ben)
FILES = {
    "microsoft 365 admin centre": (M365, (None, True, "o-1", "Head"), (None, False, "o-2")),
    "github members": (GITHUB, ("owner", None, None, None), ("member", None, None)),
    "google contacts": (GOOGLE_CONTACTS, (None, None, None, "Head"), (None, None, None)),
    "outlook contacts": (OUTLOOK, (None, None, None, "Head"), (None, None, None)),
    "outlook contacts, german": (OUTLOOK_DE, (None, None, None, "Head"), (None, None, None)),
    "mailchimp": (MAILCHIMP, (None, None, None, None), (None, None, None)),
    "hubspot contacts": (HUBSPOT, (None, None, "51", "Head"), (None, None, "52")),
    "jumpcloud": (JUMPCLOUD, (None, True, None, "Head"), (None, False, None)),
    "onelogin": (ONELOGIN, (None, True, "1", "Head"), (None, False, "2")),
    "zoom": (ZOOM, ("owner", True, None, None), ("member", False, None)),
    "active directory, csvde": (CSVDE, (None, None, None, "Head"), (None, None, None)),
    "entra, german": (ENTRA_DE, ("member", True, "o-1", "Head"), ("viewer", False, "o-2")),
    "salesforce users": (SALESFORCE, (None, True, "005", "Head"), (None, False, "006")),
    "personio, german": (PERSONIO, (None, True, "1", "Head"), (None, False, "2")),
}
FORMS = {
    "as it is": lambda text: text.encode(),
    "with a mark, lines of Windows": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "code page of Windows": lambda text: text.encode("cp1252"),
    "lines of an old Mac": lambda text: text.replace("\n", "\r").encode("mac_roman"),
    "semicolons": lambda text: written(text, ";").encode("cp1252"),
    "tabs": lambda text: written(text, "\t").encode("utf-16"),
    "a title above": lambda text: ("Users of the organisation" + "\n\n" + text).encode(),
}


def written(text, delimiter):
    """The table again between other delimiters, with all cells in quotes as some programs write them."""
    out = io.StringIO()
    given = ";" if text.count(";") > text.count(",") else ","
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
        csv.reader(io.StringIO(text), delimiter=given)
    )
    return out.getvalue()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", FILES)
def test_an_export_is_read_as_a_person_would_read_it(tmp_path, name, form):
    content, anna, ben = FILES[name]
    rows = rows_of(tmp_path, FORMS[form](content))
    assert codes(rows) == []
    found = values(rows)
    if name == "jumpcloud":  # either number tells people apart
        found = [(*row[:4], None, row[5]) for row in found]
    assert found == [(*ANNA, *anna), (*BEN, *ben, None)]


def test_a_line_of_sums_is_no_person(tmp_path):
    rows = rows_of(tmp_path, "email,name\nanna@x.test,Anna\nTotal users: 1\n")
    assert [(row.line, row.skipped) for row in rows if row.skipped] == [(3, "It is a total, not a person.")]
    assert codes(rows_of(tmp_path, "email,name\nanna@x.test,Total 5\n,Total Recall\n")) == ["missing"]


@pytest.mark.parametrize(
    ("cell", "code"), [("1.23457E+15", "shortened"), ("1,2E+15", "shortened"), ("#REF!", "error_value")]
)
def test_what_a_spreadsheet_made_of_a_number_is_no_id(tmp_path, cell, code):
    rows = rows_of(tmp_path, f"email;employee id\nanna@x.test;{cell}\nben@x.test;00123\n")
    assert codes(rows) == [code]
    assert values(rows)[0][4] == "00123"


@pytest.mark.parametrize("error", ["#N/A", "#NAME?", "#WERT!"])
def test_an_error_of_a_spreadsheet_is_nobody_s_name(tmp_path, error):
    assert codes(rows_of(tmp_path, f"email,name\nanna@x.test,{error}\n")) == ["error_value"]


def test_a_name_written_last_first_stays_as_it_is_written(tmp_path):
    assert values(rows_of(tmp_path, 'email,name\nanna@x.test,"Weiß, Anna"\n'))[0][1] == "Weiß, Anna"


def test_a_state_of_the_country_is_no_state_of_the_account_and_a_real_one_is(tmp_path):
    country, account = (
        "email,state\na@x.test,{}\nb@x.test,{}\n".format(*states) for states in (("BE", "ZH"), ("ACTIVE", "x y"))
    )
    assert look(tmp_path, country).columns.columns == {"email": (0,)}
    assert codes(rows_of(tmp_path, account)) == ["unknown_is_active"]
