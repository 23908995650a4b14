"""The three kinds of file that customers send, to the row."""

from __future__ import annotations

from console.members.files import MEMBERS, detect, read_rows

from .helpers import DATA


def read(name):
    detection = detect(DATA / name, MEMBERS)
    rows, translator = read_rows(detection)
    return detection, list(rows), translator


def test_google_workspace_users():
    detection, rows, translator = read("google_workspace_users.csv")
    assert detection.summary()["layout"] == "google_workspace"
    assert len(rows) == 240
    assert all(row.values for row in rows)
    assert rows[0].values == ("yuki.li@northwind.example.test", "Yūki Li", None, True, "1000", "Account Manager")
    assert translator.used["Status [READ ONLY]", "Suspended", "inactive"] == 21


def test_slack_members_skip_bots_and_translate_roles():
    detection, rows, translator = read("slack_members.csv")
    assert detection.summary()["layout"] == "slack"
    assert sum(1 for row in rows if row.skipped) == 9
    assert {row.skipped for row in rows if row.skipped} == {"It is a bot, not a person."}
    assert rows[0].values == ("kofi.lefevre@contoso.example.test", "Kofi Lefèvre", "owner", True, "U000000000", None)
    assert translator.used["status", "Deactivated", "inactive"] == 13
    assert translator.used["status", "Single-Channel Guest", "role viewer, active"] == 16


def test_hand_kept_list_reports_each_mistake():
    detection, rows, translator = read("hand_kept_cp1252.csv")
    assert (detection.encoding.name, detection.dialect.delimiter) == ("cp1252", ";")
    good = [row for row in rows if row.values]
    assert len(good) == 63
    assert [(row.line, row.problems[0].column, row.problems[0].code) for row in rows if row.problems] == [
        (66, "E-Mail", "email"),
        (67, "E-Mail", "email"),
        (68, "E-Mail", "email"),
        (69, "Rolle", "unknown_role"),
        (70, "E-Mail", "email_too_long"),
    ]
    assert all(problem.reason and problem.remedy and problem.value for row in rows for problem in row.problems)
    assert "owner, admin, member, viewer" in rows[-3].problems[0].remedy
    assert [row.line for row in rows if row.skipped] == [10, 15]
    assert good[2].values[1] == "Zoë Weiß"
    assert good[-1].values == ("newline@fabrikam.example.test", "Two Lines Cell", "member", True, None, None)
    assert good[-2].key == "nguyen.oneill@fabrikam.example.test"
    assert translator.used["Rolle", "Mitglied", "role member"] == 19
