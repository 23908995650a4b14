"""The operators' own tables: acts, search words, sessions, notes, approvals, bulk changes and exports."""

from .audit import AuditEvent
from .bulk import BulkRow, BulkRun, BulkState, RowState
from .export import ExportFormat, ListExport, ListExportState
from .search import SearchToken
from .staff import Approval, ApprovalState, StaffNote, StaffSession

__all__ = [
    "Approval",
    "ApprovalState",
    "AuditEvent",
    "BulkRow",
    "BulkRun",
    "BulkState",
    "ExportFormat",
    "ListExport",
    "ListExportState",
    "RowState",
    "SearchToken",
    "StaffNote",
    "StaffSession",
]
