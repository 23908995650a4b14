"""Requests, memory and reveals are the privacy officers': out of reach for every tenant's own scope."""

from django.db import migrations

from tenancy.db.operations import ProtectStaffTable

TABLES = (
    "blob control datarequest legalhold package planitem planrow reappearance reveal reviewitem scanrun step "
    "tenantdecision tombstone tombstonehash"
)


class Migration(migrations.Migration):
    dependencies = [("pii", "0002_guard_events_and_count_rows"), ("tenancy", "0002_prepare_walls")]

    operations = [
        *(ProtectStaffTable(name) for name in TABLES.split()),
        ProtectStaffTable("requestevent", append_only=True),
    ]
