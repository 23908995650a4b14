"""Raise walls 2 and 3 around changes of tags."""

from django.db import migrations

from tenancy.db.constraints import TenantForeignKeys
from tenancy.db.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("workspace", "0013_add_bulk_tagging")]

    operations = [IsolateTable("bulktagging"), TenantForeignKeys("bulktagging")]
