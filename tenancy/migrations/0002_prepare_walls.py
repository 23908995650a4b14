"""Raise wall 2 around the app's own tables."""

from django.db import migrations

from tenancy.db.operations import IsolateTable, PrepareDatabase, ShareTable


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        PrepareDatabase(),
        # A tenant sees its own row and changes what belongs to it; its state is the operators' alone.
        IsolateTable(
            "tenant",
            column="id",
            visibility="directory",
            tenant=("SELECT", "UPDATE (name, settings, updated_at)"),
            identity=("SELECT",),
        ),
        IsolateTable("usertenantmembership", visibility="directory", identity=("SELECT",)),
        IsolateTable(
            "invitation",
            visibility="directory",
            identity=("SELECT",),
            exempt={"uniques:token_hash": "A hash of 256 random bits: a collision tells nobody anything."},
        ),
        ShareTable(table="django_migrations", reason="Names of migrations.", write=()),
    ]
