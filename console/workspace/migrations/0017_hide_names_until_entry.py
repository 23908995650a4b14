"""A member is found by the name of their account once they have come in themselves; before, it is a stranger's name."""

from django.db import migrations

BEFORE_ENTRY = "CASE WHEN m.entered_at IS NULL THEN '' ELSE u.full_name END"


def functions(name: str, columns: tuple[str, ...]) -> str:
    """The two trigger functions; `name` is what counts as the person's own, `columns` what a membership's words ask."""
    insert = f"""
        INSERT INTO workspace_memberword (id, tenant_id, membership_id, word)
        SELECT gen_random_uuid(), m.tenant_id, m.id, word FROM {{source}}
        CROSS JOIN LATERAL workspace_member_words(m.display_name, {name}, u.email) AS word"""  # noqa: S608  # constants below

    def moved(alias: str) -> str:
        old = ", ".join(column.format(row="b") for column in columns)
        new = ", ".join(column.format(row=alias) for column in columns)
        return f"({old}) IS DISTINCT FROM ({new})"

    accounts = "(b.email, b.full_name) IS DISTINCT FROM"
    return f"""
CREATE OR REPLACE FUNCTION workspace_words_of_memberships() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM workspace_memberword w USING before b WHERE w.tenant_id = b.tenant_id AND w.membership_id = b.id;
    ELSIF TG_OP = 'UPDATE' THEN
        DELETE FROM workspace_memberword w USING before b JOIN after a USING (id)
        WHERE w.tenant_id = b.tenant_id AND w.membership_id = b.id AND {moved("a")};
        {insert.format(source="after m JOIN before b USING (id) JOIN accounts_user u ON u.id = m.user_id")}
        WHERE {moved("m")};
    ELSE
        {insert.format(source="after m JOIN accounts_user u ON u.id = m.user_id")};
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION workspace_words_of_accounts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM before b JOIN after a USING (id) WHERE {accounts} (a.email, a.full_name)) THEN
        RETURN NULL;
    END IF;
    DELETE FROM workspace_memberword w USING before b, after a, tenancy_usertenantmembership m
    WHERE a.id = b.id AND m.user_id = a.id AND w.tenant_id = m.tenant_id AND w.membership_id = m.id
        AND {accounts} (a.email, a.full_name);
    {insert.format(source="after u JOIN before b USING (id) JOIN tenancy_usertenantmembership m ON m.user_id = u.id")}
    WHERE {accounts} (u.email, u.full_name);
    RETURN NULL;
END $$;
"""  # noqa: S608  # the parts are the constants above


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0016_index_history_by_filter"),
        ("tenancy", "0014_add_entered_at"),
    ]

    operations = [
        migrations.RunSQL(
            functions(BEFORE_ENTRY, ("{row}.display_name", "{row}.entered_at IS NULL")),
            functions("u.full_name", ("{row}.display_name",)),
        ),
    ]
