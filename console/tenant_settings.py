"""The settings of tenants that this project obeys, beside those that tenancy declares itself."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta

from tenancy.settings import setting, settings_group


@settings_group("region", title="Time and language", position=30)
class Region:
    """For members who chose nothing themselves in their account."""

    time_zone: zoneinfo.ZoneInfo = setting(
        zoneinfo.ZoneInfo("UTC"), title="Time zone", help="Times are shown in it, like Europe/Berlin."
    )
    language: str = setting(
        "en", title="Language and formats", help="Dates, times and numbers are written its way.", format="locale"
    )


@settings_group("sign_in", title="Sign-in", permission="owner", position=40)
class SignIn:
    """What members have to prove before they enter."""

    second_factor_required: bool = setting(
        False,
        title="Require a second factor",
        help="Members enter only after a code from an app, a security key or a passkey.",
    )
    session_length: timedelta | None = setting(
        None,
        title="Ask again after",
        help="Members prove anew who they are when their last sign-in is older. Empty: only when they signed out.",
        enum=["PT1H", "PT8H", "P1D", "P7D", "P30D", None],
        _enum_titles=["1 hour", "8 hours", "1 day", "7 days", "30 days", "Never"],
    )


@settings_group("privacy", title="Privacy", permission="owner", position=60)
class Privacy:
    """Whom people ask about their data, and how long it is kept."""

    contact: str | None = setting(
        None,
        title="Contact for privacy",
        help="Shown to your members, with the mails that we send them for you.",
        format="email",
    )
    retention: timedelta = setting(
        timedelta(days=180),
        title="Keep settled invitations",
        help="Addresses of people whose invitation was accepted, revoked or expired are deleted after this time.",
        enum=["P30D", "P90D", "P180D", "P365D"],
        _enum_titles=["30 days", "90 days", "180 days", "365 days"],
    )


@settings_group("features", title="Features", permission="staff", position=90)
class Features:
    """Parts of the product that are switched on for an organisation."""

    files: bool = setting(True, title="Files on contacts", help="Off: nobody uploads any more; stored files stay.")
    member_import: bool = setting(True, title="Import of members", help="Off: nobody starts an import of members.")
    view_as: bool = setting(
        True,
        title="Support may look through a member's eyes",
        help="Read-only, with a banner, and every page on record. Off: not at all, and looks that are going on end.",
        permission="owner",
    )
