"""How strictly wall 1 stands around each model: off, observe, enforce; a project that adopts it walks through them.

``TENANCY["ENFORCEMENT"]`` is one word for all models, or a dict by model (``"crm.Task"``), app (``"crm"``) and ``"*"``.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from django.core.signals import setting_changed

from . import conf, observed
from .exceptions import TenancyError


class Mode(StrEnum):
    """What happens to an access that the scope does not cover.

    ``off``: nothing, the model behaves as before it had a tenant. ``observe``: a tenant's scope filters already;
    what no scope covers runs, is logged once with its place, and counted. ``enforce``: it is refused.
    """

    OFF = "off"
    OBSERVE = "observe"
    ENFORCE = "enforce"


@cache
def mode_of(label: str) -> Mode:
    """The mode of a model by its label (``app.Model``). Raises ValueError for a word that is no mode."""
    given = conf.get("ENFORCEMENT")
    if isinstance(given, str):
        return Mode(given)
    by_name = {name.lower(): word for name, word in given.items()}
    label = label.lower()
    for name in (label, label.partition(".")[0], "*"):
        if name in by_name:
            return Mode(by_name[name])
    return Mode.ENFORCE


def offend(label: str, what: str, error: TenancyError) -> None:
    """Deal with an access that the scope does not cover: raise `error`, or note it and return, or return."""
    mode = mode_of(label)
    if mode is Mode.ENFORCE:
        raise error
    if mode is Mode.OBSERVE:
        observed.note(label, what)


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "TENANCY":
        mode_of.cache_clear()


setting_changed.connect(_forget, dispatch_uid="tenancy-enforcement")
