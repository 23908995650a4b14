"""Keeps the staff's search words in step with their sources, by statement-level triggers."""

from django.db import migrations

from tenancy.db.operations import ProtectStaffTable

# Word breaks are listed rather than taken from [:alnum:]: under a "C" locale that class knows ASCII letters only.
WORDS = r"""
CREATE FUNCTION operations_search_words(texts text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog AS $$
    SELECT DISTINCT left(word, 100) FROM unnest(texts) AS given(value)
    CROSS JOIN LATERAL (
        SELECT lower(value) AS word
        UNION ALL SELECT regexp_split_to_table(lower(value), '[\s.,;:@_/()"''+-]+')
        UNION ALL SELECT split_part(lower(value), '@', 2)
    ) AS words WHERE word <> ''
$$;
"""

SOURCES = {
    # kind: (table, columns with words)
    "tenant": ("tenancy_tenant", ("name", "slug")),
    "person": ("accounts_user", ("email", "full_name")),
    "membership": ("tenancy_usertenantmembership", ("display_name", "external_id")),
    "invitation": ("tenancy_invitation", ("email",)),
}

# SECURITY DEFINER: whoever writes a source (a tenant's role, sign-in) has no right on the staff's words. An update
# that leaves the words alone touches nothing.
TRIGGERS = """
CREATE FUNCTION operations_search_{kind}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM operations_searchtoken t USING before b WHERE t.object_id = b.id AND t.kind = '{kind}';
    ELSIF TG_OP = 'UPDATE' THEN
        DELETE FROM operations_searchtoken t USING before b JOIN after a USING (id)
        WHERE t.object_id = b.id AND t.kind = '{kind}' AND ({b}) IS DISTINCT FROM ({a});
        INSERT INTO operations_searchtoken (kind, token, object_id)
        SELECT '{kind}', word, a.id FROM after a JOIN before b USING (id)
        CROSS JOIN LATERAL operations_search_words(ARRAY[{a}]) AS word WHERE ({b}) IS DISTINCT FROM ({a});
    ELSE
        INSERT INTO operations_searchtoken (kind, token, object_id)
        SELECT '{kind}', word, a.id FROM after a CROSS JOIN LATERAL operations_search_words(ARRAY[{a}]) AS word;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION operations_search_{kind}() FROM PUBLIC;
CREATE TRIGGER operations_search_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION operations_search_{kind}();
CREATE TRIGGER operations_search_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION operations_search_{kind}();
CREATE TRIGGER operations_search_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION operations_search_{kind}();
INSERT INTO operations_searchtoken (kind, token, object_id)
    SELECT '{kind}', word, a.id FROM {table} a CROSS JOIN LATERAL operations_search_words(ARRAY[{a}]) AS word;
"""

UNDO = """
DROP TRIGGER operations_search_insert ON {table};
DROP TRIGGER operations_search_update ON {table};
DROP TRIGGER operations_search_delete ON {table};
DROP FUNCTION operations_search_{kind}();
"""


def statements(template: str) -> str:
    return "".join(
        template.format(
            kind=kind,
            table=table,
            a=", ".join(f"a.{column}::text" for column in columns),
            b=", ".join(f"b.{column}::text" for column in columns),
        )
        for kind, (table, columns) in SOURCES.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0003_add_searchtoken"),
        ("accounts", "0004_name_staff_permissions"),
        ("tenancy", "0002_prepare_walls"),
    ]

    operations = [
        ProtectStaffTable("searchtoken"),
        migrations.RunSQL(WORDS, "DROP FUNCTION operations_search_words(text[])"),
        migrations.RunSQL(statements(TRIGGERS), statements(UNDO)),
    ]
