"""Read the whole database for one person's identifiers, and prove that the reading could have found them."""

from .run import ScanResult, scan

__all__ = ["ScanResult", "scan"]
