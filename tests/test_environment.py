"""README's table of environment variables is what the code reads, no more and no less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \|", re.MULTILINE)


def variables_read(source: str) -> set[str]:
    """Constants passed to env.<type>("NAME"), os.environ.get("NAME") or os.environ["NAME"]."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        argument = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if ast.unparse(node.func.value) in ("env", "os.environ", "environ.Env()", "os"):
                argument = node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            argument = node.slice
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value.isupper():
            found.add(argument.value)
    return found


def read_by_the_product() -> set[str]:
    files = [path for app in ("console", "tenancy", "pii") for path in (ROOT / app).rglob("*.py")]
    found = set().union(*(variables_read(path.read_text()) for path in files))
    return found - {"DJANGO_SETTINGS_MODULE"}


def test_the_reader_knows_every_way_to_read_a_variable():
    source = (
        'env.str("A", default=env.list("B_1")); os.environ.get("C"); os.environ["D"]; environ.Env().db("E"); x("F")'
    )
    assert variables_read(source + '; os.environ.pop("G"); os.getenv("H")') == set("ACDEGH") | {"B_1"}


def test_readme_names_each_variable_once():
    table = ROW.findall((ROOT / "README.md").read_text())
    assert sorted(table) == sorted(read_by_the_product())
