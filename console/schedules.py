"""What the console does by the clock."""

from __future__ import annotations

from tenancy.jobs import periodic

from .import_previews import forget_abandoned


@periodic("*/15 * * * *", "console.forget_import_previews")
def forget_import_previews(key: str) -> None:
    """Uploaded people do not stay behind where an import was abandoned."""
    forget_abandoned()
