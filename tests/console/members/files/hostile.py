"""Makes one hostile file, reads it in this process, and prints what became of it and what it cost."""

from __future__ import annotations

import io
import json
import re
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

SPACE = 3 << 30  # bytes of address space; what takes more dies here and not on the machine
HEAD = b"email,name\n"
ROOT = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def ragged(out):
    out.write(HEAD + b"".join(b"p%d@x.test,A\nq%d@x.test,A,b,c\n" % (n, n) for n in range(50_000)))


def nul_bytes(out):
    out.write(HEAD + b"".join(b"p%d@x.test,A\nq%d@x.test,A\0b\n" % (n, n) for n in range(50_000)))


def cell_of_two_million(out):
    out.write(HEAD + b"a@x.test,A\nb@x.test," + b"x" * 2_000_000 + b"\nc@x.test,C\n")


def two_million_in_quotes(out):
    out.write(HEAD + b'a@x.test,A\nb@x.test,"' + b"x" * 2_000_000 + b'"\nc@x.test,C\n')


def no_csv(out):
    out.write(bytes(range(256)) * 40_000)


def wrong_extension(out):
    out.write(workbook(rows('<c t="inlineStr"><is><t>a@x.test</t></is></c>', 2)))


def zip_bomb(out):
    out.write(workbook(ROOT + " " * 400_000_000))


def nested_zip(out):
    inner = io.BytesIO()
    zip_bomb(inner)
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(50):
            archive.writestr(f"{number}.xlsx", inner.getvalue())


def lying_bomb(out):
    """Its list of parts tells of a few bytes; what lies there unpacks to 400 MB."""
    content = bytearray(workbook(ROOT + " " * 400_000_000))
    entry = next(at.start() for at in re.finditer(rb"PK\x01\x02", content) if b"sheet1" in content[at.start() :][:90])
    for at in (entry + 24, int.from_bytes(content[entry + 42 : entry + 46], "little") + 22):
        content[at : at + 4] = (2_000).to_bytes(4, "little")
    out.write(content)


def overlapping_bomb(out):
    """A hundred names for the same packed bytes, as in the bombs that go by better ratios than any one part could."""
    content = bytearray(workbook(rows("<c><v>1</v></c>", 200_000)))
    start = int.from_bytes(content[-6:-2], "little")
    entry = next(at.start() for at in re.finditer(rb"PK\x01\x02", content) if b"sheet1" in content[at.start() :][:90])
    size = 46 + int.from_bytes(content[entry + 28 : entry + 30], "little")
    extra = b"".join(
        content[entry : entry + 46] + content[entry + 46 : entry + size - 4] + b"%04d" % number for number in range(100)
    )
    end = bytearray(content[-22:])
    end[12:16] = (len(content) - 22 - start + len(extra)).to_bytes(4, "little")
    out.write(content[:-22] + extra + end)


def entities(out):
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    out.write(workbook(f"<!DOCTYPE x [{laughs}]>{ROOT}<row><c><v>&a9;</v></c></row></sheetData></worksheet>"))


def deep_elements(out):
    out.write(workbook(ROOT + "<a>" * 3_000_000))


def endless_comment(out):
    out.write(workbook(ROOT + "<!--" + " < " * 3_000_000))


def texts_without_end(out):
    out.write(workbook(rows('<c t="s"><v>99999999</v></c>', 1), shared="<si/>" * 2_000_000))


def formulas(out):
    out.write(HEAD + b"".join(b"p%d@x.test,\"=cmd|' /C calc'!A0\"\n" % n for n in range(20_000)))


def ten_thousand_columns(out):
    out.write(",".join(f"column {n}" for n in range(10_000)).encode() + b"\n" + (b"x," * 9_999 + b"x\n") * 100)


def ten_thousand_columns_below(out):
    out.write(HEAD + b"a@x.test,A\n" + (b"x," * 9_999 + b"x\n") * 2_000)


def mixed_encodings(out):
    out.write(HEAD)
    for number in range(50_000):
        out.write(b"p%d@x.test,Zo\xeb\nq%d@x.test,Zo\xc3\xab\n" % (number, number))


def deeply_quoted(out):
    out.write(HEAD + b'a@x.test,"' + b'""' * 100_000 + b'"\nb@x.test,B\n')


def one_line_of_500_megabytes(out):
    out.write(HEAD + b"a@x.test,A\n")
    for _ in range(500):
        out.write(b"x," * (1 << 19))
    out.write(b"\nc@x.test,C\n")


def quotes_without_end(out):
    out.write(HEAD + b'a@x.test,"b\n' * 2_000_000)


def words_without_end(out):
    out.write(b"email,role\n")
    for number in range(400):
        out.write(b"p%d@x.test,%d" % (number, number) + b"(" * 200_000 + b"\n")


def blank_lines(out):
    out.write(HEAD + b"a@x.test,A\n")
    for _ in range(100):
        out.write(b"\n" * 200_000)


def rows(cells, count):
    head = '<row><c t="inlineStr"><is><t>email</t></is></c></row>'
    return f"{ROOT}{head}{f'<row>{cells}</row>' * count}</sheetData></worksheet>"


def workbook(sheet, shared=""):
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns:r="{space}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="r1" Type="{space}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{space}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        if shared:
            archive.writestr("xl/sharedStrings.xml", f"<sst>{shared}</sst>")
    return packed.getvalue()


def read(path):
    from console.members.files import MEMBERS, FileRefused, detect, read_rows

    found = {"outcome": "read", "read": 0, "refused": 0, "remedy": "-"}
    try:
        for row in read_rows(detect(path, MEMBERS))[0]:
            found["read" if row.values else "refused"] += not row.skipped
            assert all(problem.reason and problem.remedy for problem in row.problems)
    except FileRefused as refused:
        return {"outcome": refused.code, "read": 0, "refused": 0, "remedy": refused.remedy}
    return found


if __name__ == "__main__":
    name, folder = sys.argv[1:3]
    path = Path(folder) / "people.csv"
    if len(sys.argv) == 3:  # made by another process, whose memory is not counted here
        with path.open("wb") as out:
            globals()[name](out)
        answer = subprocess.run([sys.executable, "-m", __spec__.name, name, folder, "read"], check=False)
        sys.exit(answer.returncode)
    resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
    if name == "texts_without_end":
        from console.members.files import strings  # the limit is lowered, or the file would have to be huge

        strings.MAX_XLSX_TEXTS = 1_000_000
    import console.members.files.reading  # noqa: F401  # what the modules take is not the file's cost

    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    told = read(path)
    told["megabytes"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    told["seconds"] = round(time.monotonic() - start, 2)
    print(json.dumps(told))
