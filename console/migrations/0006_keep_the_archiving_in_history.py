"""The history of tenants follows their row: when they were archived, and the state after that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("console", "0005_keep_the_actor_of_a_history_row"), ("tenancy", "0011_add_purge")]

    operations = [
        migrations.AddField(
            model_name="historicaltenant",
            name="archived_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="archived"),
        ),
        migrations.AlterField(
            model_name="historicaltenant",
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
    ]
