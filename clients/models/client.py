"""The OAuth client: django-oauth-toolkit's application model without everything that other grants need."""

from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from clients.administration import Action, ObjectType
from clients.models.label import Labelled, LabelledQuerySet
from clients.secrets import generate_client_id

if TYPE_CHECKING:
    from clients.models.administrator import Administrator


MOST_PER_MINUTE = 6_000_000
MOST_AT_ONCE = 1_000_000


class ClientQuerySet(LabelledQuerySet):
    def existing(self) -> "ClientQuerySet":
        """Without the deleted: their rows stay, because statements name them."""
        return self.filter(deleted_at__isnull=True)

    def in_reach_of(self, user: "Administrator", action: Action) -> "ClientQuerySet":
        return super().in_reach_of(user, action).existing()

    def with_labels(self) -> "ClientQuerySet":
        return self.prefetch_related("labels__parent__parent")


class Client(AbstractApplication, Labelled):
    """An external system. Its secrets are Credential rows; there is no column that could hold one."""

    object_type = ObjectType.CLIENT

    # Not ours: other grants, plain secrets, OIDC. RFC 6749 §4.4 needs none of them.
    client_secret = None
    hash_client_secret = None  # type: ignore[assignment]
    user = None
    redirect_uris = None  # type: ignore[assignment]
    post_logout_redirect_uris = None  # type: ignore[assignment]
    allowed_origins = None  # type: ignore[assignment]
    skip_authorization = None  # type: ignore[assignment]
    algorithm = None  # type: ignore[assignment]
    registration_source = None  # type: ignore[assignment]
    cimd_expires_at = None

    client_id = models.CharField(_("Client ID"), max_length=24, default=generate_client_id, editable=False)
    client_type = models.CharField(max_length=32, default=AbstractApplication.CLIENT_CONFIDENTIAL, editable=False)
    authorization_grant_type = models.CharField(
        max_length=44, default=AbstractApplication.GRANT_CLIENT_CREDENTIALS, editable=False
    )
    name = models.CharField(_("Name"), max_length=120)
    short_description = models.CharField(_("Short description"), max_length=200, blank=True)
    active = models.BooleanField(_("Active"), default=True)
    generation = models.PositiveIntegerField(default=1, editable=False, db_default=1)
    scim_configuration = models.ForeignKey(
        "scim.ScimConfiguration",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("SCIM configuration"),
    )
    lrs_own = models.BooleanField(
        _("Allow LRS access — read and write access to statements created by this client"), default=False
    )
    lrs_full_read = models.BooleanField(_("Allow LRS access — full read access to all data"), default=False)
    shared_events = models.BooleanField(
        _("Allow shared events access — for synchronizing events with other LMSes"), default=False
    )
    # None: the installation's; 0 requests a minute: no limit.
    requests_per_minute = models.PositiveIntegerField(
        _("Requests per minute"), null=True, blank=True, validators=[MaxValueValidator(MOST_PER_MINUTE)]
    )
    burst = models.PositiveIntegerField(
        _("Requests at once"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_AT_ONCE)],
    )
    deleted_at = models.DateTimeField(null=True, editable=False)
    created = models.DateTimeField(_("Created"), auto_now_add=True, db_default=Now())
    updated = models.DateTimeField(_("Updated"), auto_now=True, db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["-updated", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["client_id"], name="client_unique_client_id"),
            models.CheckConstraint(condition=models.Q(client_type="confidential"), name="client_confidential"),
            models.CheckConstraint(
                condition=models.Q(authorization_grant_type="client-credentials"), name="client_credentials_grant_only"
            ),
            models.CheckConstraint(condition=models.Q(generation__gte=1), name="client_generation_positive"),
        ]
        indexes = [models.Index(fields=["-updated", "-id"], name="client_by_updated")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The library's rules are about redirect URIs, which this client has none of."""

    @property
    def version(self) -> str:
        """Another one after each save; a new credential leaves it."""
        return self.updated.isoformat()

    def get_absolute_url(self) -> str:
        return reverse("client", args=[self.pk])

    def is_usable(self, request: Any) -> bool:
        return self.active

    def redirect_uri_allowed(self, uri: str) -> bool:
        return False

    def post_logout_redirect_uri_allowed(self, uri: str) -> bool:
        return False

    def origin_allowed(self, origin: str) -> bool:
        return False

    @property
    def default_redirect_uri(self) -> NoReturn:
        raise AttributeError("a client-credentials client has no redirect URI")
