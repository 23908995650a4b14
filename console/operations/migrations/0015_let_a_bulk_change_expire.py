from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0014_let_a_question_be_taken_back"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bulkrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "Waits for approval"),
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("finished", "Finished"),
                    ("cancelled", "Cancelled"),
                    ("expired", "Expired"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
