"""In which order models are erased: what depends on a row before the row, accounts last."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from ..find import Declared, in_order
from ..links import ByLabel, ByObject, Follow


def erase_order() -> list[Declared]:
    """Deepest followers first, then what points at rows by label, the user model last."""

    def rank(item: Declared) -> tuple[int, int]:
        model, declaration = item
        if model is get_user_model():
            return (2, 0)
        if any(isinstance(link, (ByObject, ByLabel)) for link in declaration.links()):
            return (1, 0)
        return (0, -depth(item))

    def depth(item: Declared) -> int:
        parents = [link.parent(item[0]) for link in item[1].links() if isinstance(link, Follow)]
        return max((1 + depth((parent, known[parent])) for parent in parents if parent in known), default=0)

    ordered = in_order()
    known = dict(ordered)
    return sorted(ordered, key=rank)
