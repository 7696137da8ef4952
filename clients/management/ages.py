"""How commands read an age: 12m, 30d."""

import argparse
import re
from datetime import datetime, timedelta

DAYS = {"d": 1, "m": 30, "y": 365}


def age(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,4})([dmy])", text)
    if not found:
        raise argparse.ArgumentTypeError("an age like 90d, 12m or 2y expected")
    return timedelta(days=int(found[1]) * DAYS[found[2]])


def before(age_or_months: timedelta | int, now: datetime) -> datetime:
    if isinstance(age_or_months, int):
        return now - timedelta(days=30 * age_or_months)
    return now - age_or_months
