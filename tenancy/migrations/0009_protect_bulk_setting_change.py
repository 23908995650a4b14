"""Keep the operators' bulk changes out of the tenants' reach."""

from django.db import migrations

from tenancy.db.operations import ProtectStaffTable


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_add_bulk_setting_change")]

    operations = [ProtectStaffTable("bulksettingchange")]
