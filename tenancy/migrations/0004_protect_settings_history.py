"""Raise wall 2 around the settings' own tables, and let a tenant count the versions of its settings."""

from django.db import migrations

from tenancy.db.operations import IsolateTable, ProtectStaffTable, ShareTable


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_add_settings_history")]

    operations = [
        IsolateTable(
            "tenant",
            column="id",
            visibility="directory",
            tenant=("SELECT", "UPDATE (name, settings, settings_version, updated_at)"),
            identity=("SELECT",),
        ),
        IsolateTable("settingchange", visibility="directory", append_only=True),
        ShareTable("platformsettings", reason="The operators' defaults hold for every tenant; secrets are sealed."),
        ProtectStaffTable("platformsettingchange", append_only=True),
    ]
