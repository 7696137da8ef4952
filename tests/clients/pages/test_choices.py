"""Choices of a select without a template for each."""

from django import forms

from clients.pages.choices import ManyChoices, option_tags


def test_text_is_escaped_and_one_is_selected():
    tags = option_tags([("", "Any"), ("1", "R&D <b>"), ('"', "x")], "1")
    expected = '<option value="">Any</option><option value="1" selected>R&amp;D &lt;b&gt;</option>'
    assert tags == expected + '<option value="&quot;">x</option>'


def test_the_control_is_what_django_would_draw():
    choices = [("", "No label"), ("7", "HR / Helsinki"), ("8", "Partners")]
    drawn = []
    for widget in (forms.Select, ManyChoices):
        field = forms.ChoiceField(choices=choices, required=False, widget=widget(attrs={"class": "input"}))
        form = type("Form", (forms.Form,), {"label": field})({"label": "8"}, auto_id="bulk-%s")
        drawn.append("".join(str(form["label"]).split()))
    assert drawn[0] == drawn[1]
