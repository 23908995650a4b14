"""The archive: JSON lines per model, the stored files, and a manifest with a checksum for every entry."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from pii.restricted import without_restricted
from tenancy.files import open_tenant_file
from tenancy.models import Tenant, UserTenantMembership
from tenancy.settings.secrets import is_sealed

from ..models import Attachment
from .tables import Table, tables

FORMAT = 1
CHUNK = 2_000
README = """This archive holds everything that {name} keeps here, as of {at}.

tenant.json      the organisation itself and its settings; secrets are left out
people.jsonl     the accounts of its members: address and name
records/*.jsonl  one file per kind of record, one JSON object per line; historical* files hold former states
files/           the attachments, each in a folder named after its record's id
manifest.json    rows, bytes and SHA-256 of every file in this archive, the columns that were withheld,
                 and how many rows were left out because processing of them is restricted (Art. 18 GDPR)

Check a file with: sha256sum <file>
"""


class Archive:
    """Writes entries one after the other; nothing is held in memory but one chunk of rows."""

    def __init__(self, target: IO[bytes], step: Callable[[int, str], None]) -> None:
        self.zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.entries: list[dict[str, Any]] = []
        self.step = step
        self.rows = 0

    def write(self, path: str, parts: Iterable[bytes]) -> dict[str, Any]:
        """Write one entry from its parts and note its checksum."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(path, "w", force_zip64=True) as out:
            for part in parts:
                out.write(part)
                digest.update(part)
                size += len(part)
        entry: dict[str, Any] = {"path": path, "bytes": size, "sha256": digest.hexdigest()}
        self.entries.append(entry)
        return entry

    def write_rows(self, path: str, objects: Iterable[dict[str, Any]]) -> int:
        """Write one object per line; returns how many."""
        counted = [0]

        def lines() -> Iterator[bytes]:
            for item in objects:
                counted[0] += 1
                yield as_line(item)
                if counted[0] % CHUNK == 0:
                    self.step(self.rows + counted[0], path)

        entry = self.write(path, lines())
        entry["rows"] = counted[0]
        self.rows += counted[0]
        return counted[0]

    def close(self, **facts: Any) -> None:
        """Write the manifest and end the archive."""
        manifest = {"format": FORMAT, **facts, "entries": self.entries}
        self.zip.writestr("manifest.json", json.dumps(manifest, indent=1, cls=DjangoJSONEncoder))
        self.zip.close()


def write_archive(tenant: Tenant, target: IO[bytes], step: Callable[[int, str], None]) -> dict[str, int]:
    """Write the whole tenant, in its scope; returns how many rows of each model, and files. `step` may raise to stop.

    One transaction around it (see the job) makes it one moment's picture.
    """
    archive = Archive(target, step)
    at = timezone.now()
    archive.write("README.txt", [README.format(name=tenant.name, at=at.isoformat(timespec="seconds")).encode()])
    archive.write("tenant.json", [json.dumps(_tenant(tenant), indent=1, cls=DjangoJSONEncoder).encode()])
    counts = {"people": archive.write_rows("people.jsonl", _people())}
    withheld: dict[str, list[str]] = {}
    restricted: dict[str, int] = {}
    for table in tables(tenant.pk):
        counts[table.name] = archive.write_rows(f"records/{table.name}.jsonl", _objects(table))
        if table.withheld:
            withheld[table.name] = table.withheld
        if table.restricted:
            restricted[table.name] = table.restricted
        step(archive.rows, table.name)
    counts["files"], missing = _files(archive)
    archive.close(tenant=str(tenant.pk), made_at=at, withheld=withheld, restricted=restricted, missing_files=missing)
    return counts


def as_line(item: dict[str, Any]) -> bytes:
    """One JSON object and the end of its line."""
    return json.dumps(item, ensure_ascii=False, cls=DjangoJSONEncoder).encode() + b"\n"


def _objects(table: Table) -> Iterator[dict[str, Any]]:
    rows = table.rows.values_list(*table.columns)
    for values in rows.iterator(chunk_size=CHUNK):
        yield dict(zip(table.columns, values, strict=True))


def _people() -> Iterator[dict[str, Any]]:
    rows = (
        without_restricted(UserTenantMembership.objects.all())
        .order_by("pk")
        .values_list("user_id", "user__email", "user__full_name", "entered_at")
    )
    for key, email, name, entered in rows.iterator(chunk_size=CHUNK):
        yield {"id": key, "email": email, "full_name": name if entered else ""}


def _tenant(tenant: Tenant) -> dict[str, Any]:
    names = ("id", "name", "slug", "state", "created_at", "updated_at")
    return {name: getattr(tenant, name) for name in names} | {"settings": without_secrets(tenant.settings)}


def without_secrets(value: Any) -> Any:
    """The same document, every sealed value replaced by a marker."""
    if is_sealed(value):
        return "[secret]"
    if isinstance(value, dict):
        return {key: without_secrets(part) for key, part in value.items()}
    return [without_secrets(part) for part in value] if isinstance(value, list) else value


def _files(archive: Archive) -> tuple[int, list[str]]:
    count, missing = 0, []
    for attachment in without_restricted(Attachment.objects.all()).order_by("pk").iterator(chunk_size=CHUNK):
        try:
            with open_tenant_file(attachment.file.name) as content:
                archive.write(f"files/{attachment.pk}/{attachment.name}", content.chunks())
        except FileNotFoundError:
            missing.append(str(attachment.pk))
            continue
        count += 1
        archive.step(archive.rows, "files")
    return count, missing
