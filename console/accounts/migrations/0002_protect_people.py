"""Keep accounts out of tenants' reach: a tenant reads its own members' names and addresses, never a password."""

from django.db import migrations

from tenancy.db.operations import ProtectPeopleTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("tenancy", "0002_prepare_walls")]

    operations = [
        ProtectPeopleTable(
            "user",
            membership_column="id",
            tenant_columns=(
                "id",
                "email",
                "full_name",
                "locale",
                "time_zone",
                "is_active",
                "is_staff",
                "is_superuser",
                "date_joined",
                "last_login",
            ),
        ),
        ProtectPeopleTable(table="accounts_user_groups"),
        ProtectPeopleTable(table="accounts_user_user_permissions"),
    ]
