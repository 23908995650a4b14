"""The dialogs of a tenant's life: each calls one verb, and is offered only where the tenant's state allows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from console.admin import ReasonForm, dialog_action
from console.operations import counts, purging, sessions
from console.operations.forms import SessionForm
from console.workspace.exporting.orders import order_export
from tenancy import TenantRefused, lifecycle, memberships, system_scope
from tenancy.models import Tenant, TenantState

from .forms import PurgeForm, SuspendForm, TransferForm


def in_state(*states: TenantState) -> Any:
    """A condition on a tenant: it is in one of these states."""
    return lambda tenant: tenant.state in states


ALIVE = in_state(TenantState.ACTIVE, TenantState.SUSPENDED)
CLOSED = in_state(TenantState.SUSPENDED, TenantState.ARCHIVED)
THERE = in_state(TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.ARCHIVED)


class LifeActions:
    """Mixin for the admin of tenants; list `life_actions` in ``actions_detail``."""

    life_actions = (
        "open_session",
        "suspend",
        "restore",
        "archive",
        {"title": _("More"), "icon": "more_horiz", "items": ["transfer_ownership", "export_everything", "purge"]},
    )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Whoever has a session for the tenant open sees its end in the banner, and is offered no second one."""
        allowed = super().get_actions_detail(request, object_id)  # type: ignore[misc]  # a mixin of ModelAdmin
        opened = getattr(request, "staff_sessions", None)
        opened = sessions.content_of(sessions.sessions_of(request) if opened is None else opened)
        if not any(str(key) == str(object_id) for key in opened):
            return allowed
        return [entry for entry in allowed if entry.method.__name__ != "open_session"]

    def has_open_session_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("operations.open_session")

    def has_suspend_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("tenancy.suspend_tenant")

    def has_archive_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("tenancy.archive_tenant")

    def has_transfer_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("tenancy.transfer_tenant")

    def has_whole_export_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("tenancy.export_tenant")

    def has_purge_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("tenancy.purge_tenant")

    @dialog_action(
        permission="open_session",
        title=_("Open a session"),
        consequence=_("This tenant's records open to you for a while. Every page is recorded and the tenant sees it."),
        form=SessionForm,
        icon="lock_open",
        possible=THERE,
    )
    def open_session(self, request: HttpRequest, form: Any, obj: Tenant) -> Any:
        given = form.cleaned_data
        sessions.open_session(obj, by=request.user, reason=given["reason"], ticket=given["ticket"])
        return _("The tenant's records are open to you.")

    @dialog_action(
        permission="suspend",
        title=_("Suspend"),
        consequence=_("Its members cannot enter and are shown your reason. Nothing is deleted."),
        form=SuspendForm,
        icon="pause_circle",
        possible=ALIVE,
        counts=counts.members_shut_out,
    )
    def suspend(self, request: HttpRequest, form: Any, obj: Tenant) -> Any:
        given = form.cleaned_data
        lifecycle.suspend_tenant(obj, by=request.user, reason=given["reason"], until=given["until"])
        return _("The tenant is suspended.")

    @dialog_action(
        permission="suspend",
        title=_("Restore"),
        consequence=_("Its members can enter again at once."),
        icon="play_circle",
        possible=CLOSED,
        counts=counts.members_let_in,
    )
    def restore(self, request: HttpRequest, form: Any, obj: Tenant) -> Any:
        lifecycle.restore_tenant(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The tenant is active.")

    @dialog_action(
        permission="archive",
        title=_("Archive"),
        consequence=_("Nobody enters any more. Nothing is deleted; it can be restored."),
        icon="inventory_2",
        danger=True,
        possible=ALIVE,
        counts=counts.members_shut_out,
    )
    def archive(self, request: HttpRequest, form: Any, obj: Tenant) -> Any:
        lifecycle.archive_tenant(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The tenant is archived.")

    @dialog_action(
        permission="transfer",
        title=_("Transfer ownership"),
        consequence=_("The member becomes owner at once and may then do everything in this tenant."),
        form=TransferForm,
        icon="key",
        possible=ALIVE,
        counts=counts.owners_told,
    )
    def transfer_ownership(self, request: HttpRequest, form: Any, obj: Tenant) -> Any:
        given = form.cleaned_data
        new = memberships.membership_of(obj, given["to"])
        old = memberships.membership_of(obj, given["step_down"]) if given["step_down"] else None
        if new is None or (given["step_down"] and old is None):
            raise TenantRefused(str(_("That address belongs to no member of this tenant.")), code="no_member")
        memberships.transfer_ownership(new, by=request.user, reason=given["reason"], step_down=old)
        return _("The ownership is transferred.")

    @dialog_action(
        permission="whole_export",
        title=_("Export everything"),
        consequence=_(
            "A job writes one archive of all records, files and history. The tenant's owners find it in their "
            "workspace for seven days; staff do not see it."
        ),
        form=ReasonForm,
        icon="archive",
        possible=in_state(TenantState.ACTIVE),
        counts=counts.owners_told,
    )
    def export_everything(self, request: HttpRequest, form: Any, obj: Tenant) -> Any:
        with system_scope(reason="an operator orders an export for the owners", actor=request.user):
            order_export(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The archive is being written.")

    @dialog_action(
        permission="purge",
        title=_("Purge"),
        consequence=_(
            "Every row and every file of this tenant is deleted for good, its history included. Somebody else must "
            "approve it within a day. Accounts stay: they belong to their people."
        ),
        form=PurgeForm,
        icon="delete_forever",
        danger=True,
        possible=in_state(TenantState.ARCHIVED),
        counts=counts.members_gone,
    )
    def purge(self, request: HttpRequest, form: Any, obj: Tenant) -> Any:
        purging.ask(obj, by=request.user, reason=form.cleaned_data["reason"], typed_slug=form.cleaned_data["slug"])
        return _("Asked: somebody else approves the purge under Approvals within a day.")
