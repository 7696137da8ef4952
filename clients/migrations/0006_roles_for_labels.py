from django.db import migrations

NAME = "Integration administrator"
ABOUT = "Manages what bears the permission labels that the assignment is limited to"
PERMISSIONS = {
    "client": ("view", "add", "edit", "delete", "download", "regenerate"),
    "scim_configuration": ("view", "add", "edit", "delete", "download"),
    "label": ("view", "add", "edit", "delete"),
    "event": ("view", "add", "edit", "delete", "download"),
}


def labels_to_roles(apps, schema_editor):
    """Whoever was limited to labels holds a role with the same reach."""
    Administrator, Role, RoleAssignment, RolePermission = (
        apps.get_model("clients", name) for name in ("Administrator", "Role", "RoleAssignment", "RolePermission")
    )
    limited = Administrator.objects.filter(labels__isnull=False, is_superuser=False).distinct()
    if not limited.exists():
        return
    role, _ = Role.objects.get_or_create(name=NAME, defaults={"short_description": ABOUT})
    for kind, actions in PERMISSIONS.items():
        for action in actions:
            RolePermission.objects.update_or_create(
                role=role, object_type=kind, action=action, defaults={"unlimited": True}
            )
    for administrator in limited:
        assignment, _ = RoleAssignment.objects.get_or_create(administrator=administrator, role=role)
        assignment.labels.set(administrator.labels.all())


def roles_to_labels(apps, schema_editor):
    """Back to labels alone: those that limit the assignments; what limits the roles themselves is lost."""
    for assignment in apps.get_model("clients", "RoleAssignment").objects.all():
        assignment.administrator.labels.add(*assignment.labels.all())


class Migration(migrations.Migration):
    dependencies = [("clients", "0005_roles")]
    operations = [migrations.RunPython(labels_to_roles, roles_to_labels)]
