from scim.models.attribute import ScimAttribute
from scim.models.configuration import ScimConfiguration
from scim.models.entry import ProvisioningEntry
from scim.models.link import ScimLink
from scim.models.membership import ScimMembership
from scim.models.user import LmsUser

__all__ = ["LmsUser", "ProvisioningEntry", "ScimAttribute", "ScimConfiguration", "ScimLink", "ScimMembership"]
