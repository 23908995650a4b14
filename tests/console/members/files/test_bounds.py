"""Each hostile file in a process of its own: read or refused with a remedy, in bounded time and memory.

The ceilings are generous (a busy machine must not fail them) and yet far below what the file could cost: memory is what
the process took beyond its start, measured by the kernel; an address space limit ends one that goes on taking.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 120
MEGABYTES = 150
ROOT = Path(__file__).resolve().parents[4]

# name → (what the reader answers, how many rows are read, how many refused)
EXPECTED = {
    "ragged": ("read", 50_000, 50_000),
    "nul_bytes": ("read", 50_000, 50_000),
    "cell_of_two_million": ("read", 2, 1),
    "two_million_in_quotes": ("read", 2, 1),
    "no_csv": ("not_a_table", 0, 0),
    "wrong_extension": ("read", 2, 0),
    "zip_bomb": ("zip_bomb", 0, 0),
    "nested_zip": ("not_a_table", 0, 0),
    "lying_bomb": ("damaged", 0, 0),
    "overlapping_bomb": ("damaged", 0, 0),
    "entities": ("external_entities", 0, 0),
    "deep_elements": ("zip_bomb", 0, 0),
    "endless_comment": ("cell_too_long", 0, 0),
    "texts_without_end": ("zip_bomb", 0, 0),
    "formulas": ("read", 20_000, 0),
    "ten_thousand_columns": ("too_many_columns", 0, 0),
    "ten_thousand_columns_below": ("read", 1, 2_000),
    "mixed_encodings": ("read", 100_000, 0),
    "deeply_quoted": ("read", 1, 1),
    "one_line_of_500_megabytes": ("read", 2, 1),
    "quotes_without_end": ("open_quotes", 0, 0),
    "words_without_end": ("read", 0, 400),
    "blank_lines": ("too_many_rows", 0, 0),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_file_costs_bounded_time_and_memory(tmp_path, name):
    done = subprocess.run(
        [sys.executable, "-m", "tests.console.members.files.hostile", name, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert (said["outcome"], said["read"], said["refused"]) == EXPECTED[name], said
    assert said["megabytes"] < MEGABYTES, said
    assert said["seconds"] < SECONDS, said
    assert said["remedy"]
