"""Addresses for mails: always the product's own, never what a request's Host header says."""

from __future__ import annotations

from django.conf import settings


def absolute(path: str) -> str:
    """`path` (starting with a slash) under BASE_URL."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"
