"""The export package: everything about one person, readable offline by people and machines."""

from .door import run_export, start_export
from .purge import purge_packages
from .verify import verify_package

__all__ = ["purge_packages", "run_export", "start_export", "verify_package"]
