"""The officers and their steps, shared with the app's own tests, and a crowd that no member of staff may see."""

from __future__ import annotations

import logging

import pytest

from tests.pii.conftest import approver, erase, officer, own_files

from .canaries import Keeper, gather

__all__ = ["approver", "erase", "officer", "own_files"]


@pytest.fixture
def crowd(tenant_a, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.DEBUG = False
    return gather(tenant_a, officer, tmp_path)


@pytest.fixture
def lines():
    """Every log line as it is written, of every level."""
    keeper, names = Keeper(), ("", "django", "console", "tenancy", "pii")
    for name in names:
        logging.getLogger(name).addHandler(keeper)
    yield keeper.written
    for name in names:
        logging.getLogger(name).removeHandler(keeper)
