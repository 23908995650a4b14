"""Streams a file into the staging table: COPY by the one role that may, then on into the tenant's isolated rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tenancy import jobs
from tenancy.db.message import narrow_role

from .choices import Choices
from .database import ROWS, run, value
from .files import FileRefused, Row, Rule, detect, read_rows
from .files.rules import word
from .files.translation import Translator
from .models import MemberImport
from .reading import overrides_of
from .targets import TARGETS, MergeTarget

BATCH = 5_000
MOVE = 25_000  # rows; not fewer at a time, since each move looks through all that were moved before
MAX_RULES = 500
FIRST = "import_id, tenant_id, line, last_line, action, key, note"


class Cancelled(Exception):
    """Somebody asked the job to stop."""


def stage(item: MemberImport, path: Path) -> None:
    """Read the kept file at `path` into the staging table, in place of whatever is there.

    Needs the tenant's scope. Sets what was detected on `item` without saving it. Raises FileRefused and Cancelled.
    """
    target = TARGETS[item.target]
    detection = detect(path, target.file, overrides_of(item))
    if detection.missing:
        raise FileRefused(
            "no_key",
            f"No column holds the {' and the '.join(detection.missing).lower()}.",
            "Choose it in the mapping (on the command line: --map “Column=email”).",
        )
    foreign: list[int] = []
    rules = extra_rules(Choices.load(item.choices))
    found, translator = read_rows(detection, rules=rules, foreign=foreign, apart=True)
    with transaction.atomic():
        clear(item)
        _copy(item, found, target)
    item.detected = detection.summary()
    item.rules = [[*rule, count] for rule, count in translator.used.most_common(MAX_RULES)]
    item.notes = [*detection.notes, *_foreign(foreign)]
    _describe(item, translator)


def extra_rules(choices: Choices) -> list[Rule]:
    """Translations that a person added."""
    made = []
    for field, words in choices.words.items():
        for text, meaning in words.items():
            result: str | bool = meaning == "true" if meaning in ("true", "false") else meaning
            made.append(Rule(field, word(text), {field: result}))
    return made


def clear(item: MemberImport) -> None:
    """Drop the staged rows of an import."""
    run(f"DELETE FROM {ROWS} WHERE import_id = %(import)s", item)


def is_staged(item: MemberImport) -> bool:
    """Whether its rows are there; after a crash of the database they are gone, being unlogged."""
    return bool(value(f"SELECT EXISTS (SELECT FROM {ROWS} WHERE import_id = %(import)s)", item))


def _copy(item: MemberImport, found: Iterator[Row], target: MergeTarget) -> None:
    """Batch by batch, since progress is told between statements and never in the narrow role."""
    columns = [f"c{place}" for place in range(1, len(target.file.stored) + 1)]
    statement = f"COPY staging.landing ({FIRST}, {', '.join(columns)}) FROM STDIN"
    count = 0
    while batch := list(islice(found, BATCH)):
        with narrow_role("import"), connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in batch:
                copy.write_row(_staged(item, row, len(columns)))
        count += len(batch)
        if count % MOVE == 0:  # while a process beside this one unpacks on
            _move(item, target)
        jobs.progress(count, None, "Reading the file")
        if jobs.cancelled():
            raise Cancelled
    _move(item, target)
    jobs.progress(count, None, f"Comparing with the {target.noun}s")


def _staged(item: MemberImport, row: Row, width: int) -> tuple[Any, ...]:
    last = row.last_line or row.line
    if row.values is not None:
        return (item.pk, item.tenant_id, row.line, last, "new", row.key, None, *row.values)
    blanks = (None,) * width
    if row.skipped:
        return (
            item.pk,
            item.tenant_id,
            row.line,
            last,
            "skipped",
            row.key,
            json.dumps({"reason": row.skipped}),
            *blanks,
        )
    note = json.dumps({"problems": [problem.as_dict() for problem in row.problems]})
    return (item.pk, item.tenant_id, row.line, last, "refused", row.key, note, *blanks)


def _move(item: MemberImport, target: MergeTarget) -> None:
    """From the landing table, which has no policies, to the rows of the tenant, which have."""
    names = f"{FIRST}, " + ", ".join(f"c{place}" for place in range(1, len(target.file.stored) + 1))
    with narrow_role("import"):
        run(
            f"INSERT INTO {ROWS} ({names}, audience) SELECT {names}, %(audience)s FROM staging.landing "
            "WHERE import_id = %(import)s",
            item,
        )
        run("DELETE FROM staging.landing WHERE import_id = %(import)s", item)


def _foreign(lines: list[int]) -> list[str]:
    if not lines:
        return []
    shown = ", ".join(map(str, lines[:20])) + (" …" if len(lines) > 20 else "")
    return [f"{len(lines)} lines are written in another encoding than the rest and were read in theirs: {shown}."]


def _describe(item: MemberImport, translator: Translator) -> None:
    names: dict[str, Any] = {}
    for column in item.detected["columns"]:
        if column["field"]:
            names.setdefault(column["field"], column["name"])
    item.detected = item.detected | {"column_of": names, "rules": sum(translator.used.values())}
