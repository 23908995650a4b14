"""Turn stored values that are encoded into text that can be searched."""

from __future__ import annotations

import json
from typing import Any


def decode_session(value: Any) -> str:
    """A session's content as JSON text. What cannot be decoded (tampered, old key) is returned as it is."""
    from importlib import import_module

    from django.conf import settings

    store = import_module(settings.SESSION_ENGINE).SessionStore
    try:
        content = store().decode(value)
    except Exception:  # noqa: BLE001  # any broken session is searched in its raw form
        return str(value)
    return json.dumps(content, ensure_ascii=False, default=str) if content else str(value)
