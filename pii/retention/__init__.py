"""How long data stays: declared spans, a sweep that obeys them, and the Article 30 record."""

from .record import record_of_processing
from .spans import offered, spans
from .sweep import due, sweep
from .swept import Swept

__all__ = ["Swept", "due", "offered", "record_of_processing", "spans", "sweep"]
