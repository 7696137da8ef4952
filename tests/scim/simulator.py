"""Identity providers with a directory of their own, which they bring to the LMS over a line that fails."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random

from tests.scim.conftest import CORE, ENTERPRISE, GROUP, PATCH_OP

ATTEMPTS = 60


@dataclass
class Person:
    number: int
    user_name: str
    title: str = "New"
    department: str = "Sales"
    active: bool = True
    here: bool = True  # in the directory; who was deleted can be restored
    scim_id: str = ""

    @property
    def external_id(self):
        return f"person-{self.number}"

    def body(self):
        return {
            "schemas": [CORE, ENTERPRISE],
            "externalId": self.external_id,
            "userName": self.user_name,
            "active": self.active,
            "title": self.title,
            "emails": [{"primary": True, "type": "work", "value": self.user_name}],
            ENTERPRISE: {"department": self.department},
        }


@dataclass
class Crowd:
    number: int
    name: str
    members: set[int] = field(default_factory=set)
    scim_id: str = ""


class Line:
    """Between an identity provider and the LMS: of a hundred requests some are refused, lost or sent twice."""

    def __init__(self, directory, random, percent):
        self.directory, self.random, self.percent = directory, random, percent
        self.faults = Counter()

    def send(self, method, path, body=None):
        """The answer, after as many attempts as it takes."""
        for _ in range(ATTEMPTS):
            answer = self._attempt(method, path, body)
            if answer is not None:
                assert answer.status_code < 500, answer.content
                return answer.status_code, answer.json() if answer.content else None
        raise AssertionError(f"{method} {path}: no answer in {ATTEMPTS} attempts")

    def _attempt(self, method, path, body):
        faults = ("429", "500", "answer lost", "sent twice")
        drawn = self.random.random() * 100 / self.percent
        fault = faults[int(drawn * len(faults))] if drawn < 1 else ""
        self.faults[fault] += 1
        if fault in ("429", "500"):
            return None
        answer = self.directory.send(method, path, body)
        if fault == "sent twice":
            answer = self.directory.send(method, path, body)
        return None if fault == "answer lost" else answer


class IdentityProvider:
    """What Entra ID and Okta have in common: look up, create what is not there, take over what is."""

    def __init__(self, directory, seed, percent=20):
        self.random = Random(seed)
        self.line = Line(directory, self.random, percent)
        self.send, self.find = self.line.send, directory.find
        self.people: list[Person] = []
        self.crowds: list[Crowd] = []
        self.names = count()

    def initial(self, people, crowds):
        for number in range(people):
            self.people.append(Person(number, f"p{next(self.names)}@x.test"))
            self.provision(self.people[-1])
        for number in range(crowds):
            members = set(self.random.sample(range(people), min(people, self.random.randrange(12))))
            self.crowds.append(Crowd(number, f"Crowd {next(self.names)}", members))
            self.provision_group(self.crowds[-1])

    def cycle(self):
        """A tenth of the people and of the groups change, and somebody joins."""
        self.people.append(Person(len(self.people), f"p{next(self.names)}@x.test"))
        self.provision(self.people[-1])
        for person in self.random.sample(self.people, max(len(self.people) // 10, 1)):
            self.random.choice([self.retitle, self.rename, self.toggle, self.leave_or_return])(person)
        for crowd in self.random.sample(self.crowds, max(len(self.crowds) // 10, 1)):
            self.random.choice([self.change_members, self.change_members, self.rename_group, self.replace_group])(crowd)

    def retitle(self, person):
        if person.here:
            person.title, person.department = f"Job {self.random.random()}", self.random.choice(["HR", "IT"])
            self.update(person)

    def rename(self, person):
        if person.here:
            person.user_name = f"p{next(self.names)}@x.test"
            self.update(person)

    def toggle(self, person):
        if person.here:
            person.active = not person.active
            self.activate(person)

    def leave_or_return(self, person):
        person.here = not person.here
        if person.here:
            person.active = True
            self.restore(person)
        else:
            left = [crowd for crowd in self.crowds if person.number in crowd.members]
            for crowd in left:
                crowd.members.discard(person.number)
            self.delete(person, left)

    def change_members(self, crowd):
        there = [person.number for person in self.people if person.here]
        joining = set(self.random.sample(there, min(4, len(there)))) - crowd.members
        leaving = set(self.random.sample(sorted(crowd.members), min(2, len(crowd.members))))
        crowd.members = (crowd.members | joining) - leaving
        self.update_members(crowd, joining, leaving)

    def rename_group(self, crowd):
        crowd.name = f"Crowd {next(self.names)}"
        self.patch(f"/Groups/{crowd.scim_id}", {"op": "replace", "path": "displayName", "value": crowd.name})

    def replace_group(self, crowd):
        """Deleted, and made again."""
        status, _ = self.send("DELETE", f"/Groups/{crowd.scim_id}")
        assert status in (204, 404)  # 404: the answer to the first attempt was lost
        self.provision_group(crowd)

    def provision(self, person):
        person.scim_id = self.looked_up("/Users", f'userName eq "{person.user_name}"')
        if not person.scim_id:
            person.scim_id = self.created("/Users", person.body(), f'userName eq "{person.user_name}"')

    def looked_up(self, path, scim_filter):
        status, page = self.send("POST", f"{path}/.search", {"filter": scim_filter})
        assert status == 200, page
        assert page["totalResults"] <= 1
        return page["Resources"][0]["id"] if page["Resources"] else ""

    def created(self, path, body, scim_filter):
        status, answer = self.send("POST", path, body)
        if status == 409:  # made before, by an attempt whose answer was lost
            return self.looked_up(path, scim_filter)
        assert status == 201, answer
        return answer["id"]

    def patch(self, path, *operations):
        status, answer = self.send("PATCH", path, {"schemas": [PATCH_OP], "Operations": operations})
        assert status in (200, 204), answer

    def listed(self, numbers):
        return [{"value": self.people[number].scim_id} for number in sorted(numbers)]


class EntraId(IdentityProvider):
    def update(self, person):
        self.patch(
            f"/Users/{person.scim_id}",
            {"op": "Replace", "path": "userName", "value": person.user_name},
            {"op": "Replace", "path": 'emails[type eq "work"].value', "value": person.user_name},
            {"op": "Replace", "path": "title", "value": person.title},
            {"op": "Add", "path": f"{ENTERPRISE}:department", "value": person.department},
        )

    def activate(self, person):
        self.patch(f"/Users/{person.scim_id}", {"op": "Replace", "path": "active", "value": str(person.active)})

    def delete(self, person, _left):
        """Disabled first, and deleted for good later: the LMS ends the memberships."""
        self.patch(f"/Users/{person.scim_id}", {"op": "Replace", "path": "active", "value": "False"})
        status, _ = self.send("DELETE", f"/Users/{person.scim_id}")
        assert status in (204, 404)

    def restore(self, person):
        gone = person.scim_id
        self.provision(person)
        assert person.scim_id != gone

    def provision_group(self, crowd):
        body = {"schemas": [GROUP], "displayName": crowd.name, "externalId": f"crowd-{crowd.number}"}
        crowd.scim_id = self.created("/Groups", body, f'displayName eq "{crowd.name}"')
        self.update_members(crowd, crowd.members, set())

    def update_members(self, crowd, joining, leaving):
        for op, numbers in (("Add", joining), ("Remove", leaving)):
            if numbers:
                operation = {"op": op, "path": "members", "value": self.listed(numbers)}
                self.patch(f"/Groups/{crowd.scim_id}", operation)


class Okta(IdentityProvider):
    """Never deletes a user: who leaves is deactivated."""

    def update(self, person):
        status, answer = self.send("PUT", f"/Users/{person.scim_id}", person.body() | {"id": person.scim_id})
        assert status == 200, answer

    def activate(self, person):
        self.patch(f"/Users/{person.scim_id}", {"op": "replace", "value": {"active": person.active}})

    def delete(self, person, left):
        person.active = False
        self.activate(person)
        for crowd in left:
            one = f'members[value eq "{person.scim_id}"]'
            self.patch(f"/Groups/{crowd.scim_id}", {"op": "remove", "path": one})

    def restore(self, person):
        assert self.looked_up("/Users", f'userName eq "{person.user_name}"') == person.scim_id
        self.update(person)

    def provision_group(self, crowd):
        body = {"schemas": [GROUP], "displayName": crowd.name, "members": self.listed(crowd.members)}
        crowd.scim_id = self.created("/Groups", body, f'displayName eq "{crowd.name}"')

    def update_members(self, crowd, joining, leaving):
        operations = [{"op": "remove", "path": f'members[value eq "{one["value"]}"]'} for one in self.listed(leaving)]
        operations.append({"op": "add", "path": "members", "value": self.listed(joining)})
        self.patch(f"/Groups/{crowd.scim_id}", *operations)

    def rename_group(self, crowd):
        crowd.name = f"Crowd {next(self.names)}"
        value = {"id": crowd.scim_id, "displayName": crowd.name}
        self.patch(f"/Groups/{crowd.scim_id}", {"op": "replace", "value": value})
