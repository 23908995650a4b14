"""What a page offers to send: its forms with their fields, read from the HTML as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class FormOnPage:
    """A form: where it goes, how, and the values it would send. `choices` are the options of its selects."""

    action: str = ""
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    submits: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormOnPage] = []
        self.open: FormOnPage | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = FormOnPage(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.open)
        if self.open is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("submit", "image"):
                self.open.submits.append((name, given.get("value", "")))
            elif kind in ("checkbox", "radio"):
                self.open.choices.setdefault(name, []).append(given.get("value", "on"))
                if "checked" in given:
                    self.open.values.setdefault(name, []).append(given.get("value", "on"))
            elif kind != "file":
                self.open.values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "button" and name:
            self.open.submits.append((name, given.get("value", "")))
        elif tag == "select" and name:
            self.select = name
            self.open.choices.setdefault(name, [])
        elif tag == "option" and self.select:
            self.open.choices[self.select].append(given.get("value", ""))
            if "selected" in given:
                self.open.values.setdefault(self.select, []).append(given.get("value", ""))
        elif tag == "textarea" and name:
            self.textarea = name
            self.open.values[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.open is not None and self.textarea:
            self.open.values[self.textarea][0] += data


def forms_on(html: str) -> list[FormOnPage]:
    """The forms of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms
