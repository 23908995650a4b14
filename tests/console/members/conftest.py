"""Kept files go into the test's own folder."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def kept_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT
