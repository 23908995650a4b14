"""The memory of erasures: in the database, in a journal outside it, and a guard that compares the two."""

from .guard import journal_ahead, refuse_to_serve_unreplayed
from .meet import is_erased, note_return
from .replay import replay

__all__ = ["is_erased", "journal_ahead", "note_return", "refuse_to_serve_unreplayed", "replay"]
