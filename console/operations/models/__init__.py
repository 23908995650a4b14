"""The operators' own tables: acts, search words, sessions, notes and approvals."""

from .audit import AuditEvent
from .search import SearchToken
from .staff import Approval, ApprovalState, StaffNote, StaffSession

__all__ = ["Approval", "ApprovalState", "AuditEvent", "SearchToken", "StaffNote", "StaffSession"]
