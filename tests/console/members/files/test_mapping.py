"""Which column feeds which field, in the known exports and in lists kept by hand."""

from __future__ import annotations

import pytest

from console.members.files import MEMBERS, MappingError, parse_map_option
from console.members.files.exports import neutralise
from console.members.files.rules import word

from .helpers import codes, look, rows_of, values

EXPORTS = {
    "microsoft_entra": (
        "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled\n"
        "anna@c.test,Anna Weiß,Weiß,anna.weiss@x.test,Anna,6f1,Member,Head,Sales,True\n"
        "ben_x.test#EXT#@c.test,Ben Öz,Öz,ben@x.test,Ben,6f2,Guest,,,False\n"
        "cy@c.test,Cy Day,Day,,Cy,6f3,Member,,,TRUE\n",
        [
            ("anna.weiss@x.test", "Anna Weiß", "member", True, "6f1", "Head"),
            ("ben@x.test", "Ben Öz", "viewer", False, "6f2", None),
            ("cy@c.test", "Cy Day", "member", True, "6f3", None),
        ],
    ),
    "okta": (
        "login,firstName,lastName,email,title,employeeNumber,status\n"
        "anna@x.test,Anna,Weiß,anna@x.test,Head,77,ACTIVE\n"
        "ben@x.test,Ben,Öz,ben@x.test,,78,DEPROVISIONED\n"
        "cy@x.test,Cy,Day,cy@x.test,,79,PASSWORD_EXPIRED\n",
        [
            ("anna@x.test", "Anna Weiß", None, True, "77", "Head"),
            ("ben@x.test", "Ben Öz", None, False, "78", None),
            ("cy@x.test", "Cy Day", None, True, "79", None),
        ],
    ),
    "atlassian": (
        "User id,User name,email,User status,Added to org,Org role,Last seen in Jira\n"
        "5b1,Anna Weiß,anna@x.test,Active,2024-01-01,Organization admin,2026-01-01\n"
        "5b2,Ben Öz,ben@x.test,Suspended,2024-01-01,None,Never accessed\n",
        [
            ("anna@x.test", "Anna Weiß", "admin", True, "5b1", None),
            ("ben@x.test", "Ben Öz", None, False, "5b2", None),
        ],
    ),
}

OTHERS = {
    "okta, of its interface": (
        "id,status,profile.login,profile.firstName,profile.lastName,profile.email,profile.title\n"
        "00u1,ACTIVE,anna@x.test,Anna,Weiß,anna@x.test,Head\n",
        [("anna@x.test", "Anna Weiß", None, True, "00u1", "Head")],
    ),
    "okta, a report": (
        "User.Login,User.First name,User.Last name,User.Email,User.Status\nben@x.test,Ben,Öz,ben@x.test,Deactivated\n",
        [("ben@x.test", "Ben Öz", None, False, None, None)],
    ),
    "entra, the template for many": (
        "version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required,Initial password "
        "[passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,Job title [jobTitle]\n"
        "Anna Weiß,anna@x.test,Secret1,No,Head\nBen,ben@x.test,Secret2,Yes,\n",
        [("anna@x.test", "Anna Weiß", None, True, None, "Head"), ("ben@x.test", "Ben", None, False, None, None)],
    ),
    "atlassian, managed accounts": (
        "Name,Email,Atlassian ID,Org status,Role\nBen,ben@x.test,5c,Suspended,User\n",
        [("ben@x.test", "Ben", "member", False, "5c", None)],
    ),
    "slack, an enterprise grid": (
        "Name,Email,Account type,Billing active,User ID\nCy,cy@x.test,Multi-Channel Guest,1,U3\n",
        [("cy@x.test", "Cy", "viewer", None, "U3", None)],
    ),
    "outlook, where a title is no job": (
        "First Name,Last Name,Title,E-mail Address,Job Title\nAnna,Weiß,Dr.,anna@x.test,Head\n",
        [("anna@x.test", "Anna Weiß", None, None, None, "Head")],
    ),
    "excel's unicode text": (
        "Name\tE-Mail\tRolle\r\nAnna Weiß\tanna@x.test\tMitglied\r\n".encode("utf-16"),
        [("anna@x.test", "Anna Weiß", "member", None, None, None)],
    ),
    "numbers with a comma between semicolons": (
        "Name;E-Mail;Pensum;Lohn\nAnna;anna@x.test;0,8;5.300,50\nBen;ben@x.test;1,0;4.200,00\n",
        [("anna@x.test", "Anna", None, None, None, None), ("ben@x.test", "Ben", None, None, None, None)],
    ),
    "cells over several lines": (
        'email,name,address\n"anna@x.test","Anna\nWeiß","Street 1\n8000 Z"\nben@x.test,Ben,"x, y"\n',
        [("anna@x.test", "Anna Weiß", None, None, None, None), ("ben@x.test", "Ben", None, None, None, None)],
    ),
    "names of columns twice": (
        "Email,Email,Name,Name\nanna@x.test,alt@x.test,Anna,Weiß\n",
        [("anna@x.test", "Anna", None, None, None, None)],
    ),
    "a head of lines above the names": (
        "Report: Users\nDate: 2024-01-01\n\nUser ID|Full Name|E-Mail\n7|Anna|anna@x.test\n",
        [("anna@x.test", "Anna", None, None, "7", None)],
    ),
    "names before the addresses": (
        "Anna Weiß <anna@x.test>\nBen Öz <ben@x.test>\n",
        [("anna@x.test", *[None] * 5), ("ben@x.test", *[None] * 5)],
    ),
    "the end of a file as DOS marks it": (
        "email,name\r\nanna@x.test,Anna\r\n\x1a",
        [("anna@x.test", "Anna", None, None, None, None)],
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_exports_lose_nobody_and_turn_nothing_round(tmp_path, name):
    content, wanted = OTHERS[name]
    rows = rows_of(tmp_path, content)
    assert values(rows) == wanted
    assert codes(rows) == []


def test_words_of_a_column_that_nobody_knows_decide_nothing(tmp_path):
    content = "Wer,Login kaputt\nanna@x.test,Nein\nben@x.test,Ja\n"
    assert [row[3] for row in values(rows_of(tmp_path, content))] == [None, None]


def test_two_addresses_in_a_cell_are_refused_and_neither_is_taken(tmp_path):
    rows = rows_of(tmp_path, "Name,Emails\nAnna,anna@x.test; alt@x.test\n")
    assert (values(rows), codes(rows)) == ([], ["email"])


def test_text_that_was_spoiled_before_is_told_of(tmp_path):
    notes = look(tmp_path, "email,name\nanna@x.test,Anna WeiÃŸ\n").notes
    assert any("spoiled" in note for note in notes)
    assert not any("spoiled" in note for note in look(tmp_path, "email,name\nanna@x.test,João Ångström\n").notes)


@pytest.mark.parametrize("layout", EXPORTS)
def test_known_exports(tmp_path, layout):
    content, wanted = EXPORTS[layout]
    assert look(tmp_path, content).summary()["layout"] == layout
    assert values(rows_of(tmp_path, content)) == wanted


@pytest.mark.parametrize(
    "content",
    [
        "Adresse e-mail;Prénom;Nom;Rôle;Actif;Matricule;Fonction\na@x.test;Anna;Weiß;Membre;oui;7;Cheffe\n",
        "Correo;Nombre;Apellidos;Rol;Activo;Número de empleado;Puesto\na@x.test;Anna;Weiß;Miembro;sí;7;Cheffe\n",
        "E-Mail-Adresse;Vorname;Name;Berechtigung;Aktiv;Personal-Nr.;Funktion\na@x.test;Anna;Weiß;Mitglied;aktiv;7;Cheffe\n",
        "E-mailadres;Voornaam;Achternaam;Rol;Actief;Personeelsnummer;Functie\na@x.test;Anna;Weiß;Lid;ja;7;Cheffe\n",
        "E-post;Förnamn;Efternamn;Roll;Aktiv;Anställningsnummer;Befattning\na@x.test;Anna;Weiß;Medlem;ja;7;Cheffe\n",
        "Indirizzo e-mail;Nome;Cognome;Ruolo;Attivo;Matricola;Posizione\na@x.test;Anna;Weiß;Membro;sì;7;Cheffe\n",
        "E-mail;Nome;Sobrenome;Função;Ativo;Matrícula;Cargo\na@x.test;Anna;Weiß;Membro;sim;7;Cheffe\n",
        "E-mail;Imię;Nazwisko;Rola;Aktywny;Numer pracownika;Stanowisko\na@x.test;Anna;Weiß;Członek;tak;7;Cheffe\n",
    ],
)
def test_lists_kept_by_hand_in_many_languages(tmp_path, content):
    assert values(rows_of(tmp_path, content)) == [("a@x.test", "Anna Weiß", "member", True, "7", "Cheffe")]


def test_a_column_called_suspended_is_turned_round(tmp_path):
    rows = rows_of(tmp_path, "email,name,suspended\na@x.test,A,yes\nb@x.test,B,no\n")
    assert [row[3] for row in values(rows)] == [False, True]


def test_a_person_s_mapping_goes_first_and_may_leave_columns_out(tmp_path):
    content = "email,name,Dept,title\na@x.test,A,Sales,Boss\n"
    mapped = values(rows_of(tmp_path, content, mapping={"Dept": "title", "title": "ignore"}))
    assert mapped[0][5] == "Sales"
    assert values(rows_of(tmp_path, content, mapping={"3": "external id"}))[0][4] == "Sales"


def test_a_mapping_that_names_unknown_things_names_the_nearest(tmp_path):
    with pytest.raises(MappingError, match="“Dept”"):
        look(tmp_path, "email,Dept\na@x.test,Sales\n", mapping={"Depts": "title"})
    with pytest.raises(MappingError, match="external_id"):
        look(tmp_path, "email,Dept\na@x.test,Sales\n", mapping={"Dept": "department"})
    with pytest.raises(MappingError, match="column=field"):
        parse_map_option("Dept")
    assert parse_map_option("a=b=title") == ("a=b", "title")


def test_unknown_words_are_refused_with_the_words_that_are_known(tmp_path):
    rows = rows_of(tmp_path, "email,role,active\na@x.test,Kaiser,vielleicht\nb@x.test,,\nc@x.test,n/a,-\n")
    assert codes(rows) == ["unknown_role", "unknown_is_active"]
    assert "owner, admin, member, viewer" in rows[0].problems[0].remedy
    assert [row[2:4] for row in values(rows)] == [(None, None), (None, None)]


def test_a_row_without_an_address_is_refused(tmp_path):
    rows = rows_of(tmp_path, "email,name\n,Anna\n")
    assert [(problem.code, problem.column) for problem in rows[0].problems] == [("missing", "email")]


def test_missing_key_column_is_told(tmp_path):
    assert look(tmp_path, "Vorname;Nachname\nAnna;Weiß\n").missing == ["E-mail address"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ANNA@X.Test", "anna@x.test"),
        ("  anna@x.test ", "anna@x.test"),
        ("\u00a0anna@x.test\u200b", "anna@x.test"),
        ("mailto:anna@x.test", "anna@x.test"),
        ("Anna Weiß <anna@x.test>", "anna@x.test"),
        ("o'neill+tag@x.test", "o'neill+tag@x.test"),
        ("anna@straße.test", "anna@straße.test"),
    ],
)
def test_addresses_are_cleaned_where_nothing_is_lost(tmp_path, written, read):
    assert values(rows_of(tmp_path, f"email,name\n{written},A\n"))[0][0] == read


@pytest.mark.parametrize(
    "address",
    ["anna", "a@b", "a b@x.test", "a@x.test b@x.test", "a@@x.test", ".a@x.test", "a.@x.test", "a..b@x.test",
     "a@-x.test", "a@x.1", "ä@x.test", "a@x..test", "a" * 65 + "@x.test"],
)  # fmt: skip
def test_what_is_no_address_is_refused(tmp_path, address):
    assert codes(rows_of(tmp_path, f"email,name\n{address},A\n"))[0] in ("email", "email_too_long")


def test_exported_cells_are_harmless_and_come_back_unchanged(tmp_path):
    assert [neutralise(text) for text in ("=1+1", "+1", "-1", "@a", "\t=1", " =1", "Anna")] == [
        "'=1+1", "'+1", "'-1", "'@a", "'\t=1", "' =1", "Anna"
    ]  # fmt: skip
    assert values(rows_of(tmp_path, f"email,name\na@x.test,{neutralise('=1+1')}\n"))[0][1] == "=1+1"


def test_no_word_means_two_things_in_one_column():
    meanings: dict[tuple[str, str], object] = {}
    for rule in MEMBERS.rules:
        meaning = (dict(rule.sets), rule.skip)
        assert meanings.setdefault((rule.field, rule.word), meaning) == meaning, rule
        assert word(rule.word) == rule.word
