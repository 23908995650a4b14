from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0018_split_member_words_without_regex"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="historicalcontacttag",
            index=models.Index(fields=["contact", "-history_date", "-history_id"], name="history_contacttag_con"),
        ),
    ]
