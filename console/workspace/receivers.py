"""Takes the bytes of an attachment away when its row is gone."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from .models import Attachment


def remove_bytes(sender: type[Attachment], instance: Attachment, **kwargs: Any) -> None:
    """Delete the file once the deletion of the row is committed: a rollback keeps both."""
    if instance.file:
        storage, name = instance.file.storage, instance.file.name
        transaction.on_commit(lambda: storage.delete(name))


def connect() -> None:
    """Called when the app is ready."""
    post_delete.connect(remove_bytes, sender=Attachment, dispatch_uid="workspace-remove-bytes")
