"""Says what an import did, as data for programs and as sentences for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .models import MemberImport


def report(
    item: MemberImport, refused: list[dict[str, Any]], skipped: list[dict[str, Any]], *, dry_run: bool
) -> dict[str, Any]:
    """The result of one import."""
    counts = {
        name: int(item.counts.get(name, 0)) for name in ("new", "changed", "unchanged", "skipped", "refused", "missing")
    }
    written = not dry_run and item.state == "done"
    return {
        "import": item.number,
        "state": item.state,
        "dry_run": dry_run,
        "layout": item.detected.get("layout_label", ""),
        "encoding": item.detected.get("encoding", ""),
        "delimiter": item.detected.get("delimiter", ""),
        "columns": {entry["name"]: entry["field"] for entry in item.detected.get("columns", []) if entry["field"]},
        "rules": [
            {"column": column, "value": value, "meaning": meaning, "rows": rows}
            for column, value, meaning, rows in item.rules
        ],
        **counts,
        "created": item.applied_count("new") if written else 0,
        "updated": item.applied_count("changed") if written else 0,
        "conflicts": item.applied_count("conflicts"),
        "message": item.message,
        "notes": item.notes,
        "skipped_rows": [{"line": row["line"], "reason": row["reason"]} for row in skipped],
        "problems": [{"line": row["line"], **problem} for row in refused for problem in row["problems"]],
    }


def sentences(result: dict[str, Any]) -> Iterator[str]:
    """The report for a terminal."""
    form = ", ".join(part for part in (result["encoding"], result["delimiter"]) if part)
    yield f"Read as: {result['layout']}" + (f" ({form})" if form else "")
    yield "Columns: " + ", ".join(f"{column} → {field}" for column, field in result["columns"].items())
    for rule in result["rules"][:40]:
        yield f"Rule: {rule['column']} “{rule['value']}” → {rule['meaning']} ({rule['rows']} rows)"
    for note in result["notes"]:
        yield f"Note: {note}"
    for row in result["skipped_rows"][:100]:
        yield f"Line {row['line']} skipped: {row['reason']}"
    for entry in result["problems"]:
        where = f", column “{entry['column']}”" if entry["column"] else ""
        value = f", value “{entry['value']}”" if entry["value"] else ""
        yield f"Line {entry['line']}{where}{value}: {entry['reason']} {entry['remedy']}"
    if result["dry_run"]:
        yield (
            f"Dry run, nothing was changed: {result['new']} new, {result['changed']} changed, {result['unchanged']} "
            f"unchanged, {result['skipped']} skipped, {result['refused']} refused."
        )
    elif result["state"] == "done":
        yield (
            f"Import #{result['import']}: {result['created']} added, {result['updated']} changed, "
            f"{result['unchanged']} unchanged, {result['skipped']} skipped, {result['refused']} refused."
        )
    else:
        yield result["message"] or f"Nothing was taken (strict): {result['refused']} rows are refused."
    if result["missing"]:
        yield f"{result['missing']} active members are not in the file."
