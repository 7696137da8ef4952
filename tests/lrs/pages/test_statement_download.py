"""Downloads of statements: chosen columns and paths, typed columns, and how far a download is."""

import pytest

from clients.models import Administrator
from tests.lrs.pages.test_activity import rows
from tests.lrs.pages.test_statements import ANNA, URL, far, hr, limited, near, root, tell
from tests.lrs.statement.samples import statement

__all__ = ["far", "hr", "limited", "near", "root"]
ROOM = "https://example.org/room"
RESULT = {
    "score": {"scaled": -0.5, "raw": 80, "min": 0, "max": 100},
    "success": False,
    "completion": True,
    "duration": "PT1H",
    "extensions": {ROOM: {"floor": 2, "name": "=A1"}},
}


@pytest.mark.usefixtures("db")
class TestChosen:
    def test_columns_stand_in_their_order_and_paths_after_them(self, root, near):
        pk = tell(near, result=RESULT, timestamp="2026-11-25T14:00:00+02:00")
        paths = f'result.score.scaled\nresult.extensions["{ROOM}"].name\nresult.extensions["{ROOM}"]\nresult.nothing'
        sent = {"column": ["success", "statement_id"], "paths": paths}
        heads, row = rows(root.get(URL + "download.csv", sent))
        assert heads == ["Statement ID", "Success", *paths.split("\n")]
        assert row == [pk, "false", "-0.5", "'=A1", '{"floor":2,"name":"=A1"}', ""]

    def test_paths_alone(self, root, near):
        tell(near)
        assert rows(root.get(URL + "download.csv", {"paths": "actor.name"})) == [["actor.name"], [ANNA["name"]]]

    def test_without_a_choice_the_usual_columns(self, root, near):
        tell(near)
        heads, _row = rows(root.get(URL + "download.csv", {"column": "unheard-of"}))
        assert heads[0] == "Stored"
        assert len(heads) == 15

    def test_the_page_shows_the_choice_and_the_first_rows(self, root, near):
        for number in range(7):
            tell(near, result={"response": f"answer {number}"})
        answer = root.get(URL + "download/", {"column": "response", "paths": "verb.id", "agent": "anna@example.org"})
        assert answer.context["layout"].heads() == ["Response", "verb.id"]
        assert [cells[0][1] for cells in answer.context["rows"]] == [f"answer {number}" for number in (6, 5, 4, 3, 2)]
        content = answer.content.decode()
        assert '<input type="hidden" name="agent" value="anna@example.org">' in content
        assert 'value="response" checked' in content
        assert 'value="verb" checked' not in content

    @pytest.mark.parametrize("paths", ["a b", "verb.id\n.x", "\n".join(f"x{n}" for n in range(51)), "x" * 501])
    def test_a_wrong_choice_is_named_on_the_page_and_a_download_leads_there(self, root, near, paths):
        tell(near)
        answer = root.get(URL + "download/", {"paths": paths})
        assert answer.status_code == 422
        assert answer.context["layout"].problem
        assert 'aria-invalid="true"' in answer.content.decode()
        redirected = root.get(URL + "download.csv", {"paths": paths})
        assert redirected.status_code == 302
        assert root.get(redirected["Location"]).status_code == 422

    def test_what_is_out_of_reach_is_in_no_row(self, limited, near, far):
        mine, foreign = tell(near), tell(far)
        content = limited.get(URL + "download/", {"column": "statement_id"}).content.decode()
        assert mine in content
        assert foreign not in content
        assert [row[2] for row in rows(limited.get(URL + "download-typed.csv"))[1:]] == [mine]

    def test_an_empty_store(self, root):
        assert root.get(URL + "download/").context["rows"] == []
        assert len(rows(root.get(URL + "download.csv"))) == 1


@pytest.mark.usefixtures("db")
class TestTyped:
    def test_each_column_has_one_name_and_one_type(self, root, near):
        pk = tell(near, result=RESULT, timestamp="2026-11-25T14:00:00+02:00")
        Administrator.objects.update(language="fi")
        heads, row = rows(root.get(URL + "download-typed.csv"))
        told = dict(zip(heads, row, strict=True))
        assert len(heads) == 24
        assert told["statement_id"] == pk
        assert told["timestamp"] == "2026-11-25T12:00:00.000000Z"
        assert (told["success"], told["completion"], told["registration"]) == ("false", "true", "")
        assert [float(told[f"score_{name}"]) for name in ("scaled", "raw", "min", "max")] == [-0.5, 80, 0, 100]
        assert told["verb"] == "passed"
        assert "läpäisi" in rows(root.get(URL + "download.csv"))[1]


@pytest.mark.usefixtures("db")
class TestProgress:
    @pytest.mark.parametrize("kind", ["download.csv", "download.jsonl", "download-typed.csv"])
    @pytest.mark.parametrize("ascending", [False, True])
    def test_an_answer_says_where_it_begins_and_ends(self, root, near, kind, ascending):
        told = [tell(near) for _ in range(3)]
        stored = [root.get(f"{URL}{pk}/").context["one"].row.stored for pk in (told[-1], told[0])]
        answer = root.get(URL + kind, {"ascending": "true"} if ascending else {})
        assert [answer["X-Stored-First"], answer["X-Stored-Last"]] == (stored[::-1] if ascending else stored)

    def test_an_empty_one_says_nothing(self, root):
        assert "X-Stored-First" not in root.get(URL + "download.csv")


@pytest.mark.usefixtures("db")
class TestNumbersOfAnySize:
    """xAPI sets no limit; what no double holds is no value of a typed column."""

    HUGE = 10**400 + 1

    def test_pages_and_downloads(self, root, near):
        pk = tell(near, result={"score": {"raw": self.HUGE}, "extensions": {ROOM: -self.HUGE}})
        for page in ("", f"{pk}/", "download/", "download.jsonl"):
            answer = root.get(URL + page)
            assert answer.status_code == 200, page
            b"".join(answer)
        assert str(self.HUGE) in root.get(f"{URL}{pk}/").content.decode()
        paths = {"paths": f'result.score.raw\nresult.extensions["{ROOM}"]'}
        assert rows(root.get(URL + "download.csv", paths))[1] == [str(self.HUGE), str(-self.HUGE)]
        heads, row = rows(root.get(URL + "download-typed.csv"))
        assert dict(zip(heads, row, strict=True))["score_raw"] == ""

    def test_formats_of_the_api(self, own):
        definition = {"extensions": {ROOM: self.HUGE}}
        own.post(statement(object={"id": "a:huge", "definition": definition}))
        for form in ("exact", "canonical"):
            assert str(self.HUGE) in own.get(format=form).content.decode()
        assert own.get(format="ids").status_code == 200
        assert str(self.HUGE) in own.get("/xapi/activities", activityId="a:huge").content.decode()
