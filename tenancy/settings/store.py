"""The one door through which settings are written: judged, compared with what the editor saw, recorded."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from .. import audit
from ..signals import settings_changed
from . import edit, platform, secrets, unknown, upgrade
from .documents import ABSENT, same
from .edit import Changes, Edit
from .registry import registry
from .resolution import judge_stored

if TYPE_CHECKING:
    from ..models import PlatformSettingChange, SettingChange, Tenant


def change(
    tenant: Tenant,
    changes: Changes,
    *,
    by: Any,
    reason: str = "",
    editor: str = "staff",
    source: str = "command",
    expect: Mapping[str, str] | None = None,
    kept: unknown.Unknown | None = None,
    dry_run: bool = False,
) -> SettingChange | None:
    """Set or reset settings of `tenant`; all or nothing. Returns the recorded change, or None where nothing changed.

    `changes` maps ``group.key`` to a JSON value or ABSENT (inherit). `editor` is the right that `by` acts with
    (``admin``, ``owner``, ``staff``). `expect` maps names to digests (`tenancy.settings.documents.digest`) of the
    stored values that the editor saw. `kept` is what nobody declares, written as it is. With `dry_run` the unsaved
    record is returned. Needs the tenant's scope or a wider one. Raises UnknownSetting, and ValueRefused,
    SettingLocked, EditNotAllowed, SettingConflict (all of them TenantRefused).
    """

    def make(document: dict[str, Any]) -> Edit:
        return edit.apply(
            document,
            changes,
            seal=lambda text, name: secrets.seal(text, name, tenant.pk),
            editor=editor,
            locks=platform.read().locks,
            expect=expect,
            kept=kept,
        )

    return _write(tenant, make, by=by, reason=reason, source=source, dry_run=dry_run)


def rollback(
    tenant: Tenant, version: int, *, by: Any, reason: str = "", editor: str = "staff", dry_run: bool = False
) -> tuple[SettingChange | None, list[str]]:
    """Bring the settings back to what they were at `version`.

    Returns the recorded change and the names that stay as they are: secrets, what `editor` may not change (of unknown
    keys only staff may), what is locked by now, and values that no longer fit. Raises LookupError for a version that
    history does not reach.
    """
    wanted = document_at(tenant, version)
    changes, staying = {}, []
    locks = platform.read().locks
    for group in registry:
        now, then = upgrade.read(group, tenant.settings), upgrade.read(group, wanted)
        if now.problem or then.problem:
            continue
        for key, setting in group.settings.items():
            old, value = now.values.get(key, ABSENT), then.values.get(key, ABSENT)
            if same(old, value) or secrets.is_sealed(old) or secrets.is_sealed(value):
                continue
            fits = value is ABSENT or (setting.name not in locks and not judge_stored(setting, value))
            if fits and setting.may_be_edited_by(editor):
                changes[setting.name] = value
            else:
                staying.append(setting.name)
    strange = unknown.between(tenant.settings, wanted)
    if editor != "staff":
        staying, strange = staying + unknown.names(strange), {}
    options: dict[str, Any] = {"by": by, "reason": reason, "editor": editor, "source": "rollback", "dry_run": dry_run}
    return change(tenant, changes, kept=strange, **options), staying


def document_at(tenant: Tenant, version: int) -> dict[str, Any]:
    """The tenant's document as it was at `version` (0: nothing set), secrets aside. Refreshes `tenant`.

    Raises LookupError for a version that history does not reach.
    """
    from ..models import SettingChange

    tenant.refresh_from_db(fields=["settings", "settings_version"])
    later = list(SettingChange.objects.filter(tenant_id=tenant.pk, version__gt=version).order_by("-version"))
    if not 0 <= version <= tenant.settings_version or len(later) != tenant.settings_version - version:
        raise LookupError(f"History does not reach version {version}.")
    document: dict[str, Any] = dict(tenant.settings)
    for row in later:
        document = edit.undo(document, row.changes)
    return document


def rewrite(
    tenant: Tenant, document: dict[str, Any], *, by: Any, reason: str, source: str, dry_run: bool = False
) -> SettingChange | None:
    """Replace the whole document by one that this package made itself (upgrade, rotation)."""
    return _write(
        tenant,
        lambda before: Edit(document, edit.describe(before, document)),
        by=by,
        reason=reason,
        source=source,
        dry_run=dry_run,
    )


def _write(tenant: Tenant, make: Any, *, by: Any, reason: str, source: str, dry_run: bool) -> SettingChange | None:
    from ..models import SettingChange, Tenant

    with transaction.atomic():
        # no_key: foreign keys to the tenant do not have to wait.
        locked = Tenant.objects.select_for_update(no_key=True).only("settings", "settings_version").get(pk=tenant.pk)
        made: Edit = make(locked.settings)
        if not made.recorded:
            tenant.settings, tenant.settings_version = locked.settings, locked.settings_version
            return None
        version = locked.settings_version + 1
        row = SettingChange(
            tenant_id=tenant.pk,
            version=version,
            changes=made.recorded,
            actor_id=str(getattr(by, "pk", by) or ""),
            reason=reason,
            source=source,
        )
        if dry_run:
            return row
        Tenant.objects.filter(pk=tenant.pk).update(
            settings=made.document, settings_version=version, updated_at=timezone.now()
        )
        row.save(force_insert=True)
        details = {"version": version, "names": row.names, "source": source}
        audit.record("settings.changed", by=by, tenant=tenant.pk, reason=reason, details=details)
        settings_changed.send(sender=SettingChange, tenant_id=tenant.pk, names=row.names)
    tenant.settings, tenant.settings_version = made.document, version
    return row


def change_platform(
    changes: Changes,
    *,
    by: Any,
    reason: str = "",
    lock: Iterable[str] = (),
    unlock: Iterable[str] = (),
    source: str = "command",
    expect: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> PlatformSettingChange | None:
    """Set or reset the platform's overrides, and lock or unlock settings for all tenants. Needs staff or system scope.

    Returns the recorded change, or None where nothing changed. Raises as `change` does.
    """
    from ..models import PlatformSettingChange, PlatformSettings

    wanted = {registry.setting(name).name: True for name in lock} | dict.fromkeys(unlock, False)
    with transaction.atomic():
        row, _made = PlatformSettings.objects.select_for_update().get_or_create(pk=PlatformSettings.SINGLE)
        made = edit.apply(row.document, changes, seal=lambda text, name: secrets.seal(text, name, None), expect=expect)
        moved = {name: to for name, to in wanted.items() if to != (name in row.locks)}
        if not made.recorded and not moved:
            return None
        actor = str(getattr(by, "pk", by) or "")
        recorded = PlatformSettingChange(
            version=row.version + 1, changes=made.recorded, locks=moved, actor_id=actor, reason=reason, source=source
        )
        if dry_run:
            return recorded
        stamp = {"by": actor, "at": audit.moment().isoformat(timespec="seconds"), "reason": reason}
        kept = {name: entry for name, entry in row.locks.items() if moved.get(name) is not False}
        row.locks = kept | {name: stamp for name, to in moved.items() if to}
        row.document, row.version, row.revision = made.document, row.version + 1, uuid.uuid4()
        row.save()
        recorded.save(force_insert=True)
        details = {"version": row.version, "names": recorded.names, "locks": moved, "source": source}
        audit.record("platform_settings.changed", by=by, reason=reason, details=details)
        settings_changed.send(sender=PlatformSettingChange, tenant_id=None, names=recorded.names)
    platform.written()
    transaction.on_commit(platform.written)
    return recorded
