"""One shared scrubber for text and JSON."""

from .value import MARKER, scrub_text, scrub_value

__all__ = ["MARKER", "scrub_text", "scrub_value"]
