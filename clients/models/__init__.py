"""Who may call, who may administer, and what was done. One concept a module."""

from clients.models.administrator import Administrator
from clients.models.audit import AuditEntry
from clients.models.bucket import ClientBucket
from clients.models.client import Client
from clients.models.credential import Credential
from clients.models.identity import OidcIdentity
from clients.models.job import JobState
from clients.models.label import Labelled, LabelledQuerySet, PermissionLabel
from clients.models.role import Role, RoleAssignment, RolePermission
from clients.models.saved_filter import SavedFilter
from clients.models.session import AdministratorSession
from clients.models.setting import LmsSettings
from clients.models.token import (
    RevokedToken,
    UnusedAccessToken,
    UnusedDeviceGrant,
    UnusedGrant,
    UnusedIDToken,
    UnusedRefreshToken,
)
from clients.models.usage import ClientUsage, RecentRequest

__all__ = [
    "Administrator",
    "AdministratorSession",
    "AuditEntry",
    "Client",
    "ClientBucket",
    "ClientUsage",
    "Credential",
    "JobState",
    "Labelled",
    "LabelledQuerySet",
    "LmsSettings",
    "OidcIdentity",
    "PermissionLabel",
    "RecentRequest",
    "RevokedToken",
    "Role",
    "RoleAssignment",
    "RolePermission",
    "SavedFilter",
    "UnusedAccessToken",
    "UnusedDeviceGrant",
    "UnusedGrant",
    "UnusedIDToken",
    "UnusedRefreshToken",
]
