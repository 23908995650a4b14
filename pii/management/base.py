"""What every command of the app has in common: JSON output, exit codes, and who is meant."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from tenancy import system_scope
from tenancy.models import Tenant

from ..exceptions import PiiError, RequestRefused
from ..models import DataRequest


class PiiCommand(BaseCommand):
    """Exit codes: 0 done, 1 refused or done in part, 2 wrong usage."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def say(self, options: dict[str, Any], data: Any, text: str) -> None:
        """Print the result in the asked form."""
        self.stdout.write(json.dumps(data, cls=DjangoJSONEncoder, indent=1) if options["json"] else text)

    def fail(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(1)

    def execute(self, *args: Any, **options: Any) -> Any:
        try:
            return super().execute(*args, **options)
        except (RequestRefused, PiiError) as error:
            self.fail(str(error))


def add_person(parser: CommandParser) -> None:
    """Options that name a person."""
    parser.add_argument("--email", action="append", default=[], help="an address of the person; may be repeated")
    parser.add_argument("--phone", action="append", default=[], help="a phone number; may be repeated")
    parser.add_argument("--tenant", help="slug: look only into this organisation")


def tenant_of(options: dict[str, Any]) -> Tenant | None:
    """The tenant that was named. Raises CommandError for an unknown one."""
    slug = options.get("tenant")
    if not slug:
        return None
    with system_scope(reason="a command looks up a tenant"):
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            near = ", ".join(Tenant.objects.filter(slug__startswith=slug[:2]).values_list("slug", flat=True)[:5])
            raise CommandError(f"There is no tenant '{slug}'. Near: {near or 'none'}.", returncode=1)
    return tenant


def request_of(number: str) -> DataRequest:
    """The request with this number. Raises CommandError for an unknown one."""
    from ..requests import access_request_by_number

    try:
        return access_request_by_number(number)
    except DataRequest.DoesNotExist:
        raise CommandError(f"There is no request '{number}'.", returncode=1) from None


def user_of(email: str) -> Any:
    """The officer on whose behalf a command acts. Raises CommandError for an unknown one."""
    from django.contrib.auth import get_user_model

    with system_scope(reason="a command looks up a person"):
        user = get_user_model()._base_manager.filter(email=email.strip().lower(), is_staff=True).first()
    if user is None:
        raise CommandError("--by names no member of staff.", returncode=1)
    return user


def attested(options: dict[str, Any]) -> str:
    """How the identity was checked. Raises CommandError before anything is entered for words that say nothing."""
    method = str(options["attest"]).strip()
    if len(method) < 5:
        raise CommandError("--attest says how the identity was checked, for example 'passport seen'.", returncode=1)
    return method
