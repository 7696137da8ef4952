"""Users and groups as a directory would have made them, written straight into the tables."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone

from scim.models import LmsUser, ScimAttribute, ScimConfiguration, ScimLink, ScimMembership
from scim.storage.index import entries

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
SMALL_GROUPS = 100
Columns = dict[str, Any]


def configuration(users: int) -> ScimConfiguration:
    """One with so many users, kept from one run to the next."""
    made, new = ScimConfiguration.objects.get_or_create(slug=f"users-{users}", defaults=_values(users))
    if new:
        Fill(made, users).all()
    return made


def _values(users: int) -> Columns:
    return {"name": f"{users} users", "rate": 0}


def resource(name: str, number: int, domain: str) -> Columns:
    """As an identity provider sends it, and as it is stored."""
    return {
        "schemas": [CORE, ENTERPRISE],
        "userName": name,
        "name": {"familyName": f"Family {number % 997}", "givenName": f"Given {number % 89}"},
        "displayName": f"Given {number % 89} Family {number % 997}",
        "title": f"Job {number % 40}",
        "emails": [{"type": "work", "primary": True, "value": name}],
        ENTERPRISE: {"employeeNumber": f"{domain}-{number}", "department": f"Department {number % 60}"},
    }


class Fill:
    def __init__(self, configuration: ScimConfiguration, users: int) -> None:
        self.configuration, self.users = configuration, users
        self.domain = f"of{users}.test"
        self.now = timezone.now()
        self.first = {model: _next(model) for model in (LmsUser, ScimLink)}

    def all(self) -> None:
        groups = {f"Group of {size}": size for size in group_sizes(self.users)}
        groups |= {f"Small group {number}": 5 for number in range(SMALL_GROUPS)}
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET synchronous_commit TO off")
        write(LmsUser, self._users())
        write(ScimLink, self._links(groups))
        write(ScimAttribute, self._attributes(groups))
        write(ScimMembership, self._memberships(list(groups.values())))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

    def name(self, number: int) -> str:
        return f"user{number}@{self.domain}"

    def _users(self) -> Iterator[Columns]:
        base = _columns(LmsUser(created=self.now, updated=self.now))
        for number in range(self.users):
            name, employee = self.name(number), f"{self.domain}-{number}"
            names = {"user_name": name, "user_name_key": name, "email": name, "email_key": name}
            ids = {"employee_id": employee, "employee_id_key": employee.lower()}
            yield base | names | ids | {"id": self.first[LmsUser] + number, "title": f"Job {number % 40}"}

    def _links(self, groups: Iterable[str]) -> Iterator[Columns]:
        made = ScimLink(configuration=self.configuration, kind="User", created=self.now, modified=self.now)
        base, first = _columns(made), self.first[ScimLink]
        for number in range(self.users):
            name = self.name(number)
            data = json.dumps(resource(name, number, self.domain))
            own = {"id": first + number, "user_id": self.first[LmsUser] + number, "external_id": f"X-{number}"}
            yield base | own | {"key": name, "data": data, "scim_id": _uuid(first + number)}
        for pk, name in enumerate(groups, first + self.users):
            data = json.dumps({"schemas": [GROUP], "displayName": name})
            own = {"kind": "Group", "user_id": None, "external_id": f"G-{pk}", "key": name.lower(), "data": data}
            yield base | own | {"id": pk, "scim_id": _uuid(pk)}

    def _attributes(self, groups: Iterable[str]) -> Iterator[Columns]:
        data = [resource(self.name(number), number, self.domain) for number in range(self.users)]
        data += [{"schemas": [GROUP], "displayName": name} for name in groups]
        pk = _next(ScimAttribute)
        for link, one in enumerate(data, self.first[ScimLink]):
            for entry in entries(one, ()):
                own = {"id": pk, "link_id": link, "configuration_id": self.configuration.pk}
                yield own | entry._asdict()
                pk += 1

    def _memberships(self, sizes: list[int]) -> Iterator[Columns]:
        pk, first = _next(ScimMembership), self.first[ScimLink]
        for group, size in enumerate(sizes, first + self.users):
            for member in range(first, first + size):
                yield {"id": pk, "group_id": group, "member_id": member}
                pk += 1


def group_sizes(users: int) -> tuple[int, int, int]:
    return min(100, users), users // 5, users


def write(model: type[models.Model], rows: Iterator[Columns]) -> None:
    table, first = model._meta.db_table, next(rows)  # noqa: SLF001
    names = ", ".join(f'"{name}"' for name in first)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write_row(tuple(first.values()))
                for row in rows:
                    copy.write_row(tuple(row.values()))
        else:
            places = ", ".join(["%s"] * len(first))
            values = (tuple(row.values()) for row in (*(first,), *rows))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)
        for sql in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(sql)


def _columns(made: models.Model) -> Columns:
    """As the database takes them."""
    return {
        field.column: json.dumps(value) if isinstance(value := getattr(made, field.attname), dict) else _plain(value)
        for field in made._meta.concrete_fields  # noqa: SLF001
    }


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if hasattr(value, "strftime") else value


def _uuid(number: int) -> Any:
    made = UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128, version=4)
    return made if connection.vendor == "postgresql" else made.hex


def _next(model: type[models.Model]) -> int:
    return (model.objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1
