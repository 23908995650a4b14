"""Sessions, notes and approvals belong to the operators."""

from django.db import migrations

from tenancy.db.operations import ProtectStaffTable


class Migration(migrations.Migration):
    dependencies = [("operations", "0005_add_sessions_notes_and_approvals")]

    operations = [
        ProtectStaffTable("staffsession"),
        ProtectStaffTable("staffnote"),
        ProtectStaffTable("approval"),
    ]
