"""A merge stands at several places, each a range of lines; one that is under way keeps its place."""

from django.db import migrations, models

CARRY = """
UPDATE members_memberimport SET places = CASE
    WHEN late_cursor THEN jsonb_build_array(jsonb_build_array(true, line_cursor, 2147483647))
    ELSE jsonb_build_array(
        jsonb_build_array(false, line_cursor, 2147483647), jsonb_build_array(true, -2147483648, 2147483647)
    ) END
WHERE line_cursor IS NOT NULL AND state IN ('running', 'stopped')
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0006_leave_room_in_staged_rows")]

    operations = [
        migrations.AddField("memberimport", "places", models.JSONField(blank=True, default=list, editable=False)),
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
        migrations.RemoveField("memberimport", "late_cursor"),
        migrations.RemoveField("memberimport", "line_cursor"),
    ]
