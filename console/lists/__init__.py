"""Lists of the admin that cost the same however long they are: paged by key, never counted, sorted along an index."""

from .changelist import ConsoleChangeList, ListPaginator
from .ordering import is_indexed

__all__ = ["ConsoleChangeList", "ListPaginator", "is_indexed"]
