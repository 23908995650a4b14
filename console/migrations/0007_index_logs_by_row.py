"""Let a search for one person reach the admin's log and the history of invitations without reading all of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0006_keep_the_archiving_in_history"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX console_log_object ON django_admin_log (object_id, content_type_id)",
            "DROP INDEX console_log_object",
        ),
        migrations.RunSQL(
            "CREATE INDEX console_history_invited ON console_historicalinvitation (email)",
            "DROP INDEX console_history_invited",
        ),
    ]
