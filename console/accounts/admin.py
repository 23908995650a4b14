"""Pages of people and staff roles, and the sign-in library's tables to look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminEmailInputWidget

from console.admin import ConsoleModelAdmin, ReadOnlyAdmin, ReasonForm, dialog_action
from console.operations import counts
from console.operations.memberships.admin import MembershipInline
from console.operations.privacy.person import PersonActions
from console.operations.roles import EVERYTHING
from tenancy import audit

from . import lockout, people, recovery
from .models import User

STAFF_FIELDS = ("is_staff", "is_superuser", "groups")


class UserForm(forms.ModelForm):
    """A person: what they call themselves, and for administrators what they may do in the console."""

    class Meta:
        model = User
        fields = ["email", "full_name", "locale", "time_zone", "is_staff", "is_superuser", "groups"]
        widgets = {"groups": UnfoldAdminCheckboxSelectMultipleWidget}  # Django's two boxes fail accessibility rules


class NewAddressForm(ReasonForm):
    """The address that a person gets."""

    email = forms.EmailField(label=_("New e-mail address"), widget=UnfoldAdminEmailInputWidget)
    field_order = ("email", "reason")


@admin.register(User)
class UserAdmin(PersonActions, ConsoleModelAdmin):
    """People of all tenants, and staff. Nobody's password is set here."""

    form = UserForm
    list_display = ("email", "full_name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "groups")
    ordering = ("-date_joined",)
    exact_search = ("email",)
    word_search = "person"
    page_name = "person_page"
    empty_words = _("People come in by invitation or import.")
    search_help_text = _("Address, words of the name, domain, or id")
    readonly_fields = ("id", "email", "is_active", "date_joined", "last_login")
    inlines = (MembershipInline,)
    actions_detail = (
        {
            "title": _("Help to get in"),
            "items": ["send_link", "change_email", "unlock", "reset_second_factor", "sign_out"],
        },
        "deactivate",
        "reactivate",
        *PersonActions.privacy_actions,
    )
    never_deleted = _("People are deactivated, not deleted; erasure is a privacy request.")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("email", "full_name", "locale", "time_zone", "is_active", "date_joined", "last_login", "id")
        sections: list[Any] = [(None, {"fields": own if obj else own[:4]})]
        if request.user.has_perm("accounts.manage_staff"):
            sections.append((_("Staff"), {"fields": STAFF_FIELDS}))
        return sections

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = self.readonly_fields if obj else ()
        if request.user.has_perm("accounts.manage_staff") and not (obj and obj.pk == request.user.pk):
            # Only a superuser makes superusers; nobody changes their own rights.
            return fixed if request.user.is_superuser else (*fixed, "is_superuser")
        return (*fixed, *STAFF_FIELDS)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if isinstance(obj, str):  # unfold hands the key as it stands in the URL
            obj = self.get_object(request, obj)
        if isinstance(obj, User) and (obj.is_staff or obj.is_superuser):
            return bool(request.user.has_perm("accounts.manage_staff"))
        return bool(super().has_change_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with audit.changing(by=request.user, reason="console"):
            if not change:
                obj.set_unusable_password()
            obj.save()
        fields = sorted(form.changed_data)
        audit.record(
            "person.changed" if change else "person.created", by=request.user, target=obj, details={"fields": fields}
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with rights_on_record(request, form.instance, "groups"):
            super().save_related(request, form, formsets, change)

    @dialog_action(
        permission="change",
        title=_("Deactivate"),
        consequence=_("The person is signed out everywhere and cannot sign in. Memberships and history stay."),
        icon="person_off",
        danger=True,
        possible=lambda person: person.is_active,
        counts=counts.account_closing,
    )
    def deactivate(self, request: HttpRequest, form: Any, obj: User) -> Any:
        people.deactivate(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The account is inactive.")

    @dialog_action(
        permission="change",
        title=_("Reactivate"),
        consequence=_("The person can sign in again."),
        icon="person_check",
        possible=lambda person: not person.is_active,
        counts=counts.account_opening,
    )
    def reactivate(self, request: HttpRequest, form: Any, obj: User) -> Any:
        people.reactivate(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The account is active.")

    @dialog_action(
        permission="change",
        title=_("Send a link"),
        consequence=_(
            "A mail goes to the address on file, with a link to set a password. Whoever follows it and signs in has "
            "proved the address."
        ),
        icon="forward_to_inbox",
        possible=lambda person: person.is_active,
    )
    def send_link(self, request: HttpRequest, form: Any, obj: User) -> Any:
        recovery.send_link(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The mail is on its way.")

    @dialog_action(
        permission="change",
        title=_("Unlock"),
        consequence=_("The person can try their password again at once."),
        icon="lock_open_right",
        possible=lambda person: lockout.locked_until(person) is not None,
    )
    def unlock(self, request: HttpRequest, form: Any, obj: User) -> Any:
        recovery.unlock(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The person can sign in again.")

    @dialog_action(
        permission="change",
        title=_("Sign out everywhere"),
        consequence=_("Every session of this person ends at once; they can sign in again."),
        icon="logout",
        counts=counts.sessions_ending,
    )
    def sign_out(self, request: HttpRequest, form: Any, obj: User) -> Any:
        recovery.sign_out(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The person is signed out everywhere.")

    @dialog_action(
        permission="change",
        title=_("Reset second factor"),
        consequence=_(
            "Authenticator app, security keys and recovery codes are removed, every session ends, and the person is "
            "told by mail. Make sure by another channel that it is they who ask."
        ),
        icon="phonelink_erase",
        danger=True,
        counts=counts.factors_going,
    )
    def reset_second_factor(self, request: HttpRequest, form: Any, obj: User) -> Any:
        recovery.reset_second_factor(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The second factor is removed.")

    @dialog_action(
        permission="change",
        title=_("Change address"),
        consequence=_(
            "The person signs in with the new address and types a code that is mailed there. Both addresses are told."
        ),
        form=NewAddressForm,
        icon="alternate_email",
        danger=True,
        counts=counts.sessions_ending,
    )
    def change_email(self, request: HttpRequest, form: Any, obj: User) -> Any:
        recovery.change_email(obj, form.cleaned_data["email"], by=request.user, reason=form.cleaned_data["reason"])
        return _("The address is changed.")


class PermissionsField(forms.ModelMultipleChoiceField):
    """Permissions by what they allow, without the names of the program's tables."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class StaffRoleForm(forms.ModelForm):
    """A staff role: the permissions that the console asks for, and whatever the role holds beside them."""

    permissions = PermissionsField(
        queryset=Permission.objects.none(), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Group
        fields = ["name", "permissions"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = Q()
        for label in EVERYTHING:
            app, codename = label.split(".")
            asked |= Q(content_type__app_label=app, codename=codename)
        if self.instance.pk:
            asked |= Q(group=self.instance.pk)
        offered: Any = self.fields["permissions"]
        offered.queryset = Permission.objects.filter(asked).distinct().order_by("name")


@admin.register(Group)
class StaffRoleAdmin(ConsoleModelAdmin):
    """Staff roles: a name and what it may do."""

    empty_words = _("Add a role, tick what it may do, and give it to staff on their page.")
    form = StaffRoleForm
    list_display = ("name",)
    exact_search = ("name",)
    never_deleted = _("Take people out of a role instead of deleting it.")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        audit.record("staff_role.changed" if change else "staff_role.created", by=request.user, target=obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with rights_on_record(request, form.instance, "permissions"):
            super().save_related(request, form, formsets, change)


@contextmanager
def rights_on_record(request: HttpRequest, row: Any, name: str) -> Iterator[None]:
    """Write down which roles or permissions were given and taken: the tables between two kinds keep no history."""

    def held() -> set[str]:
        return {str(key) for key in getattr(row, name).values_list("pk", flat=True)}

    before = held()
    yield
    after = held()
    if before != after:
        details = {"what": name, "given": sorted(after - before), "taken": sorted(before - after)}
        audit.record("rights.changed", by=request.user, target=row, details=details)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    """Addresses and whether they were proved."""

    empty_words = _("An address stands here once its owner has signed up or taken an invitation.")
    list_display = ("email", "user", "verified", "primary")
    list_select_related = ("user",)
    exact_search = ("email",)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors: their kind and age, never their data."""

    empty_words = _("Nobody has a second factor yet; each person sets theirs up under their own account.")
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    exact_search = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Where people are signed in."""

    empty_words = _("Nobody is signed in; a session stands here from the first page after signing in.")
    list_display = ("user", "created_at", "last_seen_at")
    list_select_related = ("user",)
    exact_search = ("user__email",)
    fields = ("user", "created_at", "last_seen_at", "user_agent")
