"""A tenant reads what was done in it; nobody changes what was recorded."""

from django.db import migrations

from tenancy.db.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_add_auditevent"), ("tenancy", "0002_prepare_walls")]

    operations = [
        IsolateTable(
            "auditevent",
            column="tenant_key",
            visibility="directory",
            append_only=True,
            tenant=("SELECT",),
            exempt={
                "tenant": "An act of the platform has no tenant, and no tenant sees it.",
                "purge": "What was done, and by whom, outlives the tenant: keys and reasons.",
            },
        )
    ]
