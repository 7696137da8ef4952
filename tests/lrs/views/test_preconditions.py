"""If-Match and If-None-Match on documents, by version (xAPI 1.0.3 Communication §3.1; xAPI 2.0)."""

import pytest

from lrs.models import Document
from tests.lrs.stored import in_parallel
from tests.lrs.views.documents import KINDS, STATE, create, named, send, tag

OLD = b'{"a":1}'
OTHER = '"' + "0" * 40 + '"'
PUT_UNGUARDED = {  # (version, is State): new, existing
    ("1.0.3", True): (204, 204),
    ("1.0.3", False): (400, 409),
    ("2.0.0", True): (204, 409),
    ("2.0.0", False): (204, 409),
}
# Headers, status on an absent document, on an existing one.
GUARDED = [
    ({"HTTP_IF_MATCH": tag(OLD)}, 412, 204),
    ({"HTTP_IF_MATCH": tag(OLD).strip('"')}, 412, 204),
    ({"HTTP_IF_MATCH": f"{OTHER}, {tag(OLD)}"}, 412, 204),
    ({"HTTP_IF_MATCH": "*"}, 412, 204),
    ({"HTTP_IF_MATCH": OTHER}, 412, 412),
    ({"HTTP_IF_MATCH": "W/" + tag(OLD)}, 412, 412),
    ({"HTTP_IF_MATCH": ""}, 412, 412),
    ({"HTTP_IF_NONE_MATCH": "*"}, 204, 412),
    ({"HTTP_IF_NONE_MATCH": tag(OLD)}, 204, 412),
    ({"HTTP_IF_NONE_MATCH": "W/" + tag(OLD)}, 204, 412),
    ({"HTTP_IF_NONE_MATCH": OTHER}, 204, 204),
    ({"HTTP_IF_MATCH": tag(OLD), "HTTP_IF_NONE_MATCH": OTHER}, 412, 204),
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.removeprefix("/xapi/"))
def kind(request):
    return request.param


@pytest.fixture(params=["1.0.3", "2.0.0"])
def caller(request, own):
    own.version = request.param
    return own


def stored(caller, kind):
    answer = send(caller, "GET", kind)
    return None if answer.status_code == 404 else answer.content


@pytest.mark.django_db
def test_put_with_neither(caller, kind):
    new, existing = PUT_UNGUARDED[caller.version, kind == STATE]
    assert send(caller, "PUT", kind, b"new").status_code == new
    assert stored(caller, kind) == (b"new" if new == 204 else None)
    send(caller, "DELETE", kind)
    create(caller, kind, OLD)
    answer = send(caller, "PUT", kind, b"new")
    assert answer.status_code == existing
    assert stored(caller, kind) == (b"new" if existing == 204 else OLD)
    if existing == 409:
        assert "If-Match" in answer.json()["error"]["detail"]


@pytest.mark.django_db
def test_post_and_delete_need_neither(caller, kind):
    for method in ("POST", "POST", "DELETE", "DELETE"):
        assert send(caller, method, kind, {"b": 2}).status_code == 204


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_conditions(caller, kind, method):
    for headers, absent, existing in GUARDED:
        assert send(caller, method, kind, {"b": 2}, **headers).status_code == absent, headers
        assert (stored(caller, kind) is None) == (absent == 412 or method == "DELETE")
        send(caller, "DELETE", kind)
        create(caller, kind, OLD)
        answer = send(caller, method, kind, {"b": 2}, **headers)
        assert answer.status_code == existing, headers
        assert (stored(caller, kind) == OLD) == (existing == 412)
        if existing == 412:
            assert answer.json()["error"]["code"] == "precondition_failed"
        send(caller, "DELETE", kind)


@pytest.mark.django_db
def test_not_modified(own, kind):
    create(own, kind, OLD)
    for sent in (tag(OLD), "*", "W/" + tag(OLD), f"{OTHER},{tag(OLD)}"):
        for method in ("GET", "HEAD"):
            answer = send(own, method, kind, HTTP_IF_NONE_MATCH=sent)
            assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag(OLD))
    assert send(own, "GET", kind, HTTP_IF_NONE_MATCH=OTHER).content == OLD


@pytest.mark.django_db
def test_conditions_speak_of_one_document(own):
    create(own, STATE, OLD)
    context = {name: value for name, value in named(STATE).items() if name != "stateId"}
    assert send(own, "DELETE", STATE, parameters=context, HTTP_IF_MATCH="*").status_code == 400
    assert stored(own, STATE) == OLD


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_of_many_creates(self, own, kind):
        answers = in_parallel(*[lambda: send(own, "PUT", kind, b"x", HTTP_IF_NONE_MATCH="*").status_code] * 6)
        assert sorted(answers) == [204] + [412] * 5
        assert Document.objects.count() == 1

    def test_one_of_many_replaces(self, own):
        create(own, STATE, OLD)

        def replace(text):
            return lambda: send(own, "PUT", STATE, text, HTTP_IF_MATCH=tag(OLD)).status_code

        assert sorted(in_parallel(*(replace(b"%d" % n) for n in range(6)))) == [204] + [412] * 5

    def test_no_merge_is_lost(self, own):
        def add(name):
            return lambda: send(own, "POST", STATE, {name: 1}).status_code

        assert in_parallel(*(add(name) for name in "abcdef")) == [204] * 6
        assert send(own, "GET", STATE).json() == dict.fromkeys("abcdef", 1)

    def test_overwriting_at_once(self, own):
        assert in_parallel(*[lambda: send(own, "PUT", STATE, b"x").status_code] * 6) == [204] * 6
        assert Document.objects.count() == 1
