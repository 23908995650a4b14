"""The index that serves pages of a tenant's members in both directions: an import gives thousands the same moment."""

from django.db import migrations

MAKE = "CREATE INDEX workspace_members_newest ON tenancy_usertenantmembership (tenant_id, created_at DESC, id DESC)"


class Migration(migrations.Migration):
    dependencies = [("workspace", "0011_add_contact_external_id"), ("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(MAKE, "DROP INDEX workspace_members_newest")]
