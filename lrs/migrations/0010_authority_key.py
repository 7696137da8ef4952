"""``related_agents`` finds an authority by the key of its Agent."""

import json
from hashlib import sha256
from uuid import UUID

from django.db import migrations, models


def fill(apps, schema_editor):
    """Every authority so far is one Agent with an account."""
    for row in apps.get_model("lrs", "Authority").objects.iterator():
        account = json.loads(row.json)["account"]
        text = f"agent\0account\0{account['homePage']}\0{account['name']}"
        row.key = UUID(sha256(text.encode()).hexdigest()[:32])
        row.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("lrs", "0003_relations_without_rowid")]
    operations = [
        migrations.AddField("authority", "key", models.UUIDField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("authority", "key", models.UUIDField(db_index=True)),
    ]
