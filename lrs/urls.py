"""The Learning Record Store, and its pages.

Every path below /xapi/ with and without a final slash, because a redirected POST loses its body.
"""

from django.urls import path, re_path

from lrs.pages import (
    activity,
    activity_download,
    statement_attachment,
    statement_detail,
    statement_download,
    statement_list,
)
from lrs.views.about import About
from lrs.views.activities import Activities
from lrs.views.agents import Agents
from lrs.views.base import UnknownPath
from lrs.views.documents import ActivityProfile, AgentProfile, State
from lrs.views.statements import Statements

urlpatterns = [
    re_path(r"^xapi/statements/?$", Statements.as_view(), name="xapi-statements"),
    re_path(r"^xapi/agents/?$", Agents.as_view(), name="xapi-agents"),
    re_path(r"^xapi/activities/?$", Activities.as_view(), name="xapi-activities"),
    re_path(r"^xapi/activities/state/?$", State.as_view(), name="xapi-state"),
    re_path(r"^xapi/activities/profile/?$", ActivityProfile.as_view(), name="xapi-activity-profile"),
    re_path(r"^xapi/agents/profile/?$", AgentProfile.as_view(), name="xapi-agent-profile"),
    re_path(r"^xapi/about/?$", About.as_view(), name="xapi-about"),
    re_path(r"^xapi(?:/.*)?$", UnknownPath.as_view()),
    path("system/lrs/activity/", activity.activity, name="lrs-activity"),
    path("system/lrs/activity/periods.csv", activity_download.periods, name="lrs-activity-periods"),
    path("system/lrs/activity/clients.csv", activity_download.clients, name="lrs-activity-clients"),
    path("system/lrs/activity/verbs.csv", activity_download.verbs, name="lrs-activity-verbs"),
    path("system/lrs/activity/activities.csv", activity_download.activities, name="lrs-activity-activities"),
    path("system/lrs/statements/", statement_list.statements, name="lrs-statements"),
    path("system/lrs/statements/download/", statement_download.choice, name="lrs-statements-download"),
    path("system/lrs/statements/download-typed.csv", statement_download.as_typed_csv, name="lrs-statements-typed"),
    path("system/lrs/statements/download.csv", statement_download.as_csv, name="lrs-statements-csv"),
    path("system/lrs/statements/download.jsonl", statement_download.as_json_lines, name="lrs-statements-jsonl"),
    path("system/lrs/statements/<uuid:pk>/", statement_detail.statement, name="lrs-statement"),
    path(
        "system/lrs/statements/<uuid:pk>/attachments/<str:sha2>/",
        statement_attachment.attachment,
        name="lrs-attachment",
    ),
]
