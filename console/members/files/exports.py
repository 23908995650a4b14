"""Makes cells harmless to spreadsheet programs, which run what starts like a formula."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(value: str) -> str:
    """`value` with an apostrophe before it when a spreadsheet could take it for a formula (OWASP: CSV injection).

    `cells.clean` takes the apostrophe off again, so that an export can be imported without a change.
    """
    if value.startswith(_STARTS) or value.lstrip()[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return value
