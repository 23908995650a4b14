"""Moments on customers' pages: short, and exact when pointed at; no template writes one as plain text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import timezone

PLAIN = re.compile(r'(?:_at|_until|\.at)\|date:"(?!c")')
TEMPLATES = Path(__file__).parents[3] / "templates"
PAGES = sorted(
    path
    for folder in ("workspace", "mail", "tenancy", "account", "accounts", "errors")
    for path in (TEMPLATES / folder).rglob("*.html")
    if not path.name.startswith(("privacy", "restricted"))
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_writes_a_moment_as_plain_text(path):
    assert PLAIN.findall(path.read_text()) == []


def test_a_moment_inside_a_sentence_keeps_its_element():
    words = '{% blocktranslate with at=at|moment:"DATE_FORMAT" %}until {{ at }}{% endblocktranslate %}'
    sentence = Template("{% load i18n moments %}" + words)
    shown = sentence.render(Context({"at": timezone.now()}))
    assert re.search(r'until <time datetime="[^"]+" title="\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z+0-9]+">', shown)
