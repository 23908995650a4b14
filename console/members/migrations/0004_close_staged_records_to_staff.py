"""Rows of files of contacts are a tenant's records: staff see them in a staff session alone."""

from django.db import migrations

from console.members.walls import ROWS, RowsForTheirAudience

ADD = f"""
ALTER TABLE {ROWS} ADD COLUMN audience text NOT NULL DEFAULT 'content' CHECK (audience IN ('staff', 'content'));
UPDATE {ROWS} r SET audience = 'staff' FROM members_memberimport i WHERE i.id = r.import_id AND i.target = 'members';
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0003_say_who_undid")]

    operations = [
        migrations.RunSQL(ADD, f"ALTER TABLE {ROWS} DROP COLUMN audience"),
        RowsForTheirAudience(),
    ]
