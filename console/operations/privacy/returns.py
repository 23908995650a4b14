"""Somebody who was erased signs up again: it proceeds, and it is noted."""

from __future__ import annotations

from typing import Any

from pii.models import Reappearance
from pii.tombstones import note_return


def note_sign_up(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Receiver of allauth's `user_signed_up`."""
    note_return([user.email], how=Reappearance.How.SIGNUP, row=user)
