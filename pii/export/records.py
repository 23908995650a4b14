"""Write one dataset in the forms that people and machines read: JSON lines, CSV, a page, and Art. 20's JSON."""

from __future__ import annotations

import csv
import html
import io
import json
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from .datasets import Dataset
from .zipfile import Package, safe_name

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(value: Any) -> str:
    """A cell that no spreadsheet runs: what starts like a formula gets an apostrophe in front."""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def write_dataset(package: Package, dataset: Dataset) -> None:
    """Stream the rows once per form; nothing is gathered."""
    _json_lines(package, dataset)
    _csv(package, dataset)
    _page(package, dataset)
    if dataset.portable:
        _portable(package, dataset)
    _history(package, dataset)
    _files(package, dataset)


def _line(row: Any) -> str:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)


def _json_lines(package: Package, dataset: Dataset) -> None:
    with package.open(f"{dataset.folder}/records.jsonl") as entry:
        entry.rows = 0
        for row in dataset.rows():
            entry.write(_line(row) + "\n")
            entry.rows += 1
        dataset.count = entry.rows


def _csv(package: Package, dataset: Dataset) -> None:
    with package.open(f"{dataset.folder}/records.csv") as entry:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(dataset.columns)
        entry.rows = 0
        for row in dataset.rows():
            writer.writerow([neutral(row[name]) for name in dataset.columns])
            entry.rows += 1
            if buffer.tell() > 1 << 16:
                entry.write(buffer.getvalue())
                buffer.seek(0)
                buffer.truncate()
        entry.write(buffer.getvalue())


def _page(package: Package, dataset: Dataset) -> None:
    with package.open(f"{dataset.folder}/records.html") as entry:
        title = html.escape(dataset.title)
        entry.write(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            "<style>body{font:16px/1.5 system-ui;margin:2rem}table{border-collapse:collapse}"
            "td,th{border:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top}</style>"
            f'<p><a href="../../../index.html">Back</a></p><h1>{title}</h1><table><tr>'
        )
        entry.write("".join(f'<th scope="col">{html.escape(name)}</th>' for name in dataset.columns) + "</tr>\n")
        for row in dataset.rows():
            cells = (html.escape(neutral(row[name]).removeprefix("'")) for name in dataset.columns)
            entry.write("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n")
        entry.write("</table></html>\n")


def _portable(package: Package, dataset: Dataset) -> None:
    name = f"portability/{safe_name(dataset.tenant)}/{safe_name(dataset.model._meta.label_lower)}.json"
    with package.open(name) as entry:
        entry.rows = 0
        entry.write("[")
        for row in dataset.rows():
            entry.write((",\n" if entry.rows else "\n") + _line({key: row[key] for key in dataset.portable}))
            entry.rows += 1
        entry.write("\n]\n")


def _history(package: Package, dataset: Dataset) -> None:
    rows = dataset.history()
    first = next(rows, None)
    if first is None:
        return
    with package.open(f"{dataset.folder}/history.jsonl") as entry:
        entry.write(_line(first) + "\n")
        entry.rows = 1
        for row in rows:
            entry.write(_line(row) + "\n")
            entry.rows += 1


def _files(package: Package, dataset: Dataset) -> None:
    for name in dataset.files:
        field: Any = dataset.model._meta.get_field(name)
        storage = getattr(field, "storage", default_storage)
        for number, row in enumerate(dataset.rows(), 1):
            path = row[name]
            if path and storage.exists(path):
                inside = f"{dataset.folder}/files/{number:05d}-{safe_name(path)}"
                with package.open(inside) as entry, storage.open(path, "rb") as source:
                    while piece := source.read(1 << 16):
                        entry.write(piece)
