"""Judges the staged rows in bulk, a few statements for any number of rows: what is new, changed, unchanged, refused."""

from __future__ import annotations

from django.db import transaction

from .choices import Choices
from .database import ROWS, rows
from .domains import refuse_other_domains
from .joins import hashed_joins
from .matching import add_missing, match, merge_duplicates
from .models import MemberImport
from .power import keep_last_owner, refuse_escalation
from .taken import refuse_beyond_seats, refuse_found_twice, refuse_taken_ids
from .targets import TARGETS


@transaction.atomic
def review(item: MemberImport) -> None:
    """Sort the staged rows of `item` and count them, in the tenant's scope. Sets counts and notes without saving."""
    target = TARGETS[item.target]
    choices = Choices.load(item.choices)
    with hashed_joins():
        merge_duplicates(item, target)
    match(item, target, choices)
    with hashed_joins():
        refuse_taken_ids(item, target)
        if target.further:
            refuse_found_twice(item, target)
    if target.people:
        refuse_escalation(item, target)
        add_missing(item, target, choices)
        refuse_other_domains(item, target)
        with hashed_joins():
            refuse_beyond_seats(item, target)
        keep_last_owner(item, target)
    if target.judge is not None:
        target.judge(item)
    count(item)


def count(item: MemberImport) -> None:
    """Set the counts by action, without saving."""
    item.counts = dict(rows(f"SELECT action, count(*) FROM {ROWS} WHERE import_id = %(import)s GROUP BY 1", item))
