"""What the pages of an import show in each of its states, and what their forms say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, QueryDict

from . import undo
from .browse import LISTS, PAGE, page
from .covering import cover_of
from .files import FileRefused, MappingError, read_rows
from .files.problems import presentable
from .files.tables import Record
from .flow import rules_of, stamp
from .forms import ChoicesForm, MappingForm, ReadingForm
from .models import ImportState, MemberImport
from .progress import is_working, progress_of
from .reading import kept_file
from .states import is_busy
from .targets import TARGETS
from .uploading import look

SAMPLE = 5
LOOKED_AT = 40  # rows among which the sample is found


def shown(request: HttpRequest, item: MemberImport) -> dict[str, Any]:
    """The import as it stands: the bar while a job works, the mapping before, the lists after."""
    working = is_working(item)
    context: dict[str, Any] = {"item": item, "working": working, "stuck": is_busy(item) and not working}
    if working:
        return context | {"progress": progress_of(item)}
    if item.state == ImportState.UPLOADED:
        return context | mapping(request, item)
    return context | lists(request, item)


def mapping(request: HttpRequest, item: MemberImport) -> dict[str, Any]:
    """The forms before the check, and how the first rows would be read."""
    forms: dict[str, Any] = {
        "mapping": MappingForm(item),
        "reading": ReadingForm(initial=item.overrides),
        "choices": ChoicesForm(item),
    }
    try:
        return forms | sample(request, item)
    except (FileRefused, MappingError) as refused:
        return forms | {"problem": str(refused)}


def sample(request: HttpRequest, item: MemberImport) -> dict[str, Any]:
    """The first rows as they would be read with what is set on `item`. Raises FileRefused and MappingError."""
    target, cover = TARGETS[item.target].file, cover_of(request, item)
    with kept_file(item) as file:
        detection = look(item, file)
        rows, _translator = read_rows(detection, rules=rules_of(item))
        found = [row for row, _number in zip(rows, range(LOOKED_AT), strict=False) if not row.skipped][:SAMPLE]
    width = len(detection.header.names)
    return {
        "item": item,
        "sample_fields": target.stored,
        "is_covered": cover.hides_file,
        "sample_rows": [] if cover.hides_file else [(row, row.values or []) for row in found],
        "raw": [[] if cover.hides_file else _first_values(detection.sample, at) for at in range(width)],
        "missing": detection.missing,
    }


def _first_values(records: Sequence[Record], column: int) -> list[str]:
    """Up to three values of a column, for people to know it by."""
    cells = [presentable(record.cells[column].strip())[:60] for record in records if column < len(record.cells)]
    return [cell for cell in cells if cell][:3]


def choose(item: MemberImport, data: QueryDict) -> None:
    """Set mapping, reading and choices on `item` (unsaved) as the form says. Raises MappingError with what is wrong."""
    columns, reading, choices = MappingForm(item, data), ReadingForm(data), ChoicesForm(item, data)
    for form in (columns, reading, choices):
        if not form.is_valid():
            raise MappingError("; ".join(str(error) for errors in form.errors.values() for error in errors))
    overrides = reading.overrides()
    if overrides == {name: value for name, value in item.overrides.items() if name != "mapping"}:
        overrides["mapping"] = columns.mapping()  # with another delimiter the columns are others
    item.overrides, item.choices = overrides, choices.choices().dump()
    with kept_file(item) as file:
        look(item, file)


def lists(request: HttpRequest, item: MemberImport) -> dict[str, Any]:
    """One list of rows, a page of it, and the numbers of all."""
    found = [(name, int(item.counts.get(name, 0))) for name in LISTS if item.counts.get(name)]
    chosen = request.GET.get("list", "")
    if chosen not in LISTS:
        chosen = "refused" if item.counts.get("refused") else (found[0][0] if found else "new")
    after = request.GET.get("after", "")
    behind = int(after) if after.removeprefix("-").isdecimal() and len(after) < 10 else None
    cover = cover_of(request, item)
    rows = [cover.row(row) for row in page(item, chosen, behind, PAGE)] if item.previewed_at else []
    context = {
        "lists": found,
        "chosen": chosen,
        "rows": rows,
        "is_covered": cover.hides_file or (cover.hides_rows and chosen in ("changed", "missing")),
        "hides_file": cover.hides_file,
        "next": rows[-1]["line"] if len(rows) == PAGE else None,
        "labels": {field.name: field.label for field in TARGETS[item.target].file.fields},
        "stamp": stamp(item),
        "undoable": undo.is_possible(item),
    }
    if context["undoable"]:
        context["conflicts"] = undo.conflicts_of(item, 20)
    return context
