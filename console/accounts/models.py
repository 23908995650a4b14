"""The person who signs in."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tenancy.fields import IdentityCharField


def normalise_email(value: str) -> str:
    """The stored form of an address: trimmed and in lower case, so that a plain index finds it under RLS."""
    return value.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Makes users; there is no username."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password the account opens only by a mailed link. Raises ValueError on no address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an operator, their address taken as proved: whoever has the command line vouches for it."""
        from .people import mark_verified

        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        mark_verified(user)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalise_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Belongs to nobody but themselves: tenants write memberships, not users."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    password = IdentityCharField(_("password"), max_length=128)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    full_name = models.CharField(_("full name"), max_length=255, blank=True)
    locale = models.CharField(_("language"), max_length=16, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May enter the operations console."))
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        permissions = [("manage_staff", "Can make people staff and give them staff roles")]
        constraints = [
            models.CheckConstraint(name="accounts_user_email_lower", condition=models.Q(email=Lower("email")))
        ]
        indexes = [  # the console's list, and its filters on what is rare
            models.Index(fields=["-date_joined", "id"], name="accounts_user_newest"),
            models.Index(fields=["-date_joined", "id"], name="accounts_user_staff", condition=models.Q(is_staff=True)),
            models.Index(fields=["-date_joined", "id"], name="accounts_user_off", condition=models.Q(is_active=False)),
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"

    def clean(self) -> None:
        super().clean()
        self.email = normalise_email(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else ""
