"""The one door through which strangers' addresses become accounts without their doing.

It answers alike and does the same work for known and unknown addresses: nobody who imports a list learns who has an
account. A new account has no name and no password that could ever match; it opens by a mailed invitation only, and a
known one is not touched.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection

from console.members.trail import history_insert, history_parameters
from tenancy import system_scope

from .models import User

_ENTER = """
WITH wanted AS (
    SELECT DISTINCT key FROM staging.import_row
    WHERE import_id = %(import)s AND action = 'new' AND (late, line) > (%(late)s, %(after)s) AND line <= %(upto)s
), made AS (
    INSERT INTO accounts_user (
        id, email, full_name, password, locale, time_zone, is_active, is_staff, is_superuser, date_joined
    )
    SELECT gen_random_uuid(), key, '', %(prefix)s || md5(random()::text || key),
        'en', 'UTC', true, false, false, %(moment)s
    FROM wanted ORDER BY key
    ON CONFLICT (email) DO NOTHING RETURNING *
)
"""
_FIND = """
UPDATE staging.import_row s SET person_id = u.id FROM accounts_user u
WHERE s.import_id = %(import)s AND s.action = 'new' AND (s.late, s.line) > (%(late)s, %(after)s) AND s.line <= %(upto)s
    AND u.email = s.key
"""


def admit(import_id: UUID, *, after: int, upto: int, moment: Any, by: Any, reason: str) -> None:
    """Give every new staged row of the lines after `after` up to `upto` the account of its address.

    Three statements whatever the addresses are. Returns nothing: whoever calls learns nothing.
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
    with system_scope(reason=reason, actor=by), connection.cursor() as cursor:
        cursor.execute(_ENTER + history_insert(User, "made", "+"), parameters)
        cursor.execute(_FIND, parameters)
