"""Leaves room beside each staged row for its next version: what changes no index is then written without the indexes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("members", "0005_widen_staging_tables")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE staging.import_row SET (fillfactor = 50)", "ALTER TABLE staging.import_row RESET (fillfactor)"
        ),
    ]
