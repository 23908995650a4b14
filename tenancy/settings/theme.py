"""CSS classes of the settings pages: plain ones here, a design system's own where a project passes another theme."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Classes by role; templates read them as ``look.<role>``."""

    input: str = "ts-input"
    textarea: str = "ts-input"
    select: str = "ts-input"
    checkbox: str = "ts-check"
    radio: str = "ts-check"
    label: str = "ts-label"
    fieldset: str = "ts-fieldset"
    field: str = "ts-field"
    help: str = "ts-help"
    error: str = "ts-error"
    alert: str = "ts-alert"
    notice: str = "ts-notice"
    badge: str = "ts-badge"
    button: str = "ts-button"
    small_button: str = "ts-button ts-small"
    table: str = "ts-table"


PLAIN = Theme()
