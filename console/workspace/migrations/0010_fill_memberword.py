"""Isolate the members' words, and keep them in step with memberships and accounts by statement-level triggers."""

from django.db import migrations

from tenancy.db.constraints import TenantForeignKeys
from tenancy.db.operations import IsolateTable

# Without accents and case, as console.workspace.keys.search_key spells what people type; word breaks are listed, since
# classes such as [:alnum:] know ASCII letters only under a "C" locale. The domain of an address is no word of a person.
WORDS = r"""
CREATE FUNCTION workspace_member_words(called text, named text, address text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT left(word, 100) FROM unnest(ARRAY[called, named, split_part(address, '@', 1)]) AS given(value)
    CROSS JOIN LATERAL (
        SELECT replace(lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')), 'ß', 'ss') AS plain
    ) AS spelled
    CROSS JOIN LATERAL (
        SELECT plain AS word UNION ALL SELECT regexp_split_to_table(plain, '[\s.,;:@_/()"''+-]+')
    ) AS words WHERE word <> ''
    UNION SELECT left(lower(address), 100) WHERE address <> ''
$$;
"""

INSERT = """
        INSERT INTO workspace_memberword (id, tenant_id, membership_id, word)
        SELECT gen_random_uuid(), m.tenant_id, m.id, word FROM {source}
        CROSS JOIN LATERAL workspace_member_words(m.display_name, u.full_name, u.email) AS word"""

# SECURITY DEFINER: a person who renames themselves does so outside of any tenant, and is found anew in each of theirs.
# A bulk load says `operations.search_later` and catches up in a job of its own, as for the staff's words.
TRIGGERS = f"""
CREATE FUNCTION workspace_words_of_memberships() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM workspace_memberword w USING before b WHERE w.tenant_id = b.tenant_id AND w.membership_id = b.id;
    ELSIF TG_OP = 'UPDATE' THEN
        DELETE FROM workspace_memberword w USING before b JOIN after a USING (id)
        WHERE w.tenant_id = b.tenant_id AND w.membership_id = b.id AND b.display_name <> a.display_name;
        {INSERT.format(source="after m JOIN before b USING (id) JOIN accounts_user u ON u.id = m.user_id")}
        WHERE b.display_name <> m.display_name;
    ELSE
        {INSERT.format(source="after m JOIN accounts_user u ON u.id = m.user_id")};
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION workspace_words_of_accounts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM before b JOIN after a USING (id) WHERE (b.email, b.full_name) IS DISTINCT FROM (a.email, a.full_name)
    ) THEN
        RETURN NULL;
    END IF;
    DELETE FROM workspace_memberword w USING before b, after a, tenancy_usertenantmembership m
    WHERE a.id = b.id AND m.user_id = a.id AND w.tenant_id = m.tenant_id AND w.membership_id = m.id
        AND (b.email, b.full_name) IS DISTINCT FROM (a.email, a.full_name);
    {INSERT.format(source="after u JOIN before b USING (id) JOIN tenancy_usertenantmembership m ON m.user_id = u.id")}
    WHERE (b.email, b.full_name) IS DISTINCT FROM (u.email, u.full_name);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION workspace_words_of_memberships(), workspace_words_of_accounts() FROM PUBLIC;
CREATE TRIGGER workspace_words_insert AFTER INSERT ON tenancy_usertenantmembership REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT WHEN (coalesce(current_setting('operations.search_later', true), '') <> 'on')
    EXECUTE FUNCTION workspace_words_of_memberships();
CREATE TRIGGER workspace_words_update AFTER UPDATE ON tenancy_usertenantmembership
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION workspace_words_of_memberships();
CREATE TRIGGER workspace_words_delete AFTER DELETE ON tenancy_usertenantmembership REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION workspace_words_of_memberships();
CREATE TRIGGER workspace_words_update AFTER UPDATE ON accounts_user REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION workspace_words_of_accounts();
{INSERT.format(source="tenancy_usertenantmembership m JOIN accounts_user u ON u.id = m.user_id")};
"""  # noqa: S608  # the parts are the constants above

UNDO = """
DROP TRIGGER workspace_words_update ON accounts_user;
DROP TRIGGER workspace_words_delete ON tenancy_usertenantmembership;
DROP TRIGGER workspace_words_update ON tenancy_usertenantmembership;
DROP TRIGGER workspace_words_insert ON tenancy_usertenantmembership;
DROP FUNCTION workspace_words_of_accounts();
DROP FUNCTION workspace_words_of_memberships();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0009_add_memberword"),
        ("accounts", "0003_hide_password_from_tenants"),
        ("tenancy", "0002_prepare_walls"),
    ]

    operations = [
        IsolateTable("memberword"),
        TenantForeignKeys("memberword"),
        migrations.RunSQL(WORDS, "DROP FUNCTION workspace_member_words(text, text, text)"),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
