from datetime import datetime

import pytest
from django.core.exceptions import ValidationError

from shared_events.pages.fields import LocalTimeField

FIELD = LocalTimeField("Start Time", ask="Enter when the event starts.")


@pytest.mark.parametrize("text", ["2027-03-29T09:00", "2027-03-29T09:00:00", " 2027-03-29T09:00 "])
def test_what_browsers_send(text):
    assert FIELD.clean(text) == datetime.fromisoformat("2027-03-29T09:00")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Enter when the event starts."),
        ("tomorrow", "Enter a date and a time, such as 2027-03-29T09:00."),
        ("2027-02-30T09:00", "Enter a date and a time, such as 2027-03-29T09:00."),
        ("2027-03-29T09:00+02:00", "Enter a date and a time, such as 2027-03-29T09:00."),
        ("99999-01-01T09:00", "Enter a date and a time, such as 2027-03-29T09:00."),
        ("1969-12-31T23:59", "Enter a year from 1970 to 2200."),
        ("2201-01-01T00:00", "Enter a year from 1970 to 2200."),
    ],
)
def test_what_it_asks_for(text, message):
    with pytest.raises(ValidationError, match=message.replace(".", r"\.")):
        FIELD.clean(text)


def test_seconds_are_shown_where_there_are_some():
    assert FIELD.prepare_value(datetime.fromisoformat("2027-03-29T09:00")) == "2027-03-29T09:00"
    assert FIELD.prepare_value(datetime.fromisoformat("2027-03-29T09:00:07")) == "2027-03-29T09:00:07"
    assert FIELD.prepare_value("half typed") == "half typed"
