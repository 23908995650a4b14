"""The pages of customers and of accounts, by route: what the browser looks at, and why it leaves a route out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver, reverse

# Name of the picture: route, the record of `make_records` whose key it takes, query.
WORKSPACE: dict[str, tuple[str, str, str]] = {
    "home": ("home", "", ""),
    "contacts": ("workspace_contacts", "", ""),
    "contact-new": ("workspace_contact_create", "", ""),
    "contact": ("workspace_contact", "contact", ""),
    "contact-form": ("workspace_contact_edit", "contact", ""),
    "contact-delete": ("workspace_contact_delete", "contact", ""),
    "tags": ("workspace_contact_tags", "", ""),
    "tag-form": ("workspace_contact_tag_edit", "tag", ""),
    "tagging": ("workspace_contact_tagging", "tagging", ""),
    "note-form": ("workspace_contact_note_edit", "note", ""),
    "contact-import": ("workspace_contact_import", "", ""),
    "nobody-found": ("workspace_contacts", "", "?q=nobody"),
    "member-import": ("workspace_member_import", "", ""),
    "leave": ("workspace_member_leave", "", ""),
    "no-member-found": ("workspace_members", "", "?q=nobody"),
    "privacy": ("workspace_privacy", "", ""),
    "privacy-find": ("workspace_privacy_find", "", ""),
    "privacy-kept": ("workspace_privacy_kept", "", ""),
    "privacy-record": ("workspace_privacy_record", "", ""),
    "members": ("workspace_members", "", ""),
    "member": ("workspace_member", "member", ""),
    "invite": ("workspace_member_invite", "", ""),
    "transfer": ("workspace_member_transfer", "", ""),
    "activity": ("workspace_audit", "", ""),
    "activity-records": ("workspace_audit", "", "?show=records"),
    "roles": ("workspace_matrix", "", ""),
    "settings": ("workspace_settings", "", ""),
    "settings-history": ("workspace_settings_history", "", ""),
    "export": ("workspace_export", "", ""),
}
SIGNED_IN = (
    "accounts_profile",
    "account_email",
    "account_change_password",
    "mfa_index",
    "usersessions_list",
    "accounts_privacy",
    "account_logout",
    "mfa_list_webauthn",
)
ANONYMOUS = (
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_inactive",
)
# Routes that another test of the browser reaches on its way, since they need a state: its name.
ON_THE_WAY = {
    "workspace_choose": "test_pages_are_accessible",
    "workspace_import": "test_an_import_with_errors",
    "workspace_settings_group": "test_settings.py",
    "workspace_privacy_request": "test_the_organisations_own_pages",
    "account_signup": "test_pages_for_when_nothing_works",
    "account_reauthenticate": "test_sign_in_with_an_authenticator_app",
    "mfa_activate_totp": "test_sign_in_with_an_authenticator_app",
    "mfa_authenticate": "test_sign_in_with_an_authenticator_app",
    "mfa_view_recovery_codes": "test_sign_in_with_an_authenticator_app",
    "mfa_reauthenticate": "test_staff_reach_the_admin_with_their_second_factor",
    "accounts_second_factor": "test_staff_reach_the_admin_with_their_second_factor",
    "mail_list": "test_staff_reach_the_admin_with_their_second_factor",
    "mfa_add_webauthn": "test_a_passkey_from_the_browser",
    "invitation_accept": "test_an_invitation_becomes_an_account",
}
# Routes that show no page of their own, or one that is not looked at yet: why.
LEFT_OUT = {
    "healthz": "for load balancers",
    "readyz": "for load balancers",
    "workspace_branding": "a style sheet",
    "workspace_contact_bulk_tag": "answers a POST",
    "workspace_contact_tag": "answers a POST",
    "workspace_contact_untag": "answers a POST",
    "workspace_contact_tag_delete": "answers a POST",
    "workspace_contact_note_create": "answers a POST",
    "workspace_contact_note_delete": "answers a POST",
    "workspace_contact_file_create": "answers a POST",
    "workspace_contact_file_delete": "answers a POST",
    "workspace_contact_file": "leads to a file",
    "workspace_contact_csv": "a file",
    "workspace_contact_xlsx": "a file",
    "workspace_export_open": "leads to a file",
    "workspace_export_download": "a file",
    "workspace_download": "a file",
    "workspace_import_refused": "a file",
    "workspace_privacy_package": "a file",
    "workspace_member_resend": "answers a POST",
    "workspace_member_revoke": "answers a POST",
    "workspace_member_role": "answers a POST",
    "workspace_member_deactivate": "answers a POST",
    "workspace_member_reactivate": "answers a POST",
    "workspace_privacy_review": "needs a review in hand; the console's twin is walked",
    "workspace_privacy_rectify": "needs a request in hand; the console's twin is walked",
    "mail_detail": "shows a mail as it is, in development alone",
    "invitation_opened": "leads to invitation_accept",
    "invitation_switch": "answers a POST",
    "account_email_verification_sent": "shown by a sign-up, which is closed",
    "account_set_password": "for accounts without a password, which nobody makes here",
    "account_confirm_login_code": "leads to the sign-in while no code was asked for",
    "account_reset_password_from_key": "needs a key from a mail; its form is that of the password's change",
    "mfa_deactivate_totp": "one question in the elements of the others",
    "mfa_generate_recovery_codes": "one question in the elements of the others",
    "mfa_download_recovery_codes": "a file",
    "mfa_reauthenticate_webauthn": "needs a device's answer; its elements are those of mfa_reauthenticate",
    "mfa_remove_webauthn": "one question in the elements of the others",
    "mfa_edit_webauthn": "one field in the elements of the others",
    "mfa_login_webauthn": "answers a script",
    "socialaccount_login_cancelled": "no other sign-in is offered",
    "socialaccount_login_error": "no other sign-in is offered",
    "socialaccount_signup": "no other sign-in is offered",
    "socialaccount_connections": "no other sign-in is offered",
}


def workspace_paths(made: Any) -> Iterator[tuple[str, str]]:
    for name, (route, record, query) in WORKSPACE.items():
        yield name, reverse(route, args=[getattr(made, record).pk] if record else []) + query


def routes() -> set[str]:
    """Every named route outside the admin, whose pages `every_page` lists."""
    return set(_named(get_resolver()))


def _named(resolver: Any) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield entry.name
        elif entry.namespace != "admin":
            yield from _named(entry)
