"""Keep the list of observed accesses to the operators."""

from django.db import migrations

from tenancy.db.operations import ProtectStaffTable


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_add_observedaccess")]

    operations = [ProtectStaffTable("observedaccess")]
