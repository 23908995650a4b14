"""Find the restrictions that name a person by the address they are told at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pii", "0007_protect_restrictions_and_kept_items")]

    operations = [
        migrations.AddIndex(
            model_name="restriction", index=models.Index(fields=["contact_email"], name="pii_restriction_told")
        ),
    ]
