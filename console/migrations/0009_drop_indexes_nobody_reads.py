"""Drops two indexes over addresses that Django adds for LIKE: under row-level security no LIKE may use an index."""

from django.db import migrations

# By what they are, not by name: Django hashes names. Prefixes are looked for as ranges, by the plain index that stays.
DROP = """
DO $$ DECLARE found regclass; BEGIN
    FOR found IN SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_opclass o ON o.oid = i.indclass[0]
        WHERE i.indrelid IN ('accounts_user'::regclass, 'console_historicaluser'::regclass)
            AND i.indnkeyatts = 1 AND o.opcname = 'varchar_pattern_ops'
    LOOP EXECUTE format('DROP INDEX %s', found); END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0008_index_history_by_filter"),
        ("accounts", "0005_index_people_by_newest"),
    ]

    operations = [migrations.RunSQL(DROP, migrations.RunSQL.noop)]
