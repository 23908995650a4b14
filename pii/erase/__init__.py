"""The one door through which personal data is erased: a request, approved, run as a resumable job."""

from .door import run_erasure, start_erasure

__all__ = ["run_erasure", "start_erasure"]
