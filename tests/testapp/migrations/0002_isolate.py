"""Raise walls 2 and 3."""

from django.db import migrations

from tenancy.db.constraints import TenantForeignKeys
from tenancy.db.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("testapp", "0001_initial"), ("tenancy", "0002_prepare_walls")]

    operations = [
        IsolateTable("customer"),
        IsolateTable("label"),
        IsolateTable("order"),
        IsolateTable("orderlabel"),
        TenantForeignKeys("order"),
        TenantForeignKeys("orderlabel"),
    ]
