"""When a person first came in by themselves; whoever is a member already is taken to have done so."""

from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    apps.get_model("tenancy", "UserTenantMembership").objects.update(entered_at=models.F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0013_index_lists_of_all_tenants")]

    operations = [
        migrations.AddField(
            "usertenantmembership",
            "entered_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="first entered"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
