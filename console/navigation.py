"""The admin's looks: sidebar, colours, badge; each entry of the sidebar shows only to those who may open it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def may(permission: str) -> Callable[[HttpRequest], bool]:
    """A condition on the person: holds `permission` now."""
    return lambda request: request.user.has_perm(permission)


def entry(title: Any, icon: str, url_name: str, permission: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(url_name), "permission": may(permission)}


def environment(request: HttpRequest) -> tuple[str, str]:
    """The badge beside the title: nobody mistakes production for anything else."""
    from django.conf import settings

    name = settings.ENVIRONMENT
    return name, {"production": "danger", "staging": "warning"}.get(name.lower(), "info")


def mails() -> dict[str, Any]:
    """The entry of the page on which a development server's mails land."""
    return {"title": _("Mails"), "icon": "outgoing_mail", "link": reverse_lazy("mail_list")}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Tenant Operations"),
    "SITE_HEADER": _("Tenant Operations"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "domain",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("console/icon.svg")},
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "console.navigation.environment",
    "DASHBOARD_CALLBACK": "console.operations.dashboard.dashboard",
    "STYLES": [lambda request: static("console/console.css")],
    "SCRIPTS": [lambda request: static("console/console.js")],
    "COMMAND": {"search_models": False, "search_callback": "console.operations.search.palette", "show_history": False},
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .165 254.624)",
            "500": "oklch(62.3% .188 259.815)",
            "600": "oklch(54.6% .215 262.881)",
            "700": "oklch(48.8% .217 264.376)",
            "800": "oklch(42.4% .181 265.638)",
            "900": "oklch(37.9% .138 265.522)",
            "950": "oklch(28.2% .087 267.935)",
        },
        # Unfold's own secondary greys fail the contrast rules.
        "font": {"subtle-light": "var(--color-base-600)", "subtle-dark": "var(--color-base-300)"},
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "title": _("Customers"),
                "items": [
                    {"title": _("Overview"), "icon": "dashboard", "link": reverse_lazy("admin:index")},
                    entry(_("Find"), "search", "admin:find", "tenancy.view_tenant"),
                    entry(_("Tenants"), "domain", "admin:tenancy_tenant_changelist", "tenancy.view_tenant"),
                    entry(
                        _("Memberships"),
                        "badge",
                        "admin:tenancy_usertenantmembership_changelist",
                        "tenancy.view_usertenantmembership",
                    ),
                    entry(_("Invitations"), "mail", "admin:tenancy_invitation_changelist", "tenancy.view_invitation"),
                    entry(
                        _("Imports"),
                        "upload_file",
                        "admin:members_memberimport_changelist",
                        "members.view_memberimport",
                    ),
                    entry(_("People"), "group", "admin:accounts_user_changelist", "accounts.view_user"),
                ],
            },
            {
                "title": _("Operations"),
                "separator": True,
                "items": [
                    entry(
                        _("Approvals"),
                        "how_to_reg",
                        "admin:operations_approval_changelist",
                        "operations.view_approval",
                    ),
                    entry(
                        _("Bulk changes"),
                        "checklist",
                        "admin:operations_bulkrun_changelist",
                        "operations.view_bulkrun",
                    ),
                    entry(_("Your exports"), "download", "admin:my_exports", "operations.export_list"),
                    entry(_("Jobs"), "pending_actions", "admin:console_jobrun_changelist", "console.view_jobrun"),
                    entry(
                        _("Purges"),
                        "delete_forever",
                        "admin:tenancy_tenantpurge_changelist",
                        "tenancy.view_tenantpurge",
                    ),
                    entry(
                        _("Trail"),
                        "history",
                        "admin:audit_browser",
                        "operations.view_auditevent",
                    ),
                ],
            },
            {
                "title": _("Privacy"),
                "separator": True,
                "items": [
                    entry(_("Requests"), "shield_person", "admin:pii_datarequest_changelist", "pii.view_datarequest"),
                    entry(_("Find a person's data"), "person_search", "admin:pii_find", "pii.enter_datarequest"),
                    entry(_("Restrictions"), "lock", "admin:pii_restriction_changelist", "pii.view_restriction"),
                    entry(_("Contacts"), "contacts", "admin:workspace_contact_changelist", "workspace.view_contact"),
                    entry(_("Legal holds"), "gavel", "admin:pii_legalhold_changelist", "pii.view_legalhold"),
                    entry(_("Reveals"), "visibility", "admin:pii_reveal_changelist", "pii.view_reveal"),
                    entry(_("Came back"), "person_alert", "admin:pii_reappearance_changelist", "pii.view_reappearance"),
                    entry(_("Record of processing"), "menu_book", "admin:pii_record", "pii.view_datarequest"),
                ],
            },
            {
                "title": _("Console"),
                "separator": True,
                "collapsible": True,
                "items": [
                    entry(
                        _("Platform settings"),
                        "tune",
                        "admin:tenancy_platformsettings_changelist",
                        "tenancy.view_platformsettings",
                    ),
                    entry(_("Staff roles"), "shield_person", "admin:auth_group_changelist", "auth.view_group"),
                    entry(_("Isolation"), "security", "admin:isolation_report", "operations.view_auditevent"),
                    entry(
                        _("Queries without a scope"),
                        "travel_explore",
                        "admin:tenancy_observedaccess_changelist",
                        "tenancy.view_observedaccess",
                    ),
                    entry(
                        _("Queue"),
                        "queue",
                        "admin:procrastinate_procrastinatejob_changelist",
                        "procrastinate.view_procrastinatejob",
                    ),
                ],
            },
        ],
    },
}


def title_of(address: str) -> Any:
    """What the sidebar calls the page at `address`; None for a page that is not in it."""
    sections = UNFOLD["SIDEBAR"]["navigation"]
    return next((item["title"] for part in sections for item in part["items"] if str(item["link"]) == address), None)
