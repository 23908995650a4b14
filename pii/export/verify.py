"""Check a package against its manifest: every file, every hash, every row count, the signature."""

from __future__ import annotations

import hashlib
import hmac
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from .signing import sign

# What damaged, encrypted and made-up archives raise, in the library that reads them and here.
UNREADABLE = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)


def verify_package(path: Path) -> list[str]:
    """What is wrong with a package, in plain sentences; an empty list says that it is whole and ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "manifest.json" not in names:
                return ["There is no manifest.json."]
            manifest = json.loads(archive.read("manifest.json"))
            problems = []
            signature = manifest.pop("signature", "")
            if not hmac.compare_digest(signature, sign(manifest)):
                problems.append("The signature is not this installation's.")
            listed = manifest.get("files", {})
            problems += [
                f"{name} is not in the manifest." for name in names if name not in listed and name != "manifest.json"
            ]
            problems += [f"{name} is missing." for name in listed if name not in names]
            problems += [f"{name} stands twice." for name in {name for name in names if names.count(name) > 1}]
            for name, said in listed.items():
                if name in names:
                    problems += _check(archive, name, said)
            return problems
    except UNREADABLE as error:
        return [f"This is no readable package ({type(error).__name__})."]


def _check(archive: zipfile.ZipFile, name: str, said: dict[str, Any]) -> list[str]:
    digest, lines, size = hashlib.sha256(), 0, 0
    with archive.open(name) as source:
        while piece := source.read(1 << 20):
            digest.update(piece)
            lines += piece.count(b"\n")
            size += len(piece)
    if digest.hexdigest() != said["sha256"] or size != said["bytes"]:
        return [f"{name} was changed."]
    if name.endswith(".jsonl") and lines != said["rows"]:
        return [f"{name} has {lines} rows, the manifest says {said['rows']}."]
    return []
