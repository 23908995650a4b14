"""Words a staged row as people read it: who it is, and its documents as lines instead of code."""

from __future__ import annotations

import json
from typing import Any

from ..attributes import join_attributes
from .reading import MARK


def present(row: dict[str, Any]) -> None:
    """Set `shown` (who the row is) on a row of `console.members.browse`, and word its changes."""
    values = row["values"]
    name = " ".join(filter(None, (values.get("first_name"), values.get("last_name")))) or values.get("display_name")
    key = "" if row["key"].startswith(MARK) else row["key"]
    row["shown"] = key or name or values.get("company") or values.get("external_id") or ""
    for change in row["changes"]:
        if isinstance(change["after"], dict):
            before = change["before"] or {}
            change["after"] = join_attributes(
                {name: value for name, value in change["after"].items() if before.get(name) != value}
            )
            change["before"] = join_attributes(
                {name: before[name] for name in before if name in row["values"]["attributes"]}
            )
    if row["before"] is not None and values.get("tags"):
        names = ", ".join(sorted(json.loads(values["tags"]).values()))
        row["changes"].append({"field": "tags", "before": "", "after": names})
