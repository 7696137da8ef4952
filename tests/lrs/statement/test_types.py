import pytest

from lrs.statement.types import Problem, Version, under


@pytest.mark.parametrize(
    ("header", "version"),
    [
        ("1.0", Version.V1),
        ("1.0.0", Version.V1),
        ("1.0.3", Version.V1),
        ("1.0.9", Version.V1),
        ("1.0.17", Version.V1),
        ("2.0", Version.V2),
        ("2.0.0", Version.V2),
        ("2.0.1", Version.V2),
        ("0.9", None),
        ("0.95", None),
        ("1.1.0", None),
        ("2.1.0", None),
        ("3.0.0", None),
        ("1", None),
        ("1.0.", None),
        ("1.0.3\n", None),
        (" 1.0.3", None),
        ("1.0.3, 1.0.3", None),
        ("\u0661.0.3", None),
        ("1.0." + "9" * 64_000, None),
        ("", None),
    ],
)
def test_version_header_communication_3_3(header, version):
    assert Version.requested(header) is version


def test_path_names_members_indexes_and_keys_that_are_no_names():
    problem = Problem("wrong", ("context", "contextActivities", "parent", 2, "http://a/b", "x y"))
    assert str(problem) == 'context.contextActivities.parent[2]["http://a/b"]["x y"]: wrong'


def test_path_of_a_member_of_a_batch_starts_with_its_index():
    assert under(3, under("verb", (Problem("missing"),)))[0].path == "[3].verb"


def test_a_huge_name_is_cut():
    assert len(Problem("unknown property", ("x" * 64_000,)).path) < 100


def test_a_problem_of_the_whole_value_has_no_path():
    assert str(Problem("must be an object")) == "must be an object"
