"""Makes a file of the refused rows alone, as they stood in the upload, with why: correct it and import it again."""

from __future__ import annotations

import csv
from typing import IO

from .browse import pages
from .files import detect
from .files.exports import neutralise
from .files.problems import presentable
from .files.reading import read_records_of
from .models import MemberImport
from .reading import kept_file, overrides_of
from .targets import TARGETS

WHY = "Why it was refused"


def write_refused(item: MemberImport, stream: IO[str]) -> int:
    """Write CSV with the file's own columns and one more; returns how many rows. Raises FileRefused when purged.

    Walks the file and the list side by side, since both are in the order of lines.
    """
    count = 0
    with kept_file(item) as path:
        detection = detect(path, TARGETS[item.target].file, overrides_of(item))
        writer = csv.writer(stream)
        writer.writerow([*map(neutralise, detection.header.names), WHY])
        records = read_records_of(detection)
        width = len(detection.header.names)
        for refused in pages(item, "refused"):
            if refused["line"] < 1:
                continue  # somebody missing from the file, who would have been deactivated
            for record in records:
                if record.line == refused["line"]:
                    cells = [neutralise(_storable(cell)) for cell in record.cells[:width]]
                    cells += [""] * (width - len(cells))
                    why = " ".join(f"{problem['reason']} {problem['remedy']}" for problem in refused["problems"])
                    writer.writerow([*cells, why])
                    count += 1
                    break
    return count


def _storable(cell: str) -> str:
    return cell if cell.isprintable() else presentable(cell)
