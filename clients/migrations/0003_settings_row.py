from django.db import migrations


def make_row(apps, schema_editor):
    apps.get_model("clients", "LmsSettings").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_relations")]
    operations = [migrations.RunPython(make_row, migrations.RunPython.noop)]
