"""Per-tenant settings: declared once as JSON Schema or as a class, edited in a safe form, read in one line of code.

* **Declare** in a module ``tenant_settings`` of an installed app: `register` takes a JSON Schema, `settings_group` and
  `setting` a class. `tenancy.settings.keywords` states the supported subset; the rest is refused at start-up.
* **Read**: ``tenant.config.<group>.<key>``, typed and cached. `tenancy.settings.resolution` decides which level wins.
* **Write** through `tenancy.settings.store`: judged, locked, recorded.

Importing this package loads no models.
"""

from .errors import (
    EditNotAllowed,
    SchemaRefused,
    SettingConflict,
    SettingLocked,
    UnknownSetting,
    ValueRefused,
)
from .registry import Group, Registry, Setting, register, registry
from .typed import setting, settings_group

__all__ = [
    "EditNotAllowed",
    "Group",
    "Registry",
    "SchemaRefused",
    "Setting",
    "SettingConflict",
    "SettingLocked",
    "UnknownSetting",
    "ValueRefused",
    "register",
    "registry",
    "setting",
    "settings_group",
]
