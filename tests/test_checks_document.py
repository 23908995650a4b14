"""Every check id in the code stands in docs/checks.md, and none that is not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tenancy.checks import HOLES, OF_WALL_TWO
from tenancy.settings.checks import IDS, OTHER

ROOT = Path(__file__).resolve().parents[1]
ID = re.compile(r"[a-z]+\.[EWI]\d{3}")


def ids_in_code():
    found = {f"tenancy.{number}" for number in (*IDS.values(), OTHER)} | {*HOLES.values(), OF_WALL_TWO}
    for room in ("tenancy", "pii", "console"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                for word in getattr(node, "keywords", ()):
                    if (
                        word.arg == "id"
                        and isinstance(word.value, ast.Constant)
                        and ID.fullmatch(str(word.value.value))
                    ):
                        found.add(word.value.value)
    return found


def test_the_document_lists_every_check():
    listed = re.findall(r"^\| ([a-z]+\.[EWI]\d{3}) \|", (ROOT / "docs" / "checks.md").read_text(), re.M)
    assert len(listed) == len(set(listed))
    assert set(listed) == ids_in_code()
    assert "tenancy.E030" in listed


def test_every_check_is_provoked_by_a_test():
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    named = {word for word in ids_in_code() if re.search(rf'"(tenancy\.)?{word.removeprefix("tenancy.")}"', tests)}
    assert ids_in_code() - named == set()
