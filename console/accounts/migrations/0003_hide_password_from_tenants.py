"""A tenant's role may not read the password column."""

from django.db import migrations

import tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_protect_people"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="password",
            field=tenancy.fields.IdentityCharField(max_length=128, verbose_name="password"),
        ),
    ]
