"""Delimiters, quoting, preambles and headers of awkward files."""

from __future__ import annotations

import pytest

from .helpers import codes, look, rows_of, values

ANNA = ("anna@example.test", "Anna Weiß", "member", True, None, None)


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("email,name,role,active\nanna@example.test,Anna Weiß,member,yes\n", ","),
        ("email;name;role;active\nanna@example.test;Anna Weiß;member;yes\n", ";"),
        ("email|name|role|active\nanna@example.test|Anna Weiß|member|yes\n", "|"),
        ("email\tname\trole\tactive\nanna@example.test\tAnna Weiß\tmember\tyes\n", "\t"),
        ("email^name^role^active\nanna@example.test^Anna Weiß^member^yes\n", "^"),
        ("sep=;\nemail;name;role;active\nanna@example.test;Anna Weiß;member;yes\n", ";"),
        ("sep=,\r\nemail,name,role,active\r\nanna@example.test,Anna Weiß,member,yes\r\n", ","),
        ("'email','name','role','active'\n" + "'anna@example.test','Anna Weiß','member','yes'\n" * 1, ","),
        ("email;name;role;active;rate\nanna@example.test;Anna Weiß;member;yes;1,5\n", ";"),
        ("email;name;role;active;a;b\nanna@example.test;Anna Weiß;member;yes;1,5;2,75\n", ";"),
        ('email,name,role,active,note\nanna@example.test,"Anna\nWeiß",member,yes,"a, b\n\nc"\n', ","),
        ("email , name , role , active\nanna@example.test , Anna Weiß , member , yes\n", ","),
        ("email,name,role,active\ranna@example.test,Anna Weiß,member,yes\r", ","),
        ("email,name,role,active,,,\nanna@example.test,Anna Weiß,member,yes,,,\n", ","),
    ],
)
def test_any_delimiter_and_quoting_is_found(tmp_path, content, delimiter):
    assert look(tmp_path, content).dialect.delimiter == delimiter
    assert values(rows_of(tmp_path, content)) == [ANNA]


def test_a_single_column_of_addresses_needs_no_delimiter_and_no_header(tmp_path):
    assert [row[0] for row in values(rows_of(tmp_path, "E-Mail\na@x.test\nb@x.test\n"))] == ["a@x.test", "b@x.test"]
    assert [row[0] for row in values(rows_of(tmp_path, "a@x.test\nb@x.test\n"))] == ["a@x.test", "b@x.test"]


def test_lines_of_greeting_above_the_names_are_left_out(tmp_path):
    content = (
        "Mitgliederliste 2026, Stand: heute\n\nErstellt von: Anna\nE-Mail;Vorname;Name;Rolle\na@x.test;A;B;Mitglied\n"
    )
    detection = look(tmp_path, content)
    assert detection.header_line == 4
    assert values(rows_of(tmp_path, content))[0][:3] == ("a@x.test", "A B", "member")


def test_without_names_columns_are_told_by_content(tmp_path):
    content = "Anna,a@x.test,member,ja\nBen,b@x.test,Inhaber,nein\n"
    detection = look(tmp_path, content)
    assert detection.header_line == 0
    assert detection.columns.columns == {"email": (1,), "role": (2,), "is_active": (3,)}
    assert values(rows_of(tmp_path, content, mapping={"1": "name"}))[1] == (
        "b@x.test",
        "Ben",
        "owner",
        False,
        None,
        None,
    )


def test_names_that_nobody_knows_are_still_a_header(tmp_path):
    content = "Kontakt;Wer;Aufgabe\na@x.test;Anna;Kasse\n"
    detection = look(tmp_path, content)
    assert detection.header.names == ("Kontakt", "Wer", "Aufgabe")
    assert detection.columns.columns == {"email": (0,)}


def test_an_open_quote_costs_its_own_line_only(tmp_path):
    content = 'email,name\na@x.test,"Open\nb@x.test,Ben\nc@x.test,Cy\n'
    rows = rows_of(tmp_path, content)
    assert codes(rows) == ["open_quote"]
    assert rows[0].line == 2
    assert [row[0] for row in values(rows)] == ["b@x.test", "c@x.test"]


def test_an_open_quote_closed_by_a_later_one_swallows_no_rows(tmp_path):
    content = 'email,name\na@x.test,"Open\nb@x.test,Ben\nc@x.test,"Cy"\nd@x.test,Di\n'
    assert [row[0] for row in values(rows_of(tmp_path, content))] == ["b@x.test", "c@x.test", "d@x.test"]


def test_ragged_rows_are_refused_and_trailing_blanks_are_not(tmp_path):
    content = "email,name,role\na@x.test,A\nb@x.test,B,member,extra\nc@x.test,C,member,,\nd@x.test,D,member\n"
    rows = rows_of(tmp_path, content)
    assert codes(rows) == ["ragged", "ragged"]
    assert [row.line for row in rows if row.problems] == [2, 3]
    assert rows[0].key == "a@x.test"


def test_blank_lines_are_told_of_together(tmp_path):
    rows = rows_of(tmp_path, "email,name\n\n,,\n\na@x.test,A\n")
    assert [(row.line, row.last_line) for row in rows if row.skipped] == [(2, 4)]
