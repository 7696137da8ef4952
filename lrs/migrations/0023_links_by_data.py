"""Whether any Statement still names some data of an attachment is one look-up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lrs", "0022_agent_users")]
    operations = [
        migrations.AddIndex(
            "statementattachment", models.Index(fields=["client", "sha2"], name="lrs_link_by_data")
        ),
    ]
