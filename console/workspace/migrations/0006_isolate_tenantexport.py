"""Raise wall 2 around the exports of tenants."""

from django.db import migrations

from tenancy.db.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0005_add_tenantexport"),
    ]

    operations = [
        IsolateTable("tenantexport"),
    ]
