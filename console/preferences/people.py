"""What the people behind keys are called on the operators' pages of settings."""

from __future__ import annotations

from console.accounts.models import User


def staff_name(key: str) -> str:
    """A colleague's name; for everybody else the key, which leads to their page and shows nothing personal."""
    person = User.objects.filter(pk=key, is_staff=True).only("full_name", "email").first()
    return (person.full_name or person.email) if person else key
