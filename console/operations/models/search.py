"""The words that staff search by."""

from __future__ import annotations

from django.db import models


class SearchToken(models.Model):
    """One word by which staff find a tenant, a person, a membership or an invitation.

    Triggers keep the table in step with its sources, a whole statement at a time (see migration 0004); nothing else
    writes it. Searched by range on a "C" column, which needs no extension and stays fast under row-level security.
    """

    kind = models.CharField(max_length=12)  # tenant, person, membership, invitation
    token = models.CharField(max_length=100, db_collation="C")  # lower case
    object_id = models.UUIDField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["kind", "token", "object_id"], name="operations_token_search"),
            models.Index(fields=["object_id", "kind"], name="operations_token_object"),
        ]

    def __str__(self) -> str:
        return f"word {self.pk}"
