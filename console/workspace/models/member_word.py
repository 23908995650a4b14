"""The words under which a tenant finds its members."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import TenantOwnedModel


class MemberWord(TenantOwnedModel):
    """One word of a member's names or address, as `search_key` spells it. Triggers are the only writers (migration
    0010): they follow the membership and the account, whoever changes them. Compared by code point, see `keys`.
    """

    tenant = models.ForeignKey(  # no key of its own: that of the membership says it, and each is checked word by word
        "tenancy.Tenant",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
        verbose_name=_("tenant"),
    )
    membership = models.ForeignKey(
        "tenancy.UserTenantMembership", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    word = models.CharField(max_length=100, db_collation="C")

    class Meta(TenantOwnedModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "word", "membership"], name="workspace_memberword_word"),
            models.Index(fields=["tenant", "membership", "word"], name="workspace_memberword_member"),
        ]

    def __str__(self) -> str:
        return f"word {self.pk}"
