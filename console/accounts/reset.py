"""Password reset, in a module of its own: allauth's forms import `forms` for the sign-up form."""

from __future__ import annotations

from allauth.account import forms

from .models import User


class ResetPasswordForm(forms.ResetPasswordForm):
    """Does not open an account that was never set up: an imported person comes in by invitation."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users: list[User] = [user for user in self.users if user.is_staff or user.has_usable_password()]
        return email
