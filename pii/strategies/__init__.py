"""What erasure does to one column: expressions for one set-based UPDATE, never `save()`."""

from .base import Context, Strategy
from .keep import Keep
from .scrubbing import Scrub
from .values import Blank, Fixed, Null, RandomEmail, RandomText, Redact, RemoveFile, Unusable

__all__ = [
    "Blank",
    "Context",
    "Fixed",
    "Keep",
    "Null",
    "RandomEmail",
    "RandomText",
    "Redact",
    "RemoveFile",
    "Scrub",
    "Strategy",
    "Unusable",
]
