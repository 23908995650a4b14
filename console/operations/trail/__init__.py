"""The trail: one browser over every recorded act and every history table, what changed, and the way back."""

from .browse import PER_PAGE, Wanted, browse
from .diff import diff, flat_json, previous
from .sources import history_of, may_see, sources, tracked_models

__all__ = [
    "PER_PAGE",
    "Wanted",
    "browse",
    "diff",
    "flat_json",
    "history_of",
    "may_see",
    "previous",
    "sources",
    "tracked_models",
]
