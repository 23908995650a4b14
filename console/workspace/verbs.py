"""Recorded acts in words that a customer understands; a verb without words of its own is shown as it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {
    "tenant.created": _("created the organisation"),
    "tenant.renamed": _("renamed the organisation"),
    "tenant.suspended": _("suspended the organisation"),
    "tenant.restored": _("opened the organisation again"),
    "tenant.archived": _("archived the organisation"),
    "tenant.ownership_transferred": _("made somebody else owner"),
    "tenant.export_ordered": _("ordered an export of the whole organisation"),
    "tenant.exported": _("exported the whole organisation"),
    "tenant.export_downloaded": _("downloaded an export of the whole organisation"),
    "membership.created": _("added a member"),
    "membership.changed": _("changed a member's details"),
    "membership.role_changed": _("changed a member's role"),
    "membership.deactivated": _("deactivated a member"),
    "membership.reactivated": _("reactivated a member"),
    "membership.left": _("left the organisation"),
    "invitation.sent": _("sent an invitation"),
    "invitation.resent": _("sent an invitation again"),
    "invitation.revoked": _("revoked an invitation"),
    "invitation.accepted": _("accepted an invitation"),
    "members.file_uploaded": _("uploaded a file of members"),
    "members.import_confirmed": _("confirmed an import of members"),
    "members.imported": _("imported members"),
    "members.import_undone": _("undid an import of members"),
    "members.import_discarded": _("discarded an import of members"),
    "contacts.tagged": _("tagged contacts"),
    "contacts.untagged": _("took a tag off contacts"),
    "contacts.exported": _("exported contacts"),
    "contacts.file_uploaded": _("uploaded a file of contacts"),
    "contacts.import_confirmed": _("confirmed an import of contacts"),
    "contacts.imported": _("imported contacts"),
    "contacts.import_undone": _("undid an import of contacts"),
    "contacts.import_discarded": _("discarded an import of contacts"),
    "settings.changed": _("changed settings"),
}

KINDS = {
    "people": (_("Members and invitations"), ("invitation.", "members.", "membership.")),
    "records": (_("Records"), ("contacts.",)),
    "organisation": (_("Organisation and settings"), ("setting", "tenant.")),
    "support": (_("Support"), ("elevation.", "staff", "support", "view_as.")),
}
"""Filters of the activity page: their label, and the beginnings of their verbs."""


def words_of(verb: str) -> Any:
    """What the verb means."""
    return WORDS.get(verb, verb.replace(".", ": ").replace("_", " "))
