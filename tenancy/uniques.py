"""Uniques that start with the tenant."""

from __future__ import annotations

from typing import Any

from django.db import models


def unique_in_tenant(*fields: str, name: str, **options: Any) -> models.UniqueConstraint:
    """A `UniqueConstraint` on ``(tenant, *fields)``: two tenants may hold the same value and never learn of it.

    `options` go to UniqueConstraint (``condition``, ``violation_error_message``, …).
    """
    return models.UniqueConstraint(fields=["tenant", *fields], name=name, **options)
