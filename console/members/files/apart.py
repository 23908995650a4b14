"""Reads a large spreadsheet in a process of its own: unpacking and judging then take a core each.

The other process writes batches of records as lines of JSON; whatever it meets in a hostile file, it hands over text.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from .problems import FileRefused, Problem
from .sheets import read_sheet
from .tables import Record

LARGE = 1 << 20
"""Files up to this many bytes are read here: another process takes a moment to begin."""
_BATCH = 500
_AHEAD = 1 << 20  # bytes in the pipe: it unpacks on while the database takes a batch


def read_sheet_apart(path: Path, sheet: str = "") -> Iterator[Record]:
    """As `read_sheet`, of the whole sheet. Raises FileRefused as it does, and RuntimeError if the process is lost."""
    if path.stat().st_size <= LARGE:
        yield from read_sheet(path, sheet)
        return
    command = [sys.executable, "-c", f"from {__name__} import write; write()", str(path.absolute()), sheet]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, pipesize=_AHEAD, env=environment) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            for line in process.stdout:
                for number, cells, problem in _told(json.loads(line)):
                    yield Record(number, cells, Problem(*problem) if problem else None)
            if process.wait():
                raise RuntimeError(f"The process that read the spreadsheet ended with {process.returncode}.")
        finally:
            process.kill()  # when nobody wants the rest


def _told(answer: object) -> list[tuple[int, list[str], list[str] | None]]:
    if isinstance(answer, dict):
        raise FileRefused(**answer)
    assert isinstance(answer, list)
    return answer


def write() -> None:
    """The other process: write the records of the sheet that the arguments name."""
    try:
        for answer in _answers(Path(sys.argv[1]), sys.argv[2]):
            sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever wanted the rows is gone
        os._exit(1)


def _answers(path: Path, sheet: str) -> Iterator[object]:
    try:
        records = read_sheet(path, sheet)
        while batch := list(islice(records, _BATCH)):
            yield [(line, cells, problem and _plain(problem)) for line, cells, problem in batch]
    except FileRefused as refused:
        yield {"code": refused.code, "reason": refused.reason, "remedy": refused.remedy}


def _plain(problem: Problem) -> tuple[str, ...]:
    return problem.code, problem.reason, problem.remedy, problem.column, problem.value
