"""Add the end of a tenant's life: when it was archived, the state after it, and the order with its report."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenancy.audit


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0010_name_tenant_permissions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="tenant",
            options={
                "ordering": ["name", "id"],
                "permissions": [
                    ("suspend_tenant", "Can suspend and restore tenants"),
                    ("archive_tenant", "Can archive tenants"),
                    ("purge_tenant", "Can ask for the purge of archived tenants"),
                    ("transfer_tenant", "Can make members owners"),
                    ("import_tenant", "Can import tenants"),
                    ("export_tenant", "Can export tenants"),
                ],
                "verbose_name": "tenant",
                "verbose_name_plural": "tenants",
            },
        ),
        migrations.AddField(
            model_name="tenant",
            name="archived_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="archived"),
        ),
        migrations.AlterField(
            model_name="tenant",
            name="state",
            field=models.CharField(
                choices=[
                    ("active", "Active"),
                    ("suspended", "Suspended"),
                    ("archived", "Archived"),
                    ("purged", "Purged"),
                ],
                default="active",
                editable=False,
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.RemoveConstraint(model_name="tenant", name="tenancy_tenant_active_follows_state"),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_active", True), ("state", "active")),
                    models.Q(("is_active", False), ("state__in", ["suspended", "archived", "purged"])),
                    _connector="OR",
                ),
                name="tenancy_tenant_active_follows_state",
            ),
        ),
        migrations.CreateModel(
            name="TenantPurge",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("tenant_key", models.UUIDField(editable=False, unique=True, verbose_name="tenant")),
                ("reason", models.TextField(editable=False, verbose_name="reason")),
                (
                    "ordered_at",
                    models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="ordered"),
                ),
                ("emptied_at", models.DateTimeField(editable=False, null=True, verbose_name="rows deleted")),
                ("finished_at", models.DateTimeField(editable=False, null=True, verbose_name="finished")),
                ("report", models.JSONField(default=dict, editable=False, verbose_name="report")),
                (
                    "approved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ordered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "purge",
                "verbose_name_plural": "purges",
                "ordering": ["-ordered_at", "id"],
                "default_permissions": ("view",),
            },
        ),
    ]
