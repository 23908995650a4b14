"""Add the list of accesses that no scope covered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_keep_an_owner")]

    operations = [
        migrations.CreateModel(
            name="ObservedAccess",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("model", models.CharField(editable=False, max_length=255, verbose_name="model")),
                ("what", models.CharField(editable=False, max_length=10, verbose_name="access")),
                ("place", models.CharField(editable=False, max_length=500, verbose_name="place")),
                ("line", models.PositiveIntegerField(editable=False, verbose_name="line")),
                ("count", models.PositiveBigIntegerField(default=0, editable=False, verbose_name="times")),
                ("first_seen_at", models.DateTimeField(auto_now_add=True, verbose_name="first seen")),
                ("last_seen_at", models.DateTimeField(editable=False, verbose_name="last seen")),
            ],
            options={
                "verbose_name": "observed access",
                "verbose_name_plural": "observed accesses",
                "ordering": ["model", "place", "what"],
                "constraints": [
                    models.UniqueConstraint(fields=("model", "place", "what"), name="tenancy_observed_once")
                ],
            },
        ),
    ]
