"""The plan as a TOML file, which a person edits between `tenancy_plan` and `tenancy_migrations`."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .obstacles import Obstacle
from .plan import KINDS, Entry

HEAD = """\
# What becomes of each table, written by `manage.py tenancy_plan`. Edit it, then run `manage.py tenancy_migrations`.
#
# kind   tenant: rows of customers. shared: nobody's. people: accounts and sessions. staff: the operators' own.
#        own: of tenancy and pii themselves. unclear: decide, and write one of the others.
# path   from a row to its tenant, along foreign keys ("project", "author__company") or a generic key by its two
#        columns ("content_type/object_id"). own: each row is a customer, and this field names it.
# agree  further paths that must lead to the same tenant; a row on which they differ is left for you to decide.
"""


@dataclass
class Plan:
    """What the file says. `entries` by label, or by table for tables without a model."""

    root: str
    entries: dict[str, Entry]

    def of(self, model: Any) -> Entry | None:
        """The entry of a model, by label or by its table (a many-to-many table that got a model)."""
        found = self.entries.get(model._meta.label)
        if found is not None:
            return found
        return next((one for one in self.entries.values() if one.table == model._meta.db_table), None)


def write(path: Path, root: str, entries: list[Entry], obstacles: list[Obstacle]) -> None:
    """Write the file; what stands in the way comes along as comments."""
    lines = [HEAD, f"root = {_text(root)}", ""]
    for entry in entries:
        if entry.kind != "own":
            lines += [*_entry(entry), ""]
    if obstacles:
        lines.append("# What stands in the way:")
        lines += [f"# - {one.kind}: {one.place}: {one.problem}. {one.remedy}" for one in obstacles]
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def read(path: Path) -> Plan:
    """Read the file. Raises ValueError, with the reason, for what is no plan."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    entries: dict[str, Entry] = {}
    for section in ("models", "tables"):
        for name, given in data.get(section, {}).items():
            kind = given.get("kind")
            if kind not in KINDS:
                raise ValueError(f"{name}: the kind {kind!r} is none of {', '.join(KINDS)}")
            if kind == "tenant" and not (given.get("path") or given.get("own")):
                raise ValueError(f"{name}: a table of tenants needs a path, or own")
            entries[name] = Entry(
                label=name if section == "models" else "",
                table=given.get("table", name),
                kind=kind,
                why=given.get("why", ""),
                path=given.get("path", ""),
                own=given.get("own", ""),
                agree=list(given.get("agree", [])),
                third_party=bool(given.get("third_party", False)),
            )
    if not isinstance(data.get("root"), str):
        raise ValueError("it names no root")
    return Plan(data["root"], entries)


def _entry(entry: Entry) -> list[str]:
    section = f"[models.{_text(entry.label)}]" if entry.label else f"[tables.{_text(entry.table)}]"
    lines = [section, f"kind = {_text(entry.kind)}"]
    if entry.own:
        lines.append(f"own = {_text(entry.own)}")
    if entry.path:
        lines.append(f"path = {_text(entry.path)}")
    if entry.kind == "tenant" and entry.path:
        lines.append(f"agree = {json.dumps(entry.agree)}")
    if others := [path for path in entry.candidates if path != entry.path]:
        lines.append(f"# other paths: {', '.join(others)}")
    lines += [f"table = {_text(entry.table)}"] if entry.label else []
    lines += ["third_party = true"] if entry.third_party else []
    lines.append(f"why = {_text(entry.why)}")
    if entry.rows is not None:
        found = [f"{entry.rows:,} rows"] + ([f"{entry.missing:,} without a customer"] if entry.missing else [])
        found += [f"{count:,} that {path} leads elsewhere" for path, count in entry.disagree.items()]
        lines.append(f"# {', '.join(found)}")
    return lines


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
