"""What the account holds about its person."""

from __future__ import annotations

import pii
from pii import ACTIVITY, IDENTITY, SECRET


@pii.declare("accounts.User")
class UserPII(pii.ModelPII):
    subject = pii.itself()
    fields = {
        "email": pii.Field(IDENTITY, erase=pii.RandomEmail(), trace=pii.EMAIL, mask=pii.MaskEmail()),
        "full_name": pii.Field(IDENTITY, erase=pii.Blank(), trace=pii.NAME, mask=pii.MaskName()),
        "password": pii.Field(SECRET, erase=pii.Unusable(), export=pii.withhold("a credential")),
        "last_login": pii.Field(ACTIVITY, erase=pii.Null(), export=pii.ACCESS_ONLY),
        "locale": pii.Field(ACTIVITY, erase=pii.Fixed("en")),
        "time_zone": pii.Field(ACTIVITY, erase=pii.Fixed("UTC")),
        "is_active": pii.Field(ACTIVITY, erase=pii.Fixed(False), export=pii.ACCESS_ONLY),
        "is_staff": pii.Field(ACTIVITY, erase=pii.Fixed(False), export=pii.ACCESS_ONLY),
        "is_superuser": pii.Field(ACTIVITY, erase=pii.Fixed(False), export=pii.ACCESS_ONLY),
    }
    plain = {"id": "random key", "date_joined": "when the row was written"}
    row = pii.ANONYMISE
    made_at = "date_joined"
    purpose = "Signing in"


@pii.declare("accounts.User_groups")
class UserGroupsPII(pii.ModelPII):
    subject = pii.user("user")
    plain = {"id user group": "keys: which roles a person has"}
    spelled = {"group": "name"}
    row = pii.DELETE
    purpose = "Rights of staff"


@pii.declare("accounts.User_user_permissions")
class UserPermissionsPII(pii.ModelPII):
    subject = pii.user("user")
    plain = {"id user permission": "keys: which rights a person has"}
    spelled = {"permission": "name"}
    row = pii.DELETE
    purpose = "Rights of staff"
