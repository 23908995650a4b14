"""`make shots`: walks the browser journeys and keeps their pictures in var/shots, light, dark and narrow."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "var" / "shots"

if __name__ == "__main__":
    os.environ["SHOTS"] = str(FOLDER)
    code = pytest.main(["-q", "-n0", "-m", "browser", "tests/browser"])
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")
    sys.exit(code)
