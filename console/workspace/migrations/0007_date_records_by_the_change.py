"""A record written down later carries the moment of its change."""

from django.db import migrations, models

import tenancy.audit


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0006_isolate_tenantexport"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="uploaded"),
        ),
        migrations.AlterField(
            model_name="contact",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="contacttag",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="tagged"),
        ),
        migrations.AlterField(
            model_name="historicalattachment",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="uploaded"),
        ),
        migrations.AlterField(
            model_name="historicalcontact",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="historicalcontacttag",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="tagged"),
        ),
        migrations.AlterField(
            model_name="historicalnote",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="written"),
        ),
        migrations.AlterField(
            model_name="note",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="written"),
        ),
        migrations.AlterField(
            model_name="tenantexport",
            name="created_at",
            field=models.DateTimeField(default=tenancy.audit.moment, editable=False, verbose_name="ordered"),
        ),
    ]
