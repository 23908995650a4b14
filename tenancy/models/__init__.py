"""Tenants, who belongs to them, and the base class of everything they own."""

from .invitation import Invitation
from .membership import UserTenantMembership
from .observed import ObservedAccess
from .owned import TenantOwnedModel, TenantScoped
from .purge import TenantPurge
from .setting import BulkSettingChange, PlatformSettingChange, PlatformSettings, SettingChange
from .tenant import Tenant, TenantState

__all__ = [
    "BulkSettingChange",
    "Invitation",
    "ObservedAccess",
    "PlatformSettingChange",
    "PlatformSettings",
    "SettingChange",
    "Tenant",
    "TenantOwnedModel",
    "TenantPurge",
    "TenantScoped",
    "TenantState",
    "UserTenantMembership",
]
