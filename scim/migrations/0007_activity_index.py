from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scim', '0006_provisioning_log'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='provisioningentry',
            index=models.Index(fields=['configuration', 'at', 'outcome'], name='scim_entry_activity'),
        ),
    ]
