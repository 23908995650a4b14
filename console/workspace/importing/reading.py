"""Reads what only contacts have: custom attributes and tags, and who a row is where it has no address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError

from console.members.files.cells import BadCell
from console.members.files.headers import normalise
from console.members.files.problems import Problem, presentable

from ..attributes import split_attributes, validate_attributes
from ..keys import search_key
from ..models import Contact

MARK = "\x1f"
"""Begins the key of a row without an address, and stands between its parts; no cell may hold it."""

LISTS = {"attributes", "custom attributes", "custom attribute", "custom fields"}
_BETWEEN_TAGS = re.compile(r"[;,|]")


def read_attributes(found: Sequence[tuple[str, str]]) -> str:
    """Columns called by their attribute, and columns that list several as our export does, as one document."""
    read: dict[str, str] = {}
    try:
        for column, cell in found:
            if normalise(column) in LISTS:
                read |= split_attributes(cell)
            else:
                read[column.strip()] = cell
        validate_attributes(read)
    except ValidationError as refused:
        reason = " ".join(refused.messages)
        shown = presentable("; ".join(cell for _column, cell in found))
        remedy = "Write several as “name: value; name: value”, or give each a column of its own."
        raise BadCell(Problem("attributes", reason, remedy, value=shown)) from None
    return json.dumps(read, sort_keys=True, ensure_ascii=False)


def read_tags(found: Sequence[tuple[str, str]]) -> str:
    """Words between semicolons, commas or bars, each under the key that tells tags apart."""
    names = [" ".join(name.split()) for _column, cell in found for name in _BETWEEN_TAGS.split(cell)]
    keyed = {search_key(name): name for name in reversed(names)}  # the first spelling stays
    keyed.pop("", None)
    for name in keyed.values():
        if len(name) > 50:
            raise BadCell(
                Problem("tags", "A tag has at most 50 characters.", "Shorten it.", value=presentable(name)),
            )
    return json.dumps(keyed, sort_keys=True, ensure_ascii=False) if keyed else ""


def identify(values: Mapping[str, str]) -> str:
    """Who a row is: its address; without one its external id; without either the name with the number or company."""
    if address := values.get("email"):
        return address
    if own := values.get("external_id"):
        return MARK.join(("", "id", own))
    names = {name: values.get(name) or "" for name in ("first_name", "last_name", "phone", "company")}
    keys = Contact(**names).search_keys()
    if not keys["name_key"]:
        return ""
    return MARK.join(
        ("", "name", keys["name_key"], keys["phone_key"], "" if keys["phone_key"] else keys["company_key"])
    )
