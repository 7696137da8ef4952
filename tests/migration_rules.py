"""What a migration may do while the version before it still serves requests, also on tables of millions of rows."""

from collections.abc import Iterator

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db.migrations import Migration, operations
from django.db.models import NOT_PROVIDED

# Tables that grow with use. A lock on one of them is as long as it is large.
BIG = {
    *(("clients", name) for name in ("auditentry", "clientusage", "recentrequest", "revokedtoken")),
    *(("scim", name) for name in ("lmsuser", "scimlink", "scimattribute", "scimmembership", "provisioningentry")),
    *(("lrs", name) for name in ("statement", "relation", "statementid", "reference", "attachment", "document")),
    *(("shared_events", name) for name in ("eventdoc", "event", "feedentry", "mirrorevent")),
}
_GONE = (
    operations.RemoveField,
    operations.RenameField,
    operations.DeleteModel,
    operations.RenameModel,
    operations.AlterModelTable,
)


def faults(migration: Migration) -> Iterator[str]:
    """Sentences that say what is wrong and what to do instead."""
    made = {one.name_lower for one in migration.operations if isinstance(one, operations.CreateModel)}
    for operation in migration.operations:
        name = getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))
        if name not in made:
            big = (migration.app_label, name) in BIG
            yield from (f"{operation.describe()}: {fault}" for fault in _faults(operation, big=big))


def _faults(operation: operations.base.Operation, *, big: bool) -> Iterator[str]:
    if isinstance(operation, _GONE):
        yield "the version before still uses it. Stop using it in one release, take it away in the next."
    if isinstance(operation, operations.AddField) and not _may_be_left_out(operation.field):
        yield "the version before inserts rows without it. Give it null=True or db_default."
    if not big:
        return
    if isinstance(operation, operations.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        yield "writers wait while it is built. Use AddIndexConcurrently in a migration with atomic = False."
    if isinstance(operation, operations.AddConstraint) and not isinstance(operation, AddConstraintNotValid):
        yield "all rows are read under a lock. Use AddConstraintNotValid, and ValidateConstraint in the next migration."
    if isinstance(operation, operations.AlterField):
        yield "the table may be written anew under a lock. Add another column, or list it here with the reason."
    if isinstance(operation, operations.AddField) and (operation.field.unique or operation.field.db_index):
        yield "its index is built under a lock. Add the column, then AddIndexConcurrently."


def _may_be_left_out(field: object) -> bool:
    many = getattr(field, "many_to_many", False)
    return bool(many or getattr(field, "null", False) or getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED)
