"""Invitations into a tenant: send, send again, revoke."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenancy import TenantRefused, invitations
from tenancy.decorators import require_action
from tenancy.http import TenantRequest
from tenancy.models import Invitation
from tenancy.roles import Action

from ..member_forms import InviteForm


def access_invitation_by_id(key: UUID) -> Invitation:
    """The invitation in scope. Raises Http404 for an absent one and another tenant's alike."""
    found: Invitation | None = Invitation.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.MEMBERS_MANAGE)
def invitation_create(request: TenantRequest) -> HttpResponse:
    """Invite an address. The answer is the same whether it has an account elsewhere or not."""
    assert request.tenant is not None
    form = InviteForm(request.POST or None, held=request.user_tenant_role, initial={"role": "member"})
    if request.method == "POST" and form.is_valid():
        try:
            invitations.invite(form.cleaned_data["email"], request.tenant, form.cleaned_data["role"], by=request.user)
        except TenantRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("workspace_members")
    return render(request, "workspace/invitation_form.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@require_action(Action.MEMBERS_MANAGE)
def invitation_resend(request: TenantRequest, key: UUID) -> HttpResponse:
    """Send the mail again, with a new link; the old one stops working."""
    invitation = access_invitation_by_id(key)
    try:
        invitations.resend(invitation, by=request.user)
    except TenantRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The invitation was sent again; the earlier link no longer works."))
    return redirect("workspace_members")


@require_POST
@require_action(Action.MEMBERS_MANAGE)
def invitation_revoke(request: TenantRequest, key: UUID) -> HttpResponse:
    """Make the link worthless."""
    invitation = access_invitation_by_id(key)
    try:
        invitations.revoke(invitation, by=request.user)
    except TenantRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The invitation was revoked."))
    return redirect("workspace_members")
