"""The records of data-subject requests, and the memory of what was erased."""

from .decision import ItemDecision, PlanItem, TenantDecision
from .event import RequestEvent
from .hold import LegalHold
from .memory import Reappearance, Tombstone, TombstoneHash
from .package import Package
from .proof import Control, ScanRun
from .request import DataRequest, Kind, State
from .restriction import RestrictedRow, Restriction
from .reveal import Reveal
from .review import ReviewItem
from .work import Blob, PlanRow, Step

__all__ = [
    "Blob",
    "Control",
    "DataRequest",
    "ItemDecision",
    "Kind",
    "LegalHold",
    "Package",
    "PlanItem",
    "PlanRow",
    "Reappearance",
    "RequestEvent",
    "RestrictedRow",
    "Restriction",
    "Reveal",
    "ReviewItem",
    "ScanRun",
    "State",
    "Step",
    "TenantDecision",
    "Tombstone",
    "TombstoneHash",
]
