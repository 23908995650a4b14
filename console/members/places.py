"""Where a merge stands: ranges of lines, each written in its order, chunk by chunk.

`MemberImport.places` is a list of ranges ``[late, after, upto]``: the lines behind `after` up to `upto` are still to be
written. Each chunk commits together with its range's new `after`, so that a killed run goes on where it stopped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from .database import ROWS, rows, value
from .models import ImportState, MemberImport
from .states import TakenOver, hold

FIRST, LAST = -(2**31), 2**31 - 1


@dataclass(frozen=True)
class Chunk:
    """The lines behind `after` up to `upto`, of the range at this index; `late`: those that take ownership away."""

    late: bool
    after: int
    upto: int
    place: int = 0


def divide(item: MemberImport, work: str, parts: int) -> None:
    """Begin: cut the rows that meet the condition `work` into `parts` ranges of as many, and one of the late ones.

    Ownership is taken away last, after it was given. Rows that were written before are unchanged by then: to begin
    again is harmless. Raises TakenOver.
    """
    of = f"FROM {ROWS} s WHERE import_id = %(import)s AND NOT late AND {work}"  # no values in it
    total = value(f"SELECT count(*) {of}", item)
    cuts = [FIRST]
    for part in range(1, parts if total >= parts else 1):
        last = {"before": total * part // parts - 1}
        cuts.append(value(f"SELECT line {of} ORDER BY line OFFSET %(before)s LIMIT 1", item, **last))
    pairs = zip(cuts, [*cuts[1:], LAST], strict=True)
    with transaction.atomic():
        hold(item, ImportState.RUNNING)
        item.places = [*([False, after, upto] for after, upto in pairs), [True, FIRST, LAST]]
        item.save(update_fields=["places"])


def left(item: MemberImport, work: str) -> int:
    """How many rows are still to be written."""
    late, after, upto = (list(column) for column in zip(*item.places, strict=True))
    return int(
        value(
            f"SELECT count(*) FROM {ROWS} s JOIN unnest(%(lates)s::boolean[], %(afters)s::integer[], "
            "%(uptos)s::integer[]) AS place(is_late, after, upto) ON s.late = is_late AND s.line > after "
            f"AND s.line <= upto WHERE import_id = %(import)s AND {work}",
            item,
            lates=late,
            afters=after,
            uptos=upto,
        )
    )


def next_chunks(item: MemberImport, work: str, size: int) -> list[Chunk]:
    """The next rows of each range, at most `size` of each; the late ones only when nothing else is left."""
    for late in (False, True):
        found = []
        for place, (is_late, after, upto) in enumerate(item.places):
            if is_late == late:
                last = rows(
                    f"SELECT max(line) FROM (SELECT line FROM {ROWS} s WHERE import_id = %(import)s "
                    f"AND late = %(late)s AND line > %(after)s AND line <= %(upto)s AND {work} "
                    "ORDER BY line LIMIT %(limit)s) AS next",
                    item,
                    late=late,
                    after=after,
                    upto=upto,
                    limit=size,
                )[0][0]
                if last is not None:
                    found.append(Chunk(late, after, last, place))
        if found:
            return found
    return []


def join(item: MemberImport, chunk: Chunk) -> None:
    """Begin the chunk's transaction: nobody moves the import on until it ends. Raises TakenOver if somebody did.

    The lock lets the other range's transaction in beside, and waits for whoever holds the import alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, places FROM members_memberimport WHERE id = %s FOR KEY SHARE", [item.pk])
        found = cursor.fetchone()
    _refuse_another(found and (found[0], json.loads(found[1])), chunk)


def advance(item: MemberImport, chunk: Chunk, written: dict[str, int]) -> None:
    """End the chunk's transaction: keep how far its range came, and how many rows were written.

    Raises TakenOver if somebody else moved the import on meanwhile, or wrote the same chunk: nothing of it stands then.
    The ranges wait here for each other, after their work and after the checks that would wait for COMMIT: the lock is
    held for a moment.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    stored = MemberImport.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    _refuse_another((stored.state, stored.places), chunk)
    stored.places[chunk.place][1] = chunk.upto
    stored.add_applied(**written)
    stored.save(update_fields=["applied", "places"])


def _refuse_another(found: tuple[str, list[Any]] | None, chunk: Chunk) -> None:
    if found is None or found[0] != ImportState.RUNNING or len(found[1]) <= chunk.place:
        raise TakenOver
    if found[1][chunk.place][:2] != [chunk.late, chunk.after]:
        raise TakenOver
