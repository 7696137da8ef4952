"""Made-up statements of 1.1 kB with skewed keys, and what is asked for."""

import json
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

AGENTS, ACTIVITIES, VERBS = 50_000, 5_000, 12


def skewed(most: int) -> int:
    """A few come very often, most seldom."""
    return int(most * random.random() ** 3)


def statement() -> dict[str, Any]:
    """Like those of a learning platform, with seven keys to find it by."""
    activity = f"https://lms.example.org/course/{skewed(ACTIVITIES)}"
    return {
        "id": str(UUID(int=random.getrandbits(128), version=4)),
        "actor": {
            "objectType": "Agent",
            "name": "Learner",
            "account": {"homePage": "https://lms.example.org", "name": str(skewed(AGENTS))},
        },
        "verb": {
            "id": f"http://adlnet.gov/expapi/verbs/{skewed(VERBS)}",
            "display": {"en-US": "completed", "de-DE": "beendete", "fr-FR": "a terminé"},
        },
        "object": {
            "objectType": "Activity",
            "id": activity,
            "definition": {
                "name": {"en-US": "A course about things that matter"},
                "description": {"en-US": "What is to be learned here is described in a sentence or two. " * 3},
                "type": "http://adlnet.gov/expapi/activities/course",
            },
        },
        "result": {
            "score": {"scaled": 0.75, "raw": 75, "min": 0, "max": 100},
            "success": True,
            "duration": "PT1H30M5S",
        },
        "context": {
            "registration": str(UUID(int=skewed(50_000), version=4)),
            "instructor": {"mbox": f"mailto:teacher{skewed(50)}@example.org"},
            "contextActivities": {"grouping": [{"id": f"https://lms.example.org/programme/{skewed(100)}"}]},
            "platform": "LMS",
            "language": "en-US",
            "extensions": {"https://lms.example.org/session": {"ip": "192.0.2.1", "agent": "Mozilla/5.0 " * 10}},
        },
        "timestamp": "2026-03-01T10:00:00.123Z",
    }


def lines(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield json.dumps(statement()).encode() + b"\n"


def _account(number: int) -> str:
    return json.dumps({"account": {"homePage": "https://lms.example.org", "name": str(number)}})


def queries() -> dict[str, dict[str, str]]:
    """A frequent or a rare one of each kind, all of them found by 20,000 statements already."""
    verb, course = "http://adlnet.gov/expapi/verbs/1", "https://lms.example.org/course/3"
    teacher = json.dumps({"mbox": "mailto:teacher3@example.org"})
    programme = "https://lms.example.org/programme/5"
    return {
        "agent, frequent": {"agent": _account(0), "limit": "25"},
        "agent, rare": {"agent": _account(50), "limit": "10"},
        "verb + activity": {"verb": verb, "activity": course, "limit": "10"},
        "registration": {"registration": str(UUID(int=7, version=4)), "limit": "10"},
        "related_agents": {"agent": teacher, "related_agents": "true", "limit": "25"},
        "related_activities": {"activity": programme, "related_activities": "true", "limit": "25"},
    }
