"""Make request events append-only, and let the scan compare its row counts with the owner's."""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION pii_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'pii_requestevent is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER pii_requestevent_append_only BEFORE UPDATE OR DELETE ON pii_requestevent
    FOR EACH ROW EXECUTE FUNCTION pii_refuse_change();
"""
UNTRIGGER = """
DROP TRIGGER pii_requestevent_append_only ON pii_requestevent;
DROP FUNCTION pii_refuse_change();
"""

# Both run as the owner of the tables: its policy shows it every row, which is what makes the comparison a proof.
FUNCTIONS = """
CREATE FUNCTION pii_count_rows(target regclass) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s', target) INTO found;
    RETURN found;
END $$;
CREATE FUNCTION pii_analyze(target regclass) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ANALYZE %s', target);
END $$;
REVOKE ALL ON FUNCTION pii_count_rows(regclass), pii_analyze(regclass) FROM PUBLIC;
"""
UNFUNCTIONS = "DROP FUNCTION pii_count_rows(regclass); DROP FUNCTION pii_analyze(regclass);"


class Migration(migrations.Migration):
    dependencies = [("pii", "0001_add_requests_and_memory")]

    operations = [
        migrations.RunSQL(TRIGGER, UNTRIGGER),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
    ]
