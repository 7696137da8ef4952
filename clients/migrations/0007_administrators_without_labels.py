from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "0006_roles_for_labels")]
    operations = [migrations.RemoveField(model_name="administrator", name="labels")]
