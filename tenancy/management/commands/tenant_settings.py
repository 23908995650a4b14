"""``manage.py tenant_settings``: read, explain and change settings from the command line."""

from __future__ import annotations

import getpass
import json
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenancy.exceptions import TenancyError
from tenancy.models import Tenant
from tenancy.scope import system_scope
from tenancy.settings import cli
from tenancy.settings.documents import ABSENT
from tenancy.settings.errors import SettingError
from tenancy.settings.maintenance import NOBODY, Walk, misfits, rotate_secrets, upgrade_all
from tenancy.settings.registry import registry
from tenancy.settings.targets import PlatformTarget, TenantTarget
from tenancy.settings.transfer import changes_from, exported, loads
from tenancy.settings.unknown import names

PLATFORM = "@platform"


class Command(BaseCommand):
    """Exit codes: 0 done, 1 refused or unknown (the nearest names are told), 2 wrong usage."""

    help = "Reads, explains and changes the settings of a tenant, or of the platform (@platform)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)

        def action(name: str, help: str, *names: str, writes: bool = False) -> Any:
            sub = actions.add_parser(name, help=help)
            for argument in names:
                sub.add_argument(argument)
            sub.add_argument("--json", action="store_true", help="print JSON")
            if writes:
                sub.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
                sub.add_argument("--reason", default="", help="stands in the history")
            return sub

        action("explain", "every level of a setting and which one won", "slug", "name")
        action("get", "the value that holds", "slug").add_argument("name", nargs="?")
        sub = action("set", "set a value (JSON, or plain text)", "slug", "name", writes=True)
        sub.add_argument("value", nargs="?", help="left out for a secret: it is asked for, or read from a pipe")
        sub.add_argument("--unset", action="store_true", help="inherit again")
        sub.add_argument("--lock", action="store_true", help="@platform only: no tenant may override it")
        sub.add_argument("--unlock", action="store_true", help="@platform only: tenants may override it again")
        action("export", "print what the tenant set itself, without secrets", "slug")
        action("import", "set what an export holds", "slug", "file", writes=True)
        sub = action("upgrade", "store every tenant's settings at the present versions", writes=True)
        sub.add_argument("--after", type=UUID, default=NOBODY, help="go on after this tenant")
        action("rotate", "encrypt all secrets anew with the newest key", writes=True)
        action("misfits", "stored values that do not fit the declared schemas")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with system_scope(reason="tenant_settings on the command line"):
                getattr(self, f"do_{options['action']}")(options)
        except (SettingError, TenancyError, LookupError) as error:
            raise CommandError(str(error), returncode=1) from None

    def say(self, options: dict[str, Any], data: Any, *lines: str) -> None:
        """Print `data` as JSON, or `lines` for people."""
        if options["json"]:
            lines = (json.dumps(data, indent=2, ensure_ascii=False, default=str),)
        for line in lines:
            self.stdout.write(line)

    def do_explain(self, options: dict[str, Any]) -> None:
        """Every level of one setting."""
        found = cli.explain(tenant_of(options["slug"]), options["name"])
        self.say(options, found, *cli.explained(found))

    def do_get(self, options: dict[str, Any]) -> None:
        """One value, or all."""
        tenant = tenant_of(options["slug"])
        names = [registry.setting(options["name"]).name] if options["name"] else registry.names()
        values = {name: cli.explain(tenant, name)["value"] for name in names}
        data = values[names[0]] if options["name"] else values
        width = max(map(len, names), default=0)
        lines = [f"{name:<{width}}  {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
        self.say(options, data, *([json.dumps(data, ensure_ascii=False)] if options["name"] else lines))

    def do_set(self, options: dict[str, Any]) -> None:
        """Set, reset, lock or unlock one setting."""
        setting = registry.setting(options["name"])
        is_platform = options["slug"] == PLATFORM
        locks = {"lock": [setting.name] if options["lock"] else [], "unlock": [setting.name] * options["unlock"]}
        if any(locks.values()) and not is_platform:
            raise CommandError("--lock and --unlock go with @platform.", returncode=2)
        changes: dict[str, Any] = {}
        if options["unset"]:
            changes[setting.name] = ABSENT
        elif setting.is_secret and not any(locks.values()):
            if options["value"] is not None:
                raise CommandError("A secret is not given on the command line, where others can read it.", returncode=2)
            changes[setting.name] = getpass.getpass() if sys.stdin.isatty() else sys.stdin.read().rstrip("\n")
        elif options["value"] is not None:
            changes[setting.name] = cli.typed(setting, options["value"])
        elif not any(locks.values()):
            raise CommandError("Give a value, or --unset.", returncode=2)
        target = PlatformTarget() if is_platform else TenantTarget(tenant_of(options["slug"]))
        extra = locks if is_platform else {}
        made = target.change(changes, by=None, reason=options["reason"], dry_run=options["dry_run"], **extra)
        self.tell(options, made)

    def tell(self, options: dict[str, Any], made: Any, notes: tuple[str, ...] = ()) -> None:
        """Say what a change did or would do."""
        verb = "Would change" if options["dry_run"] else "Changed"
        if made is None:
            self.say(options, {"changed": [], "notes": notes}, "Nothing to change.", *notes)
            return
        moved = getattr(made, "locks", {})
        names = sorted({*made.names, *moved})
        data = {"changed": made.changes, "locks": moved, "version": made.version, "notes": notes}
        self.say(options, data, f"{verb} (version {made.version}): {', '.join(names)}", *notes)

    def do_export(self, options: dict[str, Any]) -> None:
        """Print the export; it is JSON in any case."""
        self.say({**options, "json": True}, exported(tenant_of(options["slug"])))

    def do_import(self, options: dict[str, Any]) -> None:
        """Set what a file holds; ``-`` reads the pipe."""
        try:
            text = sys.stdin.read() if options["file"] == "-" else Path(options["file"]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file can not be read: {type(error).__name__}", returncode=1) from None
        tenant = tenant_of(options["slug"])
        changes, kept = changes_from(tenant, loads(text))
        made = TenantTarget(tenant).change(
            changes, kept=kept, by=None, reason=options["reason"], source="import", dry_run=options["dry_run"]
        )
        known = registry.names()
        notes = (f"Not known here, kept as it is: {name}.{cli.nearest(name, known)}" for name in names(kept))
        self.tell(options, made, tuple(notes))

    def do_upgrade(self, options: dict[str, Any]) -> None:
        """Walk over all tenants, with progress and a way to resume."""
        started = time.monotonic()

        def report(walk: Walk) -> None:
            seconds = time.monotonic() - started
            left = seconds / walk.done * (walk.total - walk.done) if walk.done else 0
            self.stderr.write(f"{walk.done}/{walk.total} tenants, {left:.0f} s left, resume with --after {walk.last}")

        walk = upgrade_all(after=options["after"], dry_run=options["dry_run"], report=report)
        verb = "Would upgrade" if options["dry_run"] else "Upgraded"
        data = {"changed": walk.changed, "failed": list(map(str, walk.failed)), "last": str(walk.last)}
        self.say(options, data, f"{verb} {walk.changed} tenants.", *(f"Failed: tenant {pk}" for pk in walk.failed))
        if walk.failed:
            raise CommandError(f"{len(walk.failed)} tenants could not be upgraded.", returncode=1)

    def do_rotate(self, options: dict[str, Any]) -> None:
        """Renew the encryption."""
        count = rotate_secrets(dry_run=options["dry_run"])
        self.say(options, {"secrets": count}, f"{'Would renew' if options['dry_run'] else 'Renewed'} {count} secrets.")

    def do_misfits(self, options: dict[str, Any]) -> None:
        """List values that are stored and not used; exit code 1 when there are any."""
        found = [
            {"tenant": misfit.tenant.slug, "name": misfit.name, "problems": list(map(str, misfit.problems))}
            for misfit in misfits(Tenant.objects.order_by("slug"))
        ]
        self.say(options, found, *(f"{one['tenant']} {one['name']}: {'; '.join(one['problems'])}" for one in found))
        if found:
            raise CommandError(f"{len(found)} stored values do not fit.", returncode=1)


def tenant_of(slug: str) -> Tenant:
    """The tenant. Raises LookupError with the nearest slugs."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        hint = cli.nearest(slug, Tenant.objects.filter(slug__startswith=slug[:1]).values_list("slug", flat=True)[:2000])
        raise LookupError(f"There is no tenant '{slug}'.{hint}")
    return tenant
