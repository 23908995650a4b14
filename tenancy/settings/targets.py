"""The two things whose settings are edited, a tenant and the platform, behind one interface for forms and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext as _

from . import platform, secrets, store, upgrade
from . import unknown as undeclared
from .config import resolution_of
from .documents import ABSENT
from .edit import Changes
from .form.group_form import State
from .form.show import show
from .registry import Group, registry
from .resolution import Source, judge_stored

if TYPE_CHECKING:
    from ..models import Tenant


class Target(Protocol):
    """Whose settings a page edits."""

    @property
    def version(self) -> int: ...

    def states(self, group: Group) -> dict[str, State]: ...

    def unknown(self, group: Group) -> list[tuple[str, str]]: ...

    def unknown_groups(self) -> list[tuple[str, str]]: ...

    def change(self, changes: Changes, **options: Any) -> Any: ...

    def seal(self, text: str, name: str) -> str: ...

    def opens(self, token: str, name: str) -> bool: ...

    def history(self) -> Any: ...


class _Sealing:
    """Typed secrets between two steps of a form: encrypted for the owner they will belong to."""

    owner: Any = None

    def seal(self, text: str, name: str) -> str:
        """The token that the next step posts."""
        return secrets.seal(text, name, self.owner)[secrets.SEALED]

    def opens(self, token: str, name: str) -> bool:
        """Whether a posted token was made here for this setting."""
        from ..exceptions import TenancyError

        try:
            secrets.unseal({secrets.SEALED: token, "as": name}, self.owner)
        except TenancyError:
            return False
        return True


class TenantTarget(_Sealing):
    """One tenant's own values over the inherited ones."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.owner = tenant.pk

    @property
    def version(self) -> int:
        """Of the tenant's document."""
        return self.tenant.settings_version

    def states(self, group: Group) -> dict[str, State]:
        """What the tenant holds and would inherit, by key."""
        resolved = resolution_of(self.tenant, group)
        names = {Source.DEFAULT: _("default"), Source.PLATFORM: _("platform")}
        return {
            key: State(
                own=item.own.value if item.own.is_set else ABSENT,
                inherited=item.inherited.value,
                inherited_from=names[item.inherited.source],
                lock=item.lock,
                problems=item.own.problems,
            )
            for key, item in resolved.settings.items()
        }

    def unknown(self, group: Group) -> list[tuple[str, str]]:
        """Stored keys that this release does not know, with their values in words."""
        return [(key, show(value)) for key, value in resolution_of(self.tenant, group).unknown.items()]

    def unknown_groups(self) -> list[tuple[str, str]]:
        """``group.key`` of stored groups that this release does not know, with their values in words."""
        return _strange(self.tenant.settings)

    def change(self, changes: Changes, **options: Any) -> Any:
        """`store.change` for this tenant."""
        return store.change(self.tenant, changes, **options)

    def history(self) -> Any:
        """The recorded changes, newest first."""
        from ..models import SettingChange

        return SettingChange.objects.filter(tenant_id=self.tenant.pk)


class PlatformTarget(_Sealing):
    """The platform's overrides over the declared defaults; `locks` says what no tenant may override."""

    def __init__(self) -> None:
        self.platform = platform.read()

    @property
    def version(self) -> int:
        """Of the platform's document."""
        return self.platform.version

    @property
    def locks(self) -> Mapping[str, Any]:
        """The locked names."""
        return self.platform.locks

    def states(self, group: Group) -> dict[str, State]:
        """What the platform overrides, by key."""
        stored = upgrade.read(group, self.platform.document)
        return {
            key: State(
                own=(own := stored.values.get(key, ABSENT)),
                inherited=setting.default,
                inherited_from=_("default"),
                problems=tuple(judge_stored(setting, own)) if own is not ABSENT and not stored.problem else (),
            )
            for key, setting in group.settings.items()
        }

    def unknown(self, group: Group) -> list[tuple[str, str]]:
        """Stored keys that this release does not know, with their values in words."""
        stored = upgrade.read(group, self.platform.document)
        return [(key, show(value)) for key, value in stored.values.items() if key not in group.settings]

    def unknown_groups(self) -> list[tuple[str, str]]:
        """``group.key`` of stored groups that this release does not know, with their values in words."""
        return _strange(self.platform.document)

    def change(self, changes: Changes, **options: Any) -> Any:
        """`store.change_platform`."""
        options.pop("editor", None)
        return store.change_platform(changes, **options)

    def history(self) -> Any:
        """The recorded changes, newest first."""
        from ..models import PlatformSettingChange

        return PlatformSettingChange.objects.all()


def _strange(document: Any) -> list[tuple[str, str]]:
    found = undeclared.in_document(document)
    return [
        (f"{group}.{key}", show(value))
        for group, entry in found.items()
        if group not in registry
        for key, value in entry["values"].items()
    ]
