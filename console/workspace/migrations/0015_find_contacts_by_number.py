"""An index for finding a person by a phone number in all organisations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0010_name_tenant_permissions"),
        ("workspace", "0014_isolate_bulk_tagging"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("phone_key", ""), _negated=True),
                fields=["phone_key"],
                name="workspace_contact_number",
            ),
        ),
    ]
