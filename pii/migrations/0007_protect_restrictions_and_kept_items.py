"""Restrictions and decisions are the privacy officers', like the requests they belong to."""

from django.db import migrations

from tenancy.db.operations import ProtectStaffTable


class Migration(migrations.Migration):
    dependencies = [
        ("pii", "0006_add_restrictions_and_kept_items"),
        ("tenancy", "0010_name_tenant_permissions"),
    ]

    operations = [ProtectStaffTable(name) for name in ("itemdecision", "restrictedrow", "restriction")]
