"""How much of a file is looked at before it is called hostile."""

MAX_FILE_BYTES = 512 * 1024 * 1024
"""Largest file that is read at all."""

MAX_COLUMNS = 512
"""Widest table; the widest known export has some sixty columns."""

MAX_LINE = 262_144
"""Longest line of a text file, in characters; a longer one is cut and its row refused."""

MAX_QUOTED_LINES = 100
"""Lines that one quoted cell may span; a longer one is a quote that was never closed."""

MAX_BROKEN_QUOTES = 200
"""Quotes left open in one file before the file as a whole is refused."""

MAX_XLSX_UNPACKED = 2 * 1024 * 1024 * 1024
"""Largest sum of the parts of an XLSX file after unpacking."""

MAX_XLSX_RATIO = 200
"""How many times its packed size a large part of an XLSX file may unpack to."""

MAX_XLSX_PARTS = 2_000
"""Parts in one XLSX file."""

MAX_XLSX_CELL = 131_072
"""Longest text of one spreadsheet cell (Excel itself stops at 32,767 characters)."""

SAMPLE_LINES = 400
"""Lines that detection looks at."""

SAMPLE_CHARS = 262_144
"""Characters that detection looks at."""
