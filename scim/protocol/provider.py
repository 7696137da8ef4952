"""What a configuration publishes about itself: schemas, resource types, capabilities, and what it tolerates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django_scim.settings import scim_settings
from scim2_models import (
    Attribute,
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ETag,
    Filter,
    Mutability,
    Pagination,
    Patch,
    Required,
    Resource,
    ResourceType,
    Returned,
    Schema,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
)
from scim2_server.utils import load_default_resource_types, load_default_schemas

from scim.comparison import key
from scim.protocol.serialise import Plan, plan_of
from scim.tolerances import Tolerances

MAX_RESULTS = 200
MAX_BULK_BYTES = 4 * 1024 * 1024
_RESOURCES = ("User", "Group")
MAX_OPERATIONS = 1_000  # of a Bulk request
_ALWAYS_PUBLISHED = ("groups",)


@dataclass(frozen=True, slots=True)
class Shape:
    """All that tells the published form of one configuration from that of another."""

    emails_required: bool
    paths: frozenset[str]  # of what is mapped
    read_only: frozenset[str]
    tolerances: Tolerances


@dataclass(frozen=True, slots=True)
class Published:
    provider: ScimProvider
    case_exact: frozenset[str]  # paths in lower case, an extension's URN included; mapped or not
    plans: Mapping[str, Plan]  # by name of a resource type


@lru_cache(maxsize=64)
def published(shape: Shape) -> Published:
    """Models are built once a shape: the engine composes them from the schemas, which takes tens of milliseconds."""
    resource_types = [one for one in load_default_resource_types().values() if one.name in _RESOURCES]
    served = {str(one.schema_) for one in resource_types}
    served |= {str(extension.schema_) for one in resource_types for extension in one.schema_extensions or ()}
    whole = [schema for schema in load_default_schemas().values() if str(schema.id) in served]
    schemas = [trimmed for schema in whole if (trimmed := _trimmed(schema, shape)).attributes]
    resource_types = [_with_extensions(one, {str(schema.id) for schema in schemas}) for one in resource_types]
    provider = ScimProvider.from_discovery(schemas, resource_types, config=_capabilities(), policy=_policy(shape))
    core = {str(one.schema_) for one in resource_types}
    exact = {
        path for schema in whole for path in _case_exact(schema, "" if str(schema.id) in core else f"{schema.id}:")
    }
    plans = {name: plan_of(cast("type[Resource[Any]]", provider.model_for(name))) for name in _RESOURCES}
    return Published(provider, frozenset(exact), plans)


def _with_extensions(resource_type: ResourceType, schemas: set[str]) -> ResourceType:
    """Without the extensions of which nothing is mapped."""
    kept = [one for one in resource_type.schema_extensions or () if str(one.schema_) in schemas]
    return resource_type.model_copy(update={"schema_extensions": kept or None})


def _trimmed(schema: Schema, shape: Shape) -> Schema:
    """What is mapped, and groups as they are."""
    trimmed = schema.model_copy(deep=True)
    if schema.name != "Group":
        prefix = "" if schema.name == "User" else f"{schema.id}:"
        trimmed.attributes = [one for one in trimmed.attributes or () if _is_kept(one, prefix, shape)]
    for attribute in trimmed.attributes or ():
        if attribute.name == "emails" and shape.emails_required:
            _require_value(attribute)
        if attribute.name == "active":
            attribute.required = Required.true  # a user always is or is not; bodies that leave it out are completed
        if attribute.name == "members":
            _derive_display(attribute)
    return trimmed


def _is_kept(attribute: Attribute, prefix: str, shape: Shape) -> bool:
    """Also takes the sub-attributes away that are not mapped, where their attribute as a whole is not."""
    path = f"{prefix}{attribute.name}"
    if path in shape.read_only:
        attribute.mutability = Mutability.read_only
    inner = attribute.sub_attributes or []
    for one in inner:
        if f"{path}.{one.name}" in shape.read_only:
            one.mutability = Mutability.read_only
    if path in {*shape.paths, *_ALWAYS_PUBLISHED}:
        return True
    attribute.sub_attributes = [one for one in inner if f"{path}.{one.name}" in shape.paths]
    return bool(attribute.sub_attributes)


def _require_value(attribute: Attribute) -> None:
    """At least one entry, and a value in each."""
    attribute.required = Required.true
    for inner in attribute.sub_attributes or ():
        if inner.name == "value":
            inner.required = Required.true


def _derive_display(attribute: Attribute) -> None:
    """How a member is called follows from the user, and is told to those who ask."""
    for inner in attribute.sub_attributes or ():
        if inner.name == "display":
            inner.mutability, inner.returned = Mutability.read_only, Returned.request


def _case_exact(schema: Schema, prefix: str) -> Iterator[str]:
    for attribute in schema.attributes or ():
        if attribute.case_exact:
            yield f"{prefix}{attribute.name}".lower()
        for inner in attribute.sub_attributes or ():
            if inner.case_exact:
                yield f"{prefix}{attribute.name}.{inner.name}".lower()


def _policy(shape: Shape) -> ScimPolicy:
    tolerances = shape.tolerances
    return ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore if tolerances.ignore_unknown else ScimPolicy.Unknown.forbid,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply
        if tolerances.remove_value_selects
        else ScimPolicy.RemoveValue.forbid,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create
        if tolerances.create_missing_item
        else ScimPolicy.UnmatchedPathFilter.forbid,
        comparison_key=lambda binding, text: key(text, case_exact=binding.case_exact),
    )


def _capabilities() -> ServiceProviderConfig:
    """RFC 7643 §5: only what is really there."""
    schemes: list[dict[str, Any]] = scim_settings.AUTHENTICATION_SCHEMES
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=True, max_operations=MAX_OPERATIONS, max_payload_size=MAX_BULK_BYTES),
        filter=Filter(supported=True, max_results=MAX_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        pagination=Pagination(
            cursor=True,
            index=True,
            default_pagination_method=Pagination.DefaultPaginationMethod.index,
            default_page_size=MAX_RESULTS,
            max_page_size=MAX_RESULTS,
        ),
        authentication_schemes=[AuthenticationScheme.model_validate(scheme) for scheme in schemes],
    )
