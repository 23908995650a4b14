"""The officers and their steps, shared with the app's own tests."""

from tests.pii.conftest import approver, erase, officer, own_files

__all__ = ["approver", "erase", "officer", "own_files"]
