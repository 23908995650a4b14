"""Tenants, who belongs to them, and the base class of everything they own."""

from .invitation import Invitation
from .membership import UserTenantMembership
from .owned import TenantOwnedModel
from .setting import PlatformSettingChange, PlatformSettings, SettingChange
from .tenant import Tenant, TenantState

__all__ = [
    "Invitation",
    "PlatformSettingChange",
    "PlatformSettings",
    "SettingChange",
    "Tenant",
    "TenantOwnedModel",
    "TenantState",
    "UserTenantMembership",
]
