"""The people of a tenant: list, one member, role, deactivation, transfer of ownership, leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pii.restricted import restriction_of
from tenancy import TenantRefused, memberships
from tenancy.decorators import require_action, require_tenant_access
from tenancy.http import TenantRequest
from tenancy.models import Invitation, UserTenantMembership
from tenancy.roles import Action, Role

from ..member_forms import MemberForm, RoleForm, TransferForm
from ..member_search import search_members
from ..paging import keyset_page
from ..people import called

PAGE_SIZE = 50


def access_membership_by_id(key: UUID) -> UserTenantMembership:
    """The membership in scope, its person loaded. Raises Http404 for an absent one and another tenant's alike."""
    found: UserTenantMembership | None = (
        UserTenantMembership.objects.select_related("user", "tenant").filter(pk=key).first()
    )
    if found is None:
        raise Http404
    return found


@require_GET
@require_action(Action.MEMBERS_READ)
def member_list(request: TenantRequest) -> HttpResponse:
    """One page of members, the open invitations above it for those who manage them."""
    text = request.GET.get("q", "").strip()[:254]
    page = keyset_page(
        search_members(text),
        ("-created_at", "-id"),
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    open_now = Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-created_at", "id")
    return render(
        request,
        "workspace/member_list.html",
        {
            "page": page,
            "members": [(member, called(member), Role(member.role).label) for member in page.rows],
            "invitations": open_now[:100],
            "now": timezone.now(),
            "q": text,
            "kept": urlencode({"q": text}) if text else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.MEMBERS_MANAGE)
def member_detail(request: TenantRequest, key: UUID) -> HttpResponse:
    """One member, and what may be changed of them."""
    member = access_membership_by_id(key)
    form = MemberForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        try:
            memberships.change_details(access_membership_by_id(key), by=request.user, **form.cleaned_data)
        except TenantRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The member was saved."))
            return redirect("workspace_member", key)
    context = {
        "member": member,
        "restriction": restriction_of(member),
        "name": called(member),
        "form": form,
        "role_form": RoleForm(held=request.user_tenant_role, initial={"role": member.role}),
        "is_self": member.user_id == request.user.pk,
    }
    return render(request, "workspace/member_detail.html", context, status=422 if form.errors else 200)


@require_POST
@require_action(Action.MEMBERS_MANAGE)
def member_role(request: TenantRequest, key: UUID) -> HttpResponse:
    """Give a member another role."""
    member = access_membership_by_id(key)
    form = RoleForm(request.POST, held=request.user_tenant_role)
    if not form.is_valid():
        messages.error(request, _("Your role does not allow that."))
        return redirect("workspace_member", key)
    return _done(
        request,
        key,
        lambda: memberships.change_role(member, form.cleaned_data["role"], by=request.user),
        _("The role was changed."),
    )


@require_POST
@require_action(Action.MEMBERS_MANAGE)
def member_deactivate(request: TenantRequest, key: UUID) -> HttpResponse:
    """Shut a member out from their next request on."""
    member = access_membership_by_id(key)
    return _done(
        request,
        key,
        lambda: memberships.deactivate_membership(member, by=request.user),
        _("The member was deactivated and can no longer enter."),
    )


@require_POST
@require_action(Action.MEMBERS_MANAGE)
def member_reactivate(request: TenantRequest, key: UUID) -> HttpResponse:
    """Let a deactivated member in again."""
    member = access_membership_by_id(key)
    return _done(
        request,
        key,
        lambda: memberships.reactivate_membership(member, by=request.user),
        _("The member can enter again."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.OWNERSHIP_TRANSFER)
def member_transfer(request: TenantRequest) -> HttpResponse:
    """Make another member owner."""
    form = TransferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = UserTenantMembership.objects.filter(user__email=form.cleaned_data["email"].lower()).first()
        if chosen is None:
            form.add_error("email", _("No member of this organisation has this address."))
        else:
            try:
                memberships.transfer_ownership(
                    chosen,
                    by=request.user,
                    reason=form.cleaned_data["reason"],
                    step_down=request.tenant_membership if form.cleaned_data["step_down"] else None,
                )
            except TenantRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The organisation has a new owner."))
                return redirect("workspace_members")
    return render(request, "workspace/member_transfer.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require_tenant_access
def member_leave(request: TenantRequest) -> HttpResponse:
    """Leave the organisation, after a question."""
    assert request.tenant_membership is not None
    refusal = ""
    if request.method == "POST":
        try:
            memberships.leave_tenant(request.tenant_membership, by=request.user)
        except TenantRefused as refused:
            refusal = str(refused)
        else:
            return redirect("workspace_choose")
    return render(request, "workspace/member_leave.html", {"refusal": refusal}, status=422 if refusal else 200)


def _done(request: TenantRequest, key: UUID, act: Callable[[], Any], said: str) -> HttpResponse:
    try:
        act()
    except TenantRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    if request.tenant_membership is not None and request.tenant_membership.pk == key:
        return redirect("home")  # whoever changed themselves may have lost the page they came from
    return redirect("workspace_member", key)
