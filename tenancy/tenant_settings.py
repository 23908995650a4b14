"""The settings that this app itself obeys: who may join, how mails are signed, and what the tenant looks like."""

from __future__ import annotations

from datetime import timedelta

from .roles import Role
from .settings import setting, settings_group


@settings_group("branding", title="Branding", position=10)
class Branding:
    """How the organisation looks to its members, in the workspace and in mails."""

    name: str = setting(
        "", title="Displayed name", help="In place of the organisation's name. Empty: its name.", maxLength=80
    )
    logo: str | None = setting(
        None,
        title="Logo",
        help="Address of an image, at most as high as a line of text. It is loaded from there by your members.",
        format="uri",
        pattern="^https://",
    )
    colour: str | None = setting(
        None,
        title="Colour",
        help="Of links and buttons; it is made lighter or darker where it could not be read.",
        format="color",
    )


@settings_group("members", title="Members", position=20)
class Members:
    """Who may join, and as what."""

    default_role: Role = setting(
        Role.MEMBER,
        title="Role of new members",
        help="Chosen beforehand when somebody is invited.",
        enum=["admin", "member", "viewer"],
        _enum_titles=[str(Role(role).label) for role in ("admin", "member", "viewer")],
    )
    allowed_domains: tuple[str, ...] = setting(
        (),
        title="Allowed e-mail domains",
        help="Only people with an address at one of these domains can be invited and can enter; owners always can. "
        "Empty: everybody.",
        permission="owner",
        items={"format": "hostname"},
        maxItems=100,
        uniqueItems=True,
    )
    invitation_expiry: timedelta = setting(
        timedelta(days=7),
        title="Invitations are good for",
        help="Counted from the mail.",
        enum=["P1D", "P3D", "P7D", "P14D", "P30D"],
        _enum_titles=["1 day", "3 days", "7 days", "14 days", "30 days"],
    )
    seat_limit: int | None = setting(
        None,
        title="Seats",
        help="How many active members and open invitations the organisation may have. Empty: as many as it likes.",
        permission="staff",
        minimum=1,
        _unit="seats",
    )


@settings_group("mail", title="E-mail", position=50)
class Mail:
    """How mails in the organisation's name look in an inbox."""

    sender_name: str = setting(
        "",
        title="Sender's name",
        help="Stands before the sending address. Empty: the product's name.",
        maxLength=60,
        pattern=r'^[^<>"@\t\n]*$',
    )
