"""Makes a file of the refused rows alone, as they stood in the upload, with why: correct it and import it again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import IO

from .browse import pages
from .files import Detection, detect
from .files.exports import line_writer, neutralise
from .files.problems import presentable
from .files.reading import read_records_of
from .models import MemberImport
from .reading import kept_file, overrides_of
from .targets import TARGETS

WHY = "Why it was refused"


def refused_lines(item: MemberImport) -> Iterator[str]:
    """The lines of a CSV file with the upload's own columns and one more, one in memory at a time.

    The file is opened here and not with the first line: whoever streams the lines learns in time that there is
    nothing to stream. Raises FileRefused when the file was purged.
    """
    kept = contextlib.ExitStack()
    with contextlib.ExitStack() as opened:
        detection = detect(opened.enter_context(kept_file(item)), TARGETS[item.target].file, overrides_of(item))
        kept = opened.pop_all()
    return _lines(item, detection, kept)


def write_refused(item: MemberImport, stream: IO[str]) -> int:
    """Write those lines; returns how many rows. Raises FileRefused when the file was purged."""
    return sum(1 for line in refused_lines(item) if stream.write(line)) - 1


def _lines(item: MemberImport, detection: Detection, kept: contextlib.ExitStack) -> Iterator[str]:
    """Walks the file and the list side by side, since both are in the order of lines."""
    names = detection.header.names
    writer = line_writer()
    with kept:
        yield writer.writerow([*map(neutralise, names), WHY])
        records = read_records_of(detection)
        for refused in pages(item, "refused"):
            if refused["line"] < 1:
                continue  # somebody missing from the file, who would have been deactivated
            for record in records:
                if record.line == refused["line"]:
                    cells = [neutralise(_storable(cell)) for cell in record.cells[: len(names)]]
                    cells += [""] * (len(names) - len(cells))
                    why = " ".join(f"{problem['reason']} {problem['remedy']}" for problem in refused["problems"])
                    yield writer.writerow([*cells, why])
                    break


def _storable(cell: str) -> str:
    return cell if cell.isprintable() else presentable(cell)
