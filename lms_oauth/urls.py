"""Every address of the installation. Each area lists its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("lrs.urls")),  # first: patterns are tried in turn, and these requests are the most
    path("", include("clients.urls")),
    path("", include("scim.urls")),
    path("", include("shared_events.urls")),
]

handler400 = "lms_oauth.handlers.bad_request"
handler403 = "lms_oauth.handlers.permission_denied"
handler404 = "lms_oauth.handlers.page_not_found"
handler500 = "lms_oauth.handlers.server_error"
