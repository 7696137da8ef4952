from django.db import migrations, models

import scim.models.configuration


def division_to_rule(apps, schema_editor):
    for configuration in apps.get_model("scim", "ScimConfiguration").objects.exclude(scope_division=""):
        division = configuration.scope_division
        configuration.scope_rule = {"field": "division", "op": "equals", "value": division}
        configuration.stamps = {**configuration.stamps, "division": division}
        configuration.save(update_fields=["scope_rule", "stamps"])


def rule_to_division(apps, schema_editor):
    """A rule that is more than one division has no older form, and would widen what a configuration sees."""
    for configuration in apps.get_model("scim", "ScimConfiguration").objects.exclude(scope_rule={}):
        rule = configuration.scope_rule
        if (rule.get("field"), rule.get("op")) != ("division", "equals"):
            raise RuntimeError(f"The scope of {configuration.slug} cannot be kept: change it to one division first.")
        configuration.scope_division = rule["value"]
        configuration.stamps.pop("division", None)
        configuration.save(update_fields=["scope_division", "stamps"])


class Migration(migrations.Migration):
    dependencies = [("scim", "0004_states_and_limits")]

    operations = [
        migrations.AddField(
            model_name="scimconfiguration",
            name="scope_rule",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="scimconfiguration",
            name="mapping",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="scimconfiguration",
            name="matching",
            field=models.JSONField(blank=True, default=scim.models.configuration.default_matching, editable=False),
        ),
        migrations.AddField(
            model_name="scimconfiguration",
            name="existing_users",
            field=models.CharField(
                choices=[
                    ("link", "Link when the directory creates them"),
                    ("visible", "Show those in scope to the directory"),
                    ("refuse", "Refuse to create them again"),
                ],
                default="link",
                max_length=7,
                verbose_name="Existing users",
            ),
        ),
        migrations.AddField(
            model_name="scimconfiguration",
            name="revision",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.RunPython(division_to_rule, rule_to_division),
        migrations.RemoveField(model_name="scimconfiguration", name="scope_division"),
    ]
