"""Keeps at least one active owner in every active tenant that has had one, whoever writes."""

from django.db import migrations, models

import tenancy.audit

# Deferred to COMMIT, so that an ownership can change hands inside a transaction. The lock makes two transactions that
# each take one of two owners away wait for each other; the query after it sees what the other one committed. SECURITY
# DEFINER: the writer's role may see less than all owners. The search path is pinned, as the manual asks (CREATE FUNCTION).
KEEP_OWNER = """
CREATE FUNCTION tenancy_keep_an_owner() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('tenancy.owners:' || OLD.tenant_id, 0));
    IF EXISTS (SELECT FROM tenancy_tenant WHERE id = OLD.tenant_id AND state = 'active')
       AND NOT EXISTS (SELECT FROM tenancy_usertenantmembership
                       WHERE tenant_id = OLD.tenant_id AND role = 'owner' AND is_active) THEN
        RAISE EXCEPTION 'tenant % would be left without an active owner', OLD.tenant_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tenancy_membership_last_owner';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION tenancy_keep_an_owner() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER tenancy_membership_last_owner_update
    AFTER UPDATE ON tenancy_usertenantmembership DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.role = 'owner' AND OLD.is_active AND NOT (NEW.role = 'owner' AND NEW.is_active))
    EXECUTE FUNCTION tenancy_keep_an_owner();
CREATE CONSTRAINT TRIGGER tenancy_membership_last_owner_delete
    AFTER DELETE ON tenancy_usertenantmembership DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.role = 'owner' AND OLD.is_active)
    EXECUTE FUNCTION tenancy_keep_an_owner();
"""
LET_GO = """
DROP TRIGGER tenancy_membership_last_owner_update ON tenancy_usertenantmembership;
DROP TRIGGER tenancy_membership_last_owner_delete ON tenancy_usertenantmembership;
DROP FUNCTION tenancy_keep_an_owner();
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_protect_settings_history")]

    operations = [
        migrations.RunSQL(KEEP_OWNER, LET_GO),
        migrations.AlterField(
            model_name="invitation",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="sent"),
        ),
        migrations.AlterField(
            model_name="tenant",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="usertenantmembership",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="created"),
        ),
    ]
