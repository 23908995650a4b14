"""What an organisation's officers may do with one of its requests, by the name of the button that was pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from console.operations.privacy.decisions import decide
from pii import requests as verbs
from pii.erase import start_erasure
from pii.exceptions import RequestRefused
from pii.export import start_export
from pii.models import DataRequest
from pii.plan import make_plan
from tenancy import system_scope

Verb = Callable[[DataRequest, Any, Mapping[str, str]], str]


def _reason(data: Mapping[str, str]) -> str:
    return data.get("reason", "").strip()


def _send_code(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.send_code(asked, by=by)
    return _("The code is on its way to every address on file.")


def _check_code(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    if not verbs.confirm_code(asked, data.get("code", ""), by=by):
        raise Wrong(_("That is not the code; the try is counted."))
    return _("The identity is confirmed.")


class Wrong(Exception):
    """A code that was counted and not right: said as an error, and what was counted stays."""


def _attest(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.attest(asked, by=by, method=_reason(data))
    return _("The identity is confirmed.")


def _doubt(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.doubt_identity(asked, by=by, ground=_reason(data))
    return _("The clock is stopped.")


def _plan(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    make_plan(asked, by=by)
    return _("The plan is made.")


def _decide(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    if data.get("act") not in ("keep", "erase"):
        raise Http404
    with system_scope(reason="keep an item of a plan"):
        decide(asked, data, by=by)
    return _("Decided; the plan is made anew.")


def _export(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    start_export(asked, by=by)
    return _("The package is being made.")


def _approve(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    if data.get("plan", "") != asked.plan_hash:
        raise RequestRefused(_("The plan has changed since it was shown: look at it again."), code="drift")
    verbs.approve(asked, by=by, plan_hash=asked.plan_hash)
    return _("Approved.")


def _carry_out(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    start_erasure(asked, by=by, typed_number=_reason(data))
    return _("The erasure is running.")


def _restrict(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.restrict(asked, by=by, ground=_reason(data))
    return _("Processing is restricted.")


def _close(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.finish_by_hand(asked, by=by, note=_reason(data))
    return _("Closed.")


def _extend(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.extend(asked, by=by, ground=_reason(data))
    return _("Extended.")


def _refuse(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.refuse(asked, by=by, ground=_reason(data))
    return _("Refused.")


def _withdraw(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.withdraw(asked, by=by, ground=_reason(data))
    return _("Withdrawn.")


VERBS: dict[str, Verb] = {
    "send_code": _send_code,
    "check_code": _check_code,
    "attest": _attest,
    "doubt": _doubt,
    "plan": _plan,
    "decide": _decide,
    "export": _export,
    "approve": _approve,
    "carry_out": _carry_out,
    "restrict": _restrict,
    "close": _close,
    "extend": _extend,
    "refuse": _refuse,
    "withdraw": _withdraw,
}
