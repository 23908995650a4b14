"""What every page of the project may say about itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """The product's name, where it runs (None in production) and whether strangers may sign up."""
    return {
        "PRODUCT": "Tenant Operations",
        "ENVIRONMENT": None if settings.ENVIRONMENT == "production" else settings.ENVIRONMENT,
        "OPEN_SIGNUP": settings.OPEN_SIGNUP,
    }
