"""The memory of erasures: in the database, in a journal outside it, and a guard that compares the two."""

from .guard import journal_ahead, refuse_to_serve_unreplayed
from .meet import any_erased, forget_expired, is_erased, note_return, note_returns
from .replay import replay

__all__ = [
    "any_erased",
    "forget_expired",
    "is_erased",
    "journal_ahead",
    "note_return",
    "note_returns",
    "refuse_to_serve_unreplayed",
    "replay",
]
