"""How long data stays: declared spans, a sweep that obeys them, and the Article 30 record."""

from .record import record_of_processing
from .sweep import Swept, sweep

__all__ = ["Swept", "record_of_processing", "sweep"]
