"""Find a person's own requests by the rows they covered, however many requests there were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pii", "0004_add_planitem_swept_at")]

    operations = [
        migrations.AddIndex(model_name="planrow", index=models.Index(fields=["model", "key"], name="pii_planrow_row")),
    ]
