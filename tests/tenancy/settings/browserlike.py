"""What a browser without JavaScript posts for a page: the successful controls of its form, in order."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import QueryDict


class _Controls(HTMLParser):
    def __init__(self):
        super().__init__()
        self.pairs = []
        self.buttons = []
        self.select = self.textarea = None
        self.in_template = 0

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        if tag == "template":
            self.in_template += 1
        if self.in_template:
            return
        name = held.get("name")
        if tag == "select":
            self.select = (name, [])
        elif tag == "option" and self.select:
            self.select[1].append((held.get("value", ""), "selected" in held))
        elif tag == "textarea":
            self.textarea = [name, ""]
        elif tag == "button" and name and "disabled" not in held:
            self.buttons.append((name, held.get("value")))
        elif tag == "input" and name and "disabled" not in held:
            kind = held.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in held:
                self.pairs.append((name, held.get("value", "on")))

    def handle_endtag(self, tag):
        if tag == "template":
            self.in_template -= 1
        if self.in_template:
            return
        if tag == "select" and self.select:
            name, options = self.select
            chosen = [value for value, selected in options if selected] or [value for value, _ in options[:1]]
            if chosen:
                self.pairs.append((name, chosen[-1]))
            self.select = None
        elif tag == "textarea" and self.textarea:
            name, text = self.textarea
            text = text.removeprefix("\n")  # the parser of HTML drops the first line end
            self.pairs.append((name, text.replace("\r\n", "\n").replace("\n", "\r\n")))
            self.textarea = None

    def handle_data(self, data):
        if self.textarea is not None:
            self.textarea[1] += data


def controls(html):
    """(posted pairs, buttons) of a page or a piece of one."""
    parser = _Controls()
    parser.feed(html)
    return parser.pairs, parser.buttons


def posted(html, **changes):
    """The QueryDict of the untouched form, with `changes` (name → value, list of values, or None to leave out)."""
    data = QueryDict(mutable=True)
    for name, value in controls(html)[0]:
        data.appendlist(name, value)
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
        else:
            data.setlist(name, value if isinstance(value, list) else [value])
    return data
