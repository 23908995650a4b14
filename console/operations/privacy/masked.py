"""Every page of the admin masks what its model declares: done where pages are registered, so that none is forgotten."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from console.admin import dialog_action
from pii.admin import MaskedAdminMixin
from pii.masking import reveal
from pii.registry import registry


class RevealAction:
    """One dialog that opens the masked values of one object: for this session and a few minutes, on record."""

    def has_reveal_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pii.reveal_pii")

    @dialog_action(
        permission="reveal",
        title=_("Reveal personal data"),
        consequence=_("You see the masked values for five minutes. The person can read that you did, and why."),
        icon="visibility",
    )
    def reveal_personal_data(self, request: HttpRequest, form: Any, obj: Any) -> Any:
        reveal(request, obj, reason=form.cleaned_data["reason"])
        return _("The values are shown for five minutes.")


def masked_page(model: Any, admin_class: Any) -> Any:
    """`admin_class` with the masks in front of it, and with the reveal dialog where the model has masked columns."""
    declaration = registry.get(model)
    bases: tuple[Any, ...] = (MaskedAdminMixin, admin_class)
    attributes: dict[str, Any] = {"__module__": admin_class.__module__, "__doc__": admin_class.__doc__}
    if declaration is not None and any(not field.never_masked for field in declaration.fields.values()):
        bases = (MaskedAdminMixin, RevealAction, admin_class)
        attributes["actions_detail"] = (*admin_class.actions_detail, "reveal_personal_data")
    return type(admin_class.__name__, bases, attributes)
