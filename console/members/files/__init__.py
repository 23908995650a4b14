"""Reads files of people that other programs and other hands wrote: one row at a time, whatever their size.

The tour, in the order a file meets it:

* `kinds` looks at the first bytes: text, XLSX, or something that is refused by name.
* `encodings` finds the encoding and the lines that were written in another one; `lines` yields bounded lines.
* `dialects` finds delimiter and quoting; `tables` yields records with their line; `sheets` does both for XLSX.
* `targets` describes what the rows shall become; `people` is that description for members.
* `headers` finds the row of names, `mapping` says which column feeds which field.
* `detection` puts these together into one answer that is shown before anything happens.
* `rules` are the translations of words, as data; `translation` turns a record into values or problems.
* `exports` writes files that spreadsheets cannot be tricked with.

Nothing here touches the database, and memory does not grow with the file.
"""

from .detection import Detection, Overrides, detect
from .mapping import MappingError, parse_map_option
from .people import MEMBERS
from .problems import FileRefused, Problem
from .reading import read_rows
from .targets import Field, Kind, Layout, Rule, Target
from .translation import Row

__all__ = [
    "MEMBERS",
    "Detection",
    "Field",
    "FileRefused",
    "Kind",
    "Layout",
    "MappingError",
    "Overrides",
    "Problem",
    "Row",
    "Rule",
    "Target",
    "detect",
    "parse_map_option",
    "read_rows",
]
