"""Let a search for one person reach the history of contacts by address, however many contacts there are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workspace", "0007_date_records_by_the_change")]

    operations = [
        # No Index in Meta: the history model is made by simple-history from the contact's own.
        migrations.RunSQL(
            "CREATE INDEX workspace_history_address ON workspace_historicalcontact (email)",
            "DROP INDEX workspace_history_address",
        ),
    ]
