"""Raise wall 3: a note, a file or a tag hangs on a contact of its own tenant only."""

from django.db import migrations

from tenancy.db.constraints import TenantForeignKeys


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0002_isolate_records"),
    ]

    operations = [
        TenantForeignKeys("note"),
        TenantForeignKeys("attachment"),
        TenantForeignKeys("contacttag"),
    ]
