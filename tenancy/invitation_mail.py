"""The job that mails an invitation: it makes the token, so that no queue and no table ever holds it."""

from __future__ import annotations

from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from . import conf
from .invitations import MAIL_JOB, digest, new_token
from .jobs import job
from .mailing import displayed_name, sender
from .models import Invitation
from .settings.colours import on_colour


@job(MAIL_JOB, attempts=5, wait_seconds=60)
def mail_invitation(key: str) -> None:
    """Give the invitation a new token and mail it; a retry mails another, and the last mail counts."""
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update(of=("self",)).select_related("tenant").filter(pk=UUID(key)).first()
        )
        if invitation is None or not invitation.is_open:
            return
        token = new_token()
        invitation.token_hash = digest(token)
        invitation.save(update_fields=["token_hash"])
    context = {
        "invitation": invitation,
        "tenant": invitation.tenant,
        "name": displayed_name(invitation.tenant),
        "brand": invitation.tenant.config.branding,
        "ink": on_colour(invitation.tenant.config.branding.colour),
        "link": conf.get("INVITATION_URL").format(token=token),
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string("tenancy/mail/invitation_subject.txt", context).split()),
        body=render_to_string("tenancy/mail/invitation.txt", context),
        from_email=sender(invitation.tenant),
        to=[invitation.email],
    )
    mail.attach_alternative(render_to_string("tenancy/mail/invitation.html", context), "text/html")
    mail.send()
