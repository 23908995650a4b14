"""Where the field encryption keys come from: the environment, or in development a file that each clone makes itself."""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from functools import cache
from pathlib import Path


@cache
def development_keys(var_dir: Path) -> tuple[str, ...]:
    """The key of this clone, made on first use. Several processes may race for it: one wins, all read the winner's."""
    path = var_dir / "field-encryption.key"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        draft = var_dir / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii"))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return (path.read_text().strip(),)
