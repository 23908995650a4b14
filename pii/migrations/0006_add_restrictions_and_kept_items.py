"""Restriction of processing, and items of a plan that are kept on a ground of their own."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pii", "0005_index_planrow_by_row"),
        ("tenancy", "0010_name_tenant_permissions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="planitem",
            name="action",
            field=models.CharField(
                choices=[
                    ("delete", "Delete"),
                    ("anonymise", "Anonymise"),
                    ("keep", "Keep"),
                    ("refuse", "Refused"),
                    ("found", "Found"),
                ],
                max_length=10,
                verbose_name="action",
            ),
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("ground", models.CharField(max_length=200, verbose_name="ground")),
                ("contact_email", models.EmailField(blank=True, max_length=254, verbose_name="is told")),
                ("placed_at", models.DateTimeField(verbose_name="since")),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="lifted")),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lifted by",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="placed by",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restrictions",
                        to="pii.datarequest",
                        verbose_name="request",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                        verbose_name="tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "restriction",
                "verbose_name_plural": "restrictions",
                "ordering": ["-placed_at"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RestrictedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=255)),
                (
                    "restriction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="pii.restriction"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ItemDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=100, verbose_name="model")),
                ("tenant_key", models.UUIDField(verbose_name="tenant")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("hold", "Legal hold"),
                            ("duty", "Duty to keep (Art. 17(3)(b))"),
                            ("claims", "Legal claims (Art. 17(3)(e))"),
                            ("expression", "Freedom of expression and information (Art. 17(3)(a))"),
                            ("health", "Public health (Art. 17(3)(c))"),
                            ("archive", "Archiving or research (Art. 17(3)(d))"),
                        ],
                        max_length=10,
                        verbose_name="ground",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=150, verbose_name="note")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("decided_by_key", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="kept_items", to="pii.datarequest"
                    ),
                ),
            ],
            options={
                "ordering": ["model"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("request", "model", "tenant_key"), name="pii_itemdecision_once")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="restriction",
            index=models.Index(fields=["lifted_at", "-placed_at"], name="pii_restriction_standing"),
        ),
        migrations.AddIndex(
            model_name="restrictedrow",
            index=models.Index(fields=["model", "key"], name="pii_restrictedrow_row"),
        ),
    ]
