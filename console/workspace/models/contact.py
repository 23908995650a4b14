"""A person whom a customer keeps in its address book."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from console.history import record_trail
from tenancy.audit import moment
from tenancy.models import TenantOwnedModel

from ..attributes import validate_attributes
from ..keys import SearchKeyField, StoredEmailField, digits_key, search_key

KEYS = ["name_key", "first_name_key", "company_key", "phone_key"]


class Contact(TenantOwnedModel):
    """Names, ways to reach the person, and whatever else the tenant wants to keep (`attributes`)."""

    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    email = StoredEmailField(_("e-mail address"), max_length=254, blank=True)
    external_id = models.CharField(
        _("external id"),
        max_length=100,
        blank=True,
        db_collation="C",
        help_text=_("The person's id in a system of your own, such as a customer number."),
    )
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    company = models.CharField(_("company"), max_length=200, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    attributes = models.JSONField(_("custom attributes"), default=dict, blank=True, validators=[validate_attributes])
    created_at = models.DateTimeField(_("created"), default=moment, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    name_key = SearchKeyField()  # "last first"; the company or the address where there is no name: the list's order
    first_name_key = SearchKeyField()
    company_key = SearchKeyField()
    phone_key = SearchKeyField()

    tags = models.ManyToManyField(
        "workspace.Tag", through="workspace.ContactTag", related_name="contacts", verbose_name=_("tags")
    )

    history = record_trail(excluded_fields=KEYS)

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=~models.Q(email=""),
                name="workspace_contact_email",
                violation_error_message=_("Another contact has this e-mail address."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=~models.Q(external_id=""),
                name="workspace_contact_external_id",
                violation_error_message=_("Another contact has this external id."),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "name_key", "id"], name="workspace_contact_name"),
            models.Index(fields=["tenant", "first_name_key", "id"], name="workspace_contact_first"),
            models.Index(fields=["tenant", "company_key", "id"], name="workspace_contact_company"),
            models.Index(fields=["tenant", "phone_key", "id"], name="workspace_contact_phone"),
            models.Index(fields=["tenant", "-created_at", "-id"], name="workspace_contact_newest"),
            models.Index(fields=["email"], name="workspace_contact_address"),  # one person in all tenants
            models.Index(
                fields=["phone_key"], condition=~models.Q(phone_key=""), name="workspace_contact_number"
            ),  # likewise
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"

    @property
    def name(self) -> str:
        """What the person is called on a page: the names, else the company, else the address."""
        return f"{self.first_name} {self.last_name}".strip() or self.company or self.email or str(_("No name"))

    def search_keys(self) -> dict[str, str]:
        """The stored search keys as the other fields say them now."""
        return {
            "name_key": search_key(self.last_name, self.first_name) or search_key(self.company) or self.email[:200],
            "first_name_key": search_key(self.first_name),
            "company_key": search_key(self.company),
            "phone_key": digits_key(self.phone),
        }

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *KEYS}
        super().save(*args, **kwargs)
