"""Room for the tags of contacts: their files have one stored field more than the staging tables had columns."""

from django.db import migrations

TABLES = ("staging.landing", "staging.import_row")
WIDEN = "".join(f"ALTER TABLE {table} ADD COLUMN c13 text; " for table in TABLES)
NARROW = "".join(f"ALTER TABLE {table} DROP COLUMN c13; " for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("members", "0004_close_staged_records_to_staff")]

    operations = [migrations.RunSQL(WIDEN, NARROW)]
