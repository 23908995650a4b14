"""Forms about the people of a tenant; what a role may give is offered, everything else is refused by the verbs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.models import UserTenantMembership
from tenancy.roles import Role


def roles_within(held: Role | str | None) -> list[tuple[str, Any]]:
    """The roles that somebody with `held` may give, the least first."""
    if held is None:
        return []
    return [(role.value, role.label) for role in sorted(Role, key=lambda role: role.rank) if Role(held).covers(role)]


class RoleForm(forms.Form):
    """One role, at most the giver's own."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, held: Role | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = roles_within(held)  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    field_order = ["email", "role"]


class MemberForm(forms.ModelForm):
    """What the tenant says of a person; the account itself belongs to its person."""

    class Meta:
        model = UserTenantMembership
        fields = ["display_name", "title", "external_id"]


class TransferForm(forms.Form):
    """The address of the member who becomes owner, and whether the giver stays one."""

    email = forms.EmailField(
        label=_("E-mail address of the new owner"),
        max_length=254,
        help_text=_("An active member of this organisation."),
    )
    step_down = forms.BooleanField(label=_("I become an administrator"), required=False, initial=True)
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Stands in the activity log."))
