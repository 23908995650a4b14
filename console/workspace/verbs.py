"""Recorded acts in words that a customer understands: every verb of the product has its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenancy.roles import Role

WORDS: dict[str, Any] = {
    "tenant.created": _("created the organisation"),
    "tenant.renamed": _("renamed the organisation"),
    "tenant.suspended": _("suspended the organisation"),
    "tenant.restored": _("opened the organisation again"),
    "tenant.archived": _("archived the organisation"),
    "tenant.purge_ordered": _("ordered the deletion of the archived organisation"),
    "tenant.ownership_transferred": _("made somebody else owner"),
    "tenant.export_ordered": _("ordered an export of the whole organisation"),
    "tenant.exported": _("exported the whole organisation"),
    "tenant.export_downloaded": _("downloaded an export of the whole organisation"),
    "tenant.access_refused": _("asked for another organisation and was refused"),
    "tenants.imported": _("imported organisations"),
    "tenants.exported": _("exported the list of organisations"),
    "membership.created": _("added a member"),
    "membership.changed": _("changed a member's details"),
    "membership.role_changed": _("changed a member's role"),
    "membership.deactivated": _("deactivated a member"),
    "membership.reactivated": _("reactivated a member"),
    "membership.left": _("left the organisation"),
    "memberships.adopted": _("took over the members of an older system"),
    "invitation.sent": _("sent an invitation"),
    "invitation.resent": _("sent an invitation again"),
    "invitation.revoked": _("revoked an invitation"),
    "invitation.reinstated": _("opened a revoked invitation again"),
    "invitation.accepted": _("accepted an invitation"),
    "invitation.purged": _("deleted old invitations"),
    "members.file_uploaded": _("uploaded a file of members"),
    "members.import_confirmed": _("confirmed an import of members"),
    "members.imported": _("imported members"),
    "members.import_undo_requested": _("asked to undo an import of members"),
    "members.import_undone": _("undid an import of members"),
    "members.import_discarded": _("discarded an import of members"),
    "members.import_list_downloaded": _("downloaded a list from an import of members"),
    "members.exported": _("exported the members"),
    "contacts.tagged": _("tagged contacts"),
    "contacts.untagged": _("took a tag off contacts"),
    "contacts.tagging_ordered": _("ordered a change of tags on many contacts"),
    "contacts.exported": _("exported contacts"),
    "contacts.file_uploaded": _("uploaded a file of contacts"),
    "contacts.import_confirmed": _("confirmed an import of contacts"),
    "contacts.imported": _("imported contacts"),
    "contacts.import_undo_requested": _("asked to undo an import of contacts"),
    "contacts.import_undone": _("undid an import of contacts"),
    "contacts.import_discarded": _("discarded an import of contacts"),
    "settings.changed": _("changed settings"),
    "settings.bulk_ordered": _("ordered a change of settings for many organisations"),
    "settings.upgraded": _("brought settings up to date"),
    "settings.secrets_rotated": _("renewed the keys of secret settings"),
    "platform_settings.changed": _("changed settings for all organisations"),
    "staff_session.opened": _("opened the records of the organisation"),
    "staff_session.ended": _("closed the records of the organisation"),
    "staff_session.closed": _("closed the records of the organisation"),
    "staff_session.page_opened": _("looked at a page"),
    "view_as.started": _("began to look through a member's eyes"),
    "view_as.page_opened": _("looked at a page through a member's eyes"),
    "view_as.ended": _("stopped looking through a member's eyes"),
    "note.written": _("wrote a note for support"),
    "approval.asked": _("asked a colleague to agree to a change"),
    "approval.given": _("agreed to a change that a colleague asked for"),
    "approval.expired": _("waited in vain for a colleague to agree"),
    "approval.withdrawn": _("took back what they had asked a colleague to agree to"),
    "approval.refused": _("refused a change that a colleague asked for"),
    "bulk.ordered": _("ordered a change of many rows"),
    "bulk.finished": _("finished a change of many rows"),
    "bulk.cancelled": _("stopped a change of many rows"),
    "list.exported": _("exported a list"),
    "list.export_ordered": _("ordered the export of a list"),
    "list.downloaded": _("downloaded the export of a list"),
    "history.restored": _("restored what had been deleted"),
    "history.reverted": _("put back an earlier state"),
    "job.retried": _("started a job again"),
    "job.cancelled": _("stopped a job"),
    "person.created": _("created an account"),
    "person.changed": _("changed an account"),
    "person.deactivated": _("deactivated an account"),
    "person.reactivated": _("reactivated an account"),
    "rights.changed": _("changed what somebody may do in the console"),
    "staff_role.created": _("created a staff role"),
    "staff_role.changed": _("changed a staff role"),
    "account.signed_in": _("signed in"),
    "account.sign_in_failed": _("failed to sign in"),
    "account.unlocked": _("opened a locked sign-in again"),
    "account.link_sent": _("sent a link to sign in again"),
    "mail.sent": _("was sent a mail"),
    "account.signed_up": _("created their account"),
    "account.signed_out": _("signed a person out everywhere"),
    "account.password_changed": _("changed their password"),
    "account.password_reset": _("set a new password"),
    "account.email_changed": _("changed the address of an account"),
    "account.second_factor_added": _("added a second factor"),
    "account.second_factor_removed": _("removed a second factor"),
    "account.second_factor_renewed": _("renewed a second factor"),
    "account.second_factor_reset": _("reset a person's second factor"),
    "data.dumped": _("wrote data into a file by command"),
    "data.loaded": _("read data from a file by command"),
    "privacy.request_received": _("entered a privacy request"),
    "privacy.identity_confirmed": _("confirmed the identity behind a privacy request"),
    "privacy.request_extended": _("extended a privacy request"),
    "privacy.request_refused": _("refused a privacy request"),
    "privacy.request_withdrawn": _("withdrew a privacy request"),
    "privacy.request_planned": _("planned an erasure of personal data"),
    "privacy.plan_approved": _("approved an erasure of personal data"),
    "privacy.erasure_started": _("started an erasure of personal data"),
    "privacy.erasure_done": _("finished an erasure of personal data"),
    "privacy.erasure_repeated": _("repeated an erasure of personal data"),
    "privacy.erased_person_returned": _("met an erased person again"),
    "privacy.export_started": _("started a package of personal data"),
    "privacy.export_done": _("finished a package of personal data"),
    "privacy.package_downloaded": _("downloaded a package of personal data"),
    "privacy.package_purged": _("deleted a package of personal data"),
    "privacy.passages_shown": _("looked at passages to redact"),
    "privacy.rectified": _("corrected personal data"),
    "privacy.hold_placed": _("placed a legal hold"),
    "privacy.hold_released": _("released a legal hold"),
    "privacy.retention_swept": _("erased what was kept long enough"),
    "privacy.revealed": _("revealed masked personal data"),
    "privacy.scanned": _("scanned the database for erased people"),
    "privacy.person_looked_up": _("looked up a person's data"),
    "privacy.processing_restricted": _("restricted the processing of a person's data"),
    "privacy.restriction_lifted": _("lifted the restriction of a person's data"),
    "privacy.return_settled": _("settled the return of an erased person"),
    "privacy.person_searched": _("searched for a person's data"),
}

KINDS = {
    "people": (_("Members and invitations"), ("invitation.", "members.", "membership.")),
    "records": (_("Records"), ("contacts.",)),
    "organisation": (_("Organisation and settings"), ("setting", "tenant.")),
    "privacy": (_("Privacy"), ("privacy.",)),
    "support": (_("Support"), ("staff", "view_as.")),
}
"""Filters of the activity page: their label, and the beginnings of their verbs."""


def facts_of(details: Mapping[str, Any]) -> list[str]:
    """What the details of an act add for a reader, in words."""
    found = []
    if "from" in details and "to" in details:
        found.append(
            _("from %(before)s to %(after)s") % {"before": _role(details["from"]), "after": _role(details["to"])}
        )
    if "role" in details:
        found.append(_("as %(role)s") % {"role": _role(details["role"])})
    if "number" in details:
        found.append(f"#{details['number']}")
    if "count" in details:
        found.append(f"({details['count']:,})" if isinstance(details["count"], int) else f"({details['count']})")
    if details.get("ticket"):
        found.append(_("ticket %(ticket)s") % {"ticket": details["ticket"]})
    if details.get("route"):  # of a visit by support: which page, and of what
        keys = ", ".join(f"{name} {value}" for name, value in (details.get("keys") or {}).items())
        found.append(f"{details['route']} ({keys})" if keys else str(details["route"]))
    return [str(fact) for fact in found]


def _role(value: Any) -> str:
    return str(Role(value).label).lower() if value in Role.values else str(value)


def words_of(verb: str) -> Any:
    """What the verb means."""
    return WORDS.get(verb, _("did something that has no words yet"))
