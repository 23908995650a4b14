"""Signals of the app, past tense except `scope_opening`, whose receivers may refuse by raising."""

from django.dispatch import Signal

scope_opening = Signal()
"""Sent before a scope is entered, with `scope` and `previous`; a receiver that raises keeps it closed."""

cross_tenant_refused = Signal()
"""Sent when access to another tenant was refused, with `scope`, `tenant_id` and `where`."""

act_recorded = Signal()
"""Sent by `tenancy.audit.record` with `act`; a receiver that raises aborts the act."""

settings_changed = Signal()
"""Sent inside the transaction that changed settings, with `tenant_id` (None: the platform's) and `names`."""

tenant_purging = Signal()
"""Sent with `tenant` before a purge is ordered, and again before its rows go; a receiver that raises TenantRefused
stops it."""

tenant_purged = Signal()
"""Sent with `tenant_id` inside the transaction that deletes the rows; receivers delete what else speaks of the tenant
and return ``{"table": rows}`` for the report."""
