"""Bulk changes and exports of lists belong to the operators."""

from django.db import migrations

from tenancy.db.operations import ProtectStaffTable


class Migration(migrations.Migration):
    dependencies = [("operations", "0010_add_bulk_changes_and_list_exports")]

    operations = [
        ProtectStaffTable("bulkrun"),
        ProtectStaffTable("bulkrow"),
        ProtectStaffTable("listexport"),
    ]
