"""Raise wall 2 around the customers' records and their history."""

from django.db import migrations

from tenancy.db.operations import IsolateTable

NULLABLE = {"tenant": "simple-history makes every key nullable; a row without a tenant shows to no tenant."}
RECORDS = ["contact", "note", "attachment", "tag", "contacttag"]


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0001_add_records"),
        ("tenancy", "0002_prepare_walls"),
    ]

    operations = [
        *(IsolateTable(name) for name in RECORDS),
        *(IsolateTable(f"historical{name}", append_only=True, exempt=NULLABLE) for name in RECORDS),
    ]
