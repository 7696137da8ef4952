"""Configuration from the environment or from files it names."""

import pytest

from lms_oauth.env import Environment


def test_text():
    env = Environment({"A": "x"})
    assert (env.text("A"), env.text("B"), env.text("B", "y")) == ("x", "", "y")
    assert env.names == {"A", "B"}


def test_a_file_wins_and_is_stripped(tmp_path):
    (tmp_path / "key").write_text("from file\n")
    env = Environment({"KEY": "from environment", "KEY_FILE": str(tmp_path / "key")})
    assert env.text("KEY") == "from file"
    assert env.names == {"KEY"}


def test_a_missing_file_stops_the_program(tmp_path):
    with pytest.raises(FileNotFoundError):
        Environment({"KEY_FILE": str(tmp_path / "none")}).text("KEY")


@pytest.mark.parametrize(
    ("value", "flag"),
    [("1", True), ("On", True), ("YES", True), ("true", True), ("0", False), ("", False), ("off", False)],
)
def test_flag(value, flag):
    assert Environment({"A": value}).flag("A", default=not flag) is flag
    assert Environment({}).flag("A", default=flag) is flag


@pytest.mark.parametrize("value", ["maybe", "2", "-", "onn"])
def test_a_flag_that_is_none(value):
    with pytest.raises(ValueError, match="A: on or off expected"):
        Environment({"A": value}).flag("A")


def test_number():
    env = Environment({"A": "42", "B": "0"})
    assert (env.number("A", 1), env.number("B", 1), env.number("C", 7)) == (42, 0, 7)


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "", "٣", " 1"])
def test_a_number_that_is_none(value):
    with pytest.raises(ValueError, match="A: a whole number"):
        Environment({"A": value}).number("A", 1)


@pytest.mark.parametrize(("value", "words"), [("a,b c", ["a", "b", "c"]), ("", []), (" , ", [])])
def test_words(value, words):
    assert Environment({"A": value}).words("A") == words
