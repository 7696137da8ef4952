"""The cases B1 to B13. Import after Django is configured."""

import os
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from secrets import token_hex
from statistics import median
from typing import Any

from django.db import connection, connections

import scim.log
from benchmarks import scim_data as data
from benchmarks.scim_requests import Environ, Requests, Row, counted_queries, p95
from clients import actions, usage
from clients.audit import Origin
from scim.models import LmsUser, ScimAttribute, ScimConfiguration, ScimLink, ScimMembership

CONNECTIONS = 8
ON_SQLITE = ("B1", "B2", "B3", "B5", "B6", "B8", "B11")


def requests_of(configuration: ScimConfiguration) -> Requests:
    by = Origin.command("benchmark")
    client = actions.create_client(values={"name": "Measured", "scim_configuration": configuration}, by=by)
    return Requests(configuration, actions.regenerate_token(client, by=by).value)


class Run:
    def __init__(self, users: int, rounds: int, cycle: int) -> None:
        self.users, self.rounds, self.cycle = users, rounds, cycle
        self.rows: list[Row] = []
        self.floor: dict[bool, float] = {}  # p50 of reading one row, and of reading one and writing one
        self.here = requests_of(data.configuration(users))
        self.fresh = requests_of(_emptied())
        self.ids = self._ids("User")
        self.groups = self._ids("Group")

    def all(self, only: list[str]) -> int:
        head = f"{connection.vendor}, {self.users} users, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        print(
            f"\n{head}\n{'':51} {'p50':>9} {'p95':>9} {'CPU':>7} {'x floor':>8} {'target':>7} {'limit':>7}", flush=True
        )
        self.floors()
        for number in range(1, 14):
            name = f"B{number}"
            if (only and name not in only) or (connection.vendor == "sqlite" and name not in ON_SQLITE):
                continue
            getattr(self, name.lower())()
        usage.flush()
        return int(any(row.misses(row.limit) for row in self.rows))

    def b1(self) -> None:
        small = self.lookups(self.here, self.users)
        if connection.vendor == "postgresql":
            large = 4 * self.users
            times = self.lookups(requests_of(data.configuration(large)), large)
            self.add("B1", f"p50 at {large} users against {self.users}", times / small, 1.3, unit="x")

    def lookups(self, directory: Requests, users: int) -> float:
        domain = f"of{users}.test"
        names = (f'userName eq "user{n}@{domain}"' for n in self.spread(users))
        found = self.timed("B1", f"userName eq, {users} users", directory, map(directory.find, names), 12, 30)
        ids = (f'externalId eq "X-{n}"' for n in self.spread(users))
        self.timed("B1", f"externalId eq, {users} users", directory, map(directory.find, ids), 12, 30)
        return found

    def b2(self) -> None:
        domain = f"of{self.users}.test"
        filters = (f'emails[type eq "work"].value eq "user{n}@{domain}"' for n in self.spread(self.users))
        self.timed("B2", 'emails[type eq "work"].value eq', self.here, map(self.here.find, filters), 12, 40)

    def b3(self) -> None:
        get, last = self.here.get, self.users - 99
        first = self.timed("B3", "first page of 100", self.here, self.few(lambda: get("/Users", count=100)), 60, 200)
        page = self.few(lambda: get("/Users", count=100, startIndex=last))
        found = self.timed("B3", "last page of 100", self.here, page, 60, 200)
        self.add("B3", "p50 of the last against the first", found / first, 1.5, unit="x")

    def b4(self) -> None:
        """Everybody is seen once, whoever is blocked meanwhile."""
        seen: list[str] = []
        cursor, began, blocked = "", time.perf_counter(), iter(self.ids[:: max(len(self.ids) // 50, 1)])
        while cursor is not None:
            page = self.here.sent(self.here.get("/Users", cursor=cursor, count=200))
            seen += [one["id"] for one in page["Resources"]]
            cursor = page.get("nextCursor")
            if (victim := next(blocked, None)) is not None:
                self.here.sent(self.here.patch(f"/Users/{victim}", {"op": "replace", "value": {"active": False}}))
        spent = time.perf_counter() - began
        assert len(seen) == len(set(seen)), "seen twice"
        assert set(seen) == set(self.ids), "lost"
        LmsUser.objects.filter(blocked=True).update(blocked=False, blocked_at=None, blocked_by="")
        self.add("B4", f"cursor walk over {self.users} users, 50 blocked", spent, 30, 90, unit="s")

    def b5(self) -> None:
        mark = token_hex(4)
        bodies = (data.resource(f"new{n}@{mark}.test", n, mark) for n in range(self.rounds))
        posts = (self.fresh.post("/Users", body) for body in bodies)
        self.timed("B5", "POST user", self.fresh, posts, 20, 50)
        changes = (self.change(scim_id) for scim_id in self.ids[5 :: len(self.ids) // self.rounds])
        self.timed("B5", "PATCH user, 2 operations", self.here, changes, 20, 50)

    def change(self, scim_id: str) -> Environ:
        one = {"op": "replace", "path": "title", "value": token_hex(8)}
        two = {"op": "replace", "path": f"{data.ENTERPRISE}:department", "value": token_hex(4)}
        return self.here.patch(f"/Users/{scim_id}", one, two)

    def b6(self) -> None:
        found = [self.toggled(group, size) for group, size in self.sized()]
        self.add("B6", "p50 at the largest group against the smallest", found[-1] / found[0], 1.5, unit="x")

    def toggled(self, group: str, size: int) -> float:
        member = {"op": "remove", "path": f'members[value eq "{self.ids[7]}"]'}
        back = {"op": "add", "path": "members", "value": [{"value": self.ids[7]}]}
        changes = (self.here.patch(f"/Groups/{group}", member if n % 2 == 0 else back) for n in range(self.rounds))
        return self.timed("B6", f"PATCH group of {size}, add or remove 1", self.here, changes, 20, 50)

    def b7(self) -> None:
        group = self.fresh_group()
        turns = max(self.rounds // 10, 4)
        some = self.ids[: min(1000, self.users)]
        spent = []
        for _ in range(turns):
            self.here.sent(self.here.patch(f"/Groups/{group}", {"op": "remove", "path": "members"}))
            listed = [{"value": one} for one in some]
            added = self.here.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": listed})
            spent += self.here.times([self.here.get("/Groups", count=0)] * 2 + [added])
        self.median("B7", f"PATCH group, add {len(some)} members", spent, 150, 1000)
        size = data.group_sizes(self.users)[1]
        self.median(
            "B7", f"PUT group of {size}, 10 changes", self.here.times(self.shifted(group, size, turns)), 400, 1000
        )

    def shifted(self, group: str, size: int, turns: int) -> list[Environ]:
        found = []
        for turn in range(turns + 2):
            bodies = ({"value": one} for one in self.ids[turn * 5 : turn * 5 + size])
            found.append({"schemas": [data.GROUP], "displayName": "Measured", "members": list(bodies)})
        return [self.here.put(f"/Groups/{group}", body) for body in found]

    def b8(self) -> None:
        (_, _), (middle, size), (largest, most) = self.sized()
        without = self.few(lambda: self.here.get(f"/Groups/{largest}", excludedAttributes="members"))
        self.timed("B8", f"GET group of {most} without members", self.here, without, 10, 30)
        whole = self.few(lambda: self.here.get(f"/Groups/{middle}"))
        self.timed("B8", f"GET group of {size}", self.here, whole, 250, 1500)

    def b9(self) -> None:
        mark = token_hex(4)
        numbers = range(self.cycle)
        work = [(self.fresh.bearer, mark, list(numbers[part::CONNECTIONS])) for part in range(CONNECTIONS)]
        rate = self.at_once(_initial_cycle, work, 2 * self.cycle)
        each = self.cycle // CONNECTIONS + 1
        floor = self.at_once(_floor_cycle, [(self.floor_requests(), each)] * CONNECTIONS, 2 * each * CONNECTIONS)
        name = f"look-up and POST of {self.cycle} users"
        self.add("B9", name, rate, 70, 25, unit="req/s", more=True, floor=floor)

    def b10(self) -> None:
        group = self.fresh_group()
        each = max(self.rounds // 2, 5)
        parts = [self.ids[part * each : (part + 1) * each] for part in range(CONNECTIONS)]
        work = [(self.here.bearer, group, part) for part in parts]
        rate = self.at_once(_add_members, work, sum(map(len, parts)))
        members = self.here.sent(self.here.get(f"/Groups/{group}"))["members"]
        assert {one["value"] for one in members} == {one for part in parts for one in part}, "lost update"
        floor = self.at_once(_floor_cycle, [(self.floor_requests(), each)] * CONNECTIONS, 2 * each * CONNECTIONS)
        name = f"{CONNECTIONS} clients PATCH one group"
        self.add("B10", name, rate, 45, 20, unit="req/s", more=True, floor=floor)

    def at_once(self, task: Callable[[Any], None], work: list[Any], requests: int) -> float:
        connections.close_all()
        began = time.perf_counter()
        with get_context("fork").Pool(len(work)) as pool:
            pool.map(task, work, chunksize=1)
        return requests / (time.perf_counter() - began)

    def b11(self) -> None:
        change = {"op": "add", "path": "members", "value": [{"value": self.ids[11]}, {"value": self.ids[-1]}]}
        cases = {
            "list of 100 users": (self.here.get("/Users", count=100), 4),
            "list of 100 groups": (self.here.find('displayName sw "small"', "/Groups"), 4),
            "PATCH of one member": (self.here.patch(f"/Groups/{self.groups[4]}", change), 8),
        }
        for name, (environ, target) in cases.items():
            self.here.sent(self.here.get("/Users", count=1))  # settings are read every few seconds
            with counted_queries() as queries:
                self.here.sent(environ)
            self.add("B11", f"queries: {name}", len(queries), target, target + 1, unit="")
        self.here.sent(self.here.patch(f"/Groups/{self.groups[4]}", change | {"op": "remove"}))

    def b12(self) -> None:
        def changes() -> list[float]:
            return self.here.times(self.change(one) for one in self.ids[9 :: len(self.ids) // self.rounds])

        write = scim.log.write
        ratios = []
        for _ in range(3):
            with_log = median(changes())
            scim.log.write = lambda *_: None
            try:
                ratios.append(with_log / median(changes()))
            finally:
                scim.log.write = write
        self.add("B12", "PATCH user, log on against off", 100 * (median(ratios) - 1), 10, 25, unit="%")

    def b13(self) -> None:
        _, _, (largest, size) = self.sized()
        before = _resident()
        for _ in range(4):
            self.toggled(largest, size)
        self.b4()
        self.add("B13", "growth of memory by B6 at the largest and B4", _resident() - before, 30, 100, unit="MB")

    def floors(self) -> None:
        read, write = self.floor_requests()
        for environ, name in ((read, "floor: SELECT"), (write, "floor: SELECT and INSERT")):
            self.floor[_writes(environ)] = self.timed("", name, self.here, [environ] * self.rounds)

    def floor_requests(self) -> tuple[Environ, Environ]:
        client = self.here.configuration.clients.last().client_id
        read = {"REQUEST_METHOD": "GET", "PATH_INFO": "/floor/read", "HTTP_X_CLIENT": client}
        kind = "application/x-www-form-urlencoded"
        write = {"REQUEST_METHOD": "POST", "PATH_INFO": "/floor/write", "CONTENT_TYPE": kind}
        return read, write | {"body": f"client_id={client}".encode()}

    def timed(
        self,
        case: str,
        name: str,
        directory: Requests,
        environs: Any,
        target: float | None = None,
        limit: float | None = None,
    ) -> float:
        """p50."""
        sent = list(environs)
        times, floor = directory.times(sent), self.floor.get(_writes(sent[0]))
        self.add(case, name, p95(times), target, limit, p50=median(times), cpu=median(directory.cpu), floor=floor)
        return median(times)

    def median(self, case: str, name: str, times: list[float], target: float, limit: float) -> None:
        """Of requests too long to have a p95."""
        self.add(case, name, max(times), target, limit, p50=median(times), floor=self.floor[True])

    def add(self, *args: Any, **values: Any) -> None:
        self.rows.append(Row(*args, **values))
        print(self.rows[-1].line(), flush=True)

    def spread(self, users: int) -> range:
        return range(3, users, max(users // self.rounds, 1))

    def few(self, make: Callable[[], Environ]) -> list[Environ]:
        return [make() for _ in range(max(self.rounds // 3, 8))]

    def sized(self) -> list[tuple[str, int]]:
        return list(zip(self.groups, data.group_sizes(self.users), strict=False))

    def fresh_group(self) -> str:
        ScimLink.objects.filter(configuration=self.here.configuration, key="measured").delete()
        body = {"schemas": [data.GROUP], "displayName": "Measured"}
        return str(self.here.sent(self.here.post("/Groups", body))["id"])

    def _ids(self, kind: str) -> list[str]:
        links = ScimLink.objects.live().filter(configuration=self.here.configuration, kind=kind).order_by("pk")
        return [str(one) for one in links.values_list("scim_id", flat=True)]


def _initial_cycle(work: tuple[str, str, list[int]]) -> None:
    bearer, mark, numbers = work
    directory = _connected(bearer)
    for number in numbers:
        name = f"cycle{number}@{mark}.test"
        assert directory.sent(directory.find(f'userName eq "{name}"'))["totalResults"] == 0
        directory.sent(directory.post("/Users", data.resource(name, number, mark)))
    usage.flush()
    connections.close_all()


def _floor_cycle(work: tuple[tuple[Environ, Environ], int]) -> None:
    (read, write), turns = work
    directory = _connected("")
    for _ in range(turns):
        directory.sent(read)
        directory.sent(write)
    connections.close_all()


def _add_members(work: tuple[str, str, list[str]]) -> None:
    bearer, group, members = work
    directory = _connected(bearer)
    for one in members:
        directory.sent(directory.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": one}]}))
    usage.flush()
    connections.close_all()


def _writes(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] != "GET"


def _connected(bearer: str) -> Requests:
    return Requests(ScimConfiguration(), bearer)


def _emptied() -> ScimConfiguration:
    """The configuration that new users go to, without those of the last run."""
    made, _ = ScimConfiguration.objects.get_or_create(slug="fresh", defaults={"name": "Fresh", "rate": 0})
    links = ScimLink.objects.filter(configuration=made)
    users = list(links.values_list("user", flat=True))
    ScimAttribute.objects.filter(configuration=made).delete()
    ScimMembership.objects.filter(group__in=links).delete()
    links.delete()
    for start in range(0, len(users), 500):
        LmsUser.objects.filter(pk__in=users[start : start + 500]).delete()
    return made


def _resident() -> float:
    """Megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6
