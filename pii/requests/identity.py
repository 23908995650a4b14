"""Is this the person? A code sent to an address on file, or an operator's word with its method."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from tenancy import audit

from .. import conf
from ..exceptions import RequestRefused
from ..find import find
from ..letters import send_code_letter
from ..models import DataRequest, State
from ..subjects import Subject
from .clock import due_on
from .locking import locked
from .transitions import move, write_event


def subject_of(request: DataRequest) -> Subject:
    """Whom the request is about, as frozen. Raises RequestRefused once the identifiers are scrubbed."""
    if not request.subject:
        raise RequestRefused("The identifiers of this request are scrubbed.", code="scrubbed")
    return Subject.from_json(request.subject, tenant_id=request.tenant_id, with_account=request.with_account)


def doubt_identity(request: DataRequest, *, by: Any, ground: str) -> DataRequest:
    """Stop the clock while it is honestly in doubt who is asking (Art. 12(6)); `ground` says why."""
    with locked(request, reason="identity") as row:
        if not ground.strip():
            raise RequestRefused("Say why the identity is in doubt.", code="no_ground")
        return move(row, "doubt_identity", by=by, note=ground, paused_at=timezone.now())


def send_code(request: DataRequest, *, by: Any) -> None:
    """Mail a one-time code to every address already on file, never to one that came with the request."""
    with locked(request, reason="identity") as row:
        if row.state not in (State.RECEIVED, State.IDENTITY):
            raise RequestRefused("The identity is settled.", code="wrong_state")
        on_file = _addresses_on_file(row)
        if not on_file:
            raise RequestRefused(
                "No address of this person is on file: attest the identity instead.", code="no_address"
            )
        code = f"{secrets.randbelow(10**8):08d}"
        row.code_hash, row.code_tries = make_password(code), 0
        row.code_expires_at = timezone.now() + timedelta(hours=conf.get("CODE_HOURS"))
        row.save(update_fields=["code_hash", "code_tries", "code_expires_at"])
        write_event(row, "send_code", by=by, note=f"{len(on_file)} addresses on file")
        send_code_letter(row, code, on_file)


def _addresses_on_file(row: DataRequest) -> list[str]:
    """Addresses that stand in the person's account or records now; what the letter claims does not count."""
    from ..categories import Trace
    from ..registry import registry

    subject = find(subject_of(row))
    found: set[str] = set()
    for model, declaration in registry.items():
        names = [name for name, field in declaration.fields.items() if field.trace is Trace.EMAIL]
        keys = [item.pk for item in subject.rows.get(model, ())]
        for name in names if keys else ():
            values = model._base_manager.filter(pk__in=keys, **dict(declaration.proven)).values_list(name, flat=True)
            found |= {value for value in values if value}
    return sorted(found)


def confirm_code(request: DataRequest, code: str, *, by: Any = None) -> bool:
    """Whether `code` is right; counts the tries. Raises RequestRefused when it is used up or expired."""
    with locked(request, reason="identity") as row:
        expired = row.code_expires_at is None or row.code_expires_at < timezone.now()
        if not row.code_hash or expired or row.code_tries >= conf.get("CODE_TRIES"):
            raise RequestRefused("This code is used up or expired; send a new one.", code="code_over")
        row.code_tries += 1
        row.save(update_fields=["code_tries"])
        if not check_password(code.strip(), row.code_hash):
            return False
        _confirm(row, method="code to an address on file", by=by)
    return True


def attest(request: DataRequest, *, by: Any, method: str) -> DataRequest:
    """An operator vouches for the identity and says how it was checked."""
    with locked(request, reason="identity") as row:
        if len(method.strip()) < 5:
            raise RequestRefused("Say how the identity was checked.", code="no_method")
        return _confirm(row, method=method.strip()[:100], by=by)


def _confirm(row: DataRequest, *, method: str, by: Any) -> DataRequest:
    paused = row.paused_days
    if row.paused_at is not None:
        paused += (timezone.now().date() - row.paused_at.date()).days
    move(
        row,
        "confirm_identity",
        by=by,
        note=method,
        identity_method=method,
        identity_at=timezone.now(),
        code_hash="",
        paused_at=None,
        paused_days=paused,
        due_on=due_on(row.received_at, extended=row.extended_at is not None, paused_days=paused),
    )
    audit.record("privacy.identity_confirmed", by=by, tenant=row.tenant_id, target=row)
    return row
