"""What the pages of settings look like in the console (unfold) and in the workspace (Pico)."""

from __future__ import annotations

from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, RADIO_CLASSES, SELECT_CLASSES, TEXTAREA_CLASSES

from tenancy.settings.theme import Theme

_BUTTON = "cursor-pointer font-medium px-3 py-2 rounded-default"

UNFOLD = Theme(
    input=" ".join(INPUT_CLASSES) + " ts-input",
    textarea=" ".join(TEXTAREA_CLASSES) + " ts-input",
    # Unfold takes the arrow away and draws one beside the control; here there is only the control.
    select=" ".join(name for name in SELECT_CLASSES if name != "appearance-none") + " ts-input",
    checkbox=" ".join(CHECKBOX_CLASSES),
    radio=" ".join(RADIO_CLASSES),
    button=f"{_BUTTON} bg-primary-600 border border-transparent text-white",
    small_button=f"{_BUTTON} ts-small border border-base-200 dark:border-base-700 text-font-important-light "
    "dark:text-font-important-dark",
)

PICO = Theme(button="", small_button="secondary outline ts-small", input="ts-input", checkbox="", radio="")
