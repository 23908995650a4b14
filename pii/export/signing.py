"""The manifest's signature: says that this installation made the package and nobody changed it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings


def sign(manifest: dict[str, Any]) -> str:
    """HMAC-SHA256 of a manifest without its signature, under a key derived from SECRET_KEY."""
    key = hashlib.sha256(b"pii.manifest" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, json.dumps(manifest, sort_keys=True).encode(), hashlib.sha256).hexdigest()
