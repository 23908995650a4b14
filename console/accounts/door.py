"""The one door through which strangers' addresses become accounts without their doing.

It answers alike and does the same work for known and unknown addresses: nobody who imports a list learns who has an
account, not from an answer and not from the time it takes. A new account has no name and no password that could ever
match; it opens by a mailed invitation only, and a known one is not touched.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction

from console.members.trail import history_insert, history_parameters
from tenancy import system_scope

from .models import User

_WANTED = """
    SELECT DISTINCT key FROM staging.import_row
    WHERE import_id = %(import)s AND action = 'new' AND (late, line) > (%(late)s, %(after)s) AND line <= %(upto)s
"""
_MAKE = """
    INSERT INTO accounts_user (
        id, email, full_name, password, locale, time_zone, is_active, is_staff, is_superuser, date_joined
    )
    SELECT gen_random_uuid(), {email}, '', %(prefix)s || md5(random()::text || key),
        'en', 'UTC', true, false, false, %(moment)s
    FROM wanted {rows} ORDER BY key
    ON CONFLICT (email) DO NOTHING RETURNING *
"""
_ENTER = f"WITH wanted AS ({_WANTED}), made AS ({_MAKE.format(email='key', rows='')})"
# A row like the one that a stranger would have got, beside it in the same indexes.
_PRETEND = f"""WITH wanted AS ({_WANTED}), made AS ({
    _MAKE.format(
        email="left(key, 220) || '.' || md5(random()::text)",
        rows="WHERE EXISTS (SELECT FROM accounts_user u WHERE u.email = key)",
    )
})"""
_FIND = """
UPDATE staging.import_row s SET person_id = u.id FROM accounts_user u
WHERE s.import_id = %(import)s AND s.action = 'new' AND (s.late, s.line) > (%(late)s, %(after)s) AND s.line <= %(upto)s
    AND u.email = s.key
"""


def admit(import_id: UUID, *, after: int, upto: int, moment: Any, by: Any, reason: str) -> None:
    """Give every new staged row of the lines after `after` up to `upto` the account of its address.

    The same statements and as many written rows whatever the addresses are: for a known one an account is made too,
    and rolled back. Returns nothing: whoever calls learns nothing. Needs an open transaction.
    """
    parameters = {
        "import": import_id,
        "late": False,
        "after": after,
        "upto": upto,
        "prefix": UNUSABLE_PASSWORD_PREFIX,
        "reason": reason,
        **history_parameters(by, moment),
    }
    history = history_insert(User, "made", "+")
    with system_scope(reason=reason, actor=by), connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute(_PRETEND + history, parameters)
            transaction.set_rollback(True)
        cursor.execute(_ENTER + history, parameters)
        cursor.execute(_FIND, parameters)
