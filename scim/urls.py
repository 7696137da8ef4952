"""Addresses of SCIM, named as in django-scim2, and of its pages.

The view reads the path itself, so that spelling is forgiven in one place.
"""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path

from scim.pages import (
    activity,
    configuration_add,
    configuration_general,
    configuration_guide,
    configuration_list,
    configuration_mapping,
    configuration_matching,
    configuration_scope,
    configuration_test,
    configuration_usage,
    groups,
    log_list,
    users,
)
from scim.views import ScimView

view = login_not_required(ScimView.as_view())

_ENDPOINTS = {
    "root": r"",
    "search": r"\.search",
    "users-search": r"Users/\.search",
    "users": r"Users(?:/(?P<uuid>[^/]+))?",
    "groups-search": r"Groups/\.search",
    "groups": r"Groups(?:/(?P<uuid>[^/]+))?",
    "me": r"Me",
    "service-provider-config": r"ServiceProviderConfig",
    "resource-types": r"ResourceTypes(?:/(?P<uuid>[^/]+))?",
    "schemas": r"Schemas(?:/(?P<uuid>[^/]+))?",
    "bulk": r"Bulk",
}
endpoints = [re_path(rf"^{pattern}$", view, name=name) for name, pattern in _ENDPOINTS.items()]


def _configuration_pages(pages: dict[str, Callable[..., HttpResponseBase]]) -> list[URLPattern]:
    root = "system/scim-configurations/<int:pk>"
    return [path(f"{root}/{name}/", page, name=f"scim-configuration-{name}") for name, page in pages.items()]


urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^scim/v2/", include((endpoints, "scim"))),
    re_path(r"^scim/(?P<slug>[^/]+)/v2/", include((endpoints, "scim"), namespace="scim-configuration")),
    re_path(r"^scim(?:/|$)", view),
    path("system/scim-configurations/", configuration_list.configurations, name="scim-configurations"),
    path("system/scim-configurations/download/", configuration_list.download, name="scim-configurations-download"),
    path("system/scim-configurations/add/", configuration_add.add, name="scim-configuration-add"),
    path("system/scim-configurations/<int:pk>/", configuration_general.general, name="scim-configuration"),
    *_configuration_pages(
        {
            "mapping": configuration_mapping.mapping,
            "matching": configuration_matching.matching,
            "scope": configuration_scope.scope,
            "test": configuration_test.test,
            "log": log_list.configuration_log,
            "log-reads": log_list.log_reads,
            "guide": configuration_guide.guide,
        }
    ),
    path("system/provisioning-log/", log_list.log, name="scim-log"),
    path("system/provisioning-log/activity/", activity.activity, name="scim-activity"),
    path("system/provisioning-log/<int:pk>/", log_list.entry, name="scim-log-entry"),
    path("system/users/", users.users, name="lms-users"),
    path("system/users/download/", users.download, name="lms-users-download"),
    path("system/users/<int:pk>/", users.user, name="lms-user"),
    path("system/directory-groups/", groups.groups, name="scim-groups"),
    path("system/scim-configurations/<int:pk>/usage/", configuration_usage.usage, name="scim-configuration-usage"),
    path("system/scim-configurations/<int:pk>/delete/", configuration_usage.delete, name="scim-configuration-delete"),
]
