"""How much of a file is looked at before it is called hostile."""

MAX_FILE_BYTES = 512 * 1024 * 1024
"""Largest file that is read at all."""

MAX_COLUMNS = 512
"""Widest table; the widest known export has some sixty columns."""

MAX_LINE = 262_144
"""Longest line of a text file, in characters; a longer one is cut and its row refused."""

MAX_ROWS = 2_000_000
"""Rows of one file; the engine is measured with a million."""

MAX_LINES = 10_000_000
"""Lines of one file, blank ones included."""

MAX_WORD = 200
"""Longest text that is looked up as a word such as “admin” or “suspended”, in characters."""

MAX_SPELLINGS = 5_000
"""Different spellings of words that one file's report tells apart."""

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

MAX_XLSX_DIRECTORY = 2 * 1024 * 1024
"""Bytes of the ZIP's own list of parts, which is read as one piece."""

MAX_XLSX_DEPTH = 100
"""Elements inside one another; the parts of a workbook nest some ten deep."""

MAX_XLSX_TEXTS = 12_000_000
"""Different texts of one workbook: a full sheet of Excel with a new text in every one of eleven columns."""

MAX_XLSX_ENTRIES = 10_000
"""Sheets, relations and number formats of one workbook, each."""

MAX_XLSX_LOOK = 64 * 1024 * 1024
"""Unpacked bytes of sheets that detection looks at to find the first rows."""

MAX_XLSX_CELL = 32_768
"""Longest text of one spreadsheet cell (Excel itself stops at 32,767 characters); no field takes as much."""

SAMPLE_LINES = 400
"""Lines that detection looks at."""

SAMPLE_CHARS = 262_144
"""Characters that detection looks at."""
