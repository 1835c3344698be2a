"""What a roster would change: each row against the people who are already known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from contest_portal.core.text import N_, Message
from contest_portal.people.roster.reading import RosterReading
from contest_portal.people.roster.values import PersonValues, RosterRow, StudentValues, TeacherValues

OutcomeKind = Literal["new", "changed", "unchanged", "moved", "doubtful", "error"]

_COMPARED = {
    StudentValues: ("name", "sex", "birth_on", "ethnic_group", "grade", "class_name"),
    TeacherValues: ("name", "sex", "birth_on", "ethnic_group"),
}
_DETAILS = {StudentValues: ("guardian_phone",), TeacherValues: ("phone", "position", "job_title", "subject")}

# Who knows a number alone learns neither the name nor the school of whom it belongs to.
NAMES_ANOTHER = N_("这个身份证号与系统中已有的登记不符，请核对姓名和号码。确实无误的，请联系主办单位。")


@dataclass(frozen=True, slots=True)
class ExistingPerson:
    """A pupil or teacher already known. `id_key` and `phone_key` are opaque keys of the numbers, made by the caller.

    `details` holds further fields by name (guardian_phone, phone, position, job_title, subject) as far as the caller
    knows them; a field that is not in it is not compared.
    """

    id: int
    school_id: int
    name: str
    id_key: str | None = None
    sex: str | None = None
    birth_on: date | None = None
    ethnic_group: str = ""
    grade: int | None = None
    class_name: str = ""
    state: str = "active"
    phone_key: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What one row would do.

    `changes` maps a field to (old, new). `person_id` is whom the row is about. `other_school_id` is where that person
    is: the school a pupil moves from, or a further school of a teacher who is new here. `reason` says why a row is
    doubtful. `names_another` marks a doubtful row whose ID number belongs to somebody of another school by another
    name: it tells nothing about that person, and cannot be taken.
    """

    row: RosterRow
    kind: OutcomeKind
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    person_id: int | None = None
    other_school_id: int | None = None
    reason: Message | None = None
    names_another: bool = False


def id_keys(reading: RosterReading, key_of: Callable[[str], str]) -> dict[str, str]:
    """The key of every ID number and (of teachers) every telephone number that the roster gives: number to key."""
    numbers = set[str]()
    for row in reading.rows:
        if row.values is not None:
            numbers |= {row.values.id_number, row.values.phone if isinstance(row.values, TeacherValues) else ""}
    return {number: key_of(number) for number in numbers if number}


def compare_roster(
    reading: RosterReading,
    existing: Iterable[ExistingPerson],
    *,
    school_id: int,
    key_of: Callable[[str], str] | Mapping[str, str],
) -> list[RowOutcome]:
    """What each row of the roster would do to the people of `school_id`, in the rows' order.

    `existing` are the school's own people and those of other schools who have an ID number of the roster. A row finds
    its person by ID number, then (teachers) by telephone number and name, then by name and birth date. An empty cell
    leaves what is known. `key_of` turns a number into the key that `existing` has: a function, or what `id_keys` gave.
    """
    known = _Known(existing, school_id)
    keys = key_of if isinstance(key_of, Mapping) else id_keys(reading, key_of)
    return [known.outcome(row, keys) for row in reading.rows]


def people_not_listed(
    outcomes: Iterable[RowOutcome], existing: Iterable[ExistingPerson], *, school_id: int
) -> list[ExistingPerson]:
    """The school's active people whom no row is about: they have left, or were forgotten. Nothing happens to them."""
    listed = {outcome.person_id for outcome in outcomes}
    return [
        person
        for person in existing
        if person.school_id == school_id and person.state == "active" and person.id not in listed
    ]


class _Known:
    """The existing people, found by their keys; those of the school itself come first."""

    def __init__(self, existing: Iterable[ExistingPerson], school_id: int) -> None:
        self.school_id = school_id
        self.by_id: dict[str, ExistingPerson] = {}
        self.by_phone: dict[tuple[str, str], list[ExistingPerson]] = {}
        self.by_birth: dict[tuple[str, date], list[ExistingPerson]] = {}
        self.taken: dict[int, RosterRow] = {}
        for person in sorted(existing, key=lambda person: (person.school_id != school_id, person.id)):
            if person.id_key:
                self.by_id.setdefault(person.id_key, person)
            if person.phone_key:
                self.by_phone.setdefault((person.phone_key, person.name), []).append(person)
            if person.birth_on:
                self.by_birth.setdefault((person.name, person.birth_on), []).append(person)

    def outcome(self, row: RosterRow, keys: Mapping[str, str]) -> RowOutcome:
        values = row.values
        if values is None:
            return RowOutcome(row, "error")
        key = keys[values.id_number] if values.id_number else None
        person = self.by_id.get(key) if key else None
        if person is None:
            alike = self._alike(values, keys)
            person = next((one for one in alike if self._is_surely(one, key)), None) if len(alike) == 1 else None
            if alike and person is None:
                return self._doubtful(row, alike[0], key)
        if person is None:
            return RowOutcome(row, "new")
        if person.school_id != self.school_id and person.name != values.name:
            return RowOutcome(row, "doubtful", reason=Message(NAMES_ANOTHER), names_another=True)
        if person.id in self.taken:
            other = self.taken[person.id].row_number
            reason = Message.of(N_("与第 %(row)s 行是系统中的同一个人，请核对。"), row=other)
            return RowOutcome(row, "doubtful", person_id=person.id, reason=reason)
        self.taken[person.id] = row
        return self._about(row, values, person, fills_id=bool(key) and person.id_key is None)

    def _alike(self, values: PersonValues, keys: Mapping[str, str]) -> list[ExistingPerson]:
        if isinstance(values, TeacherValues) and values.phone:
            found = self.by_phone.get((keys[values.phone], values.name), [])
            if found:
                return found
        return self.by_birth.get((values.name, values.birth_on), []) if values.birth_on else []

    def _is_surely(self, person: ExistingPerson, key: str | None) -> bool:
        """Alike in the same school, and no two different ID numbers."""
        return person.school_id == self.school_id and (key is None or person.id_key is None)

    def _doubtful(self, row: RosterRow, person: ExistingPerson, key: str | None) -> RowOutcome:
        elsewhere = person.school_id != self.school_id
        if key and person.id_key:
            reason = Message.of(N_("系统中已有姓名、出生日期相同而身份证号不同的人，请核对是否为同一个人。"))
        elif elsewhere:
            reason = Message.of(
                N_("另一所学校有姓名、出生日期相同的人，因缺少身份证号无法确认，请核对是否为同一个人。")
            )
        else:
            reason = Message.of(N_("系统中有不止一个姓名、出生日期相同的人，请核对是哪一个。"))
        return RowOutcome(row, "doubtful", {}, person.id, person.school_id if elsewhere else None, reason)

    def _about(self, row: RosterRow, values: PersonValues, person: ExistingPerson, *, fills_id: bool) -> RowOutcome:
        changes = _changes(values, person)
        if fills_id:
            changes["id_number"] = ("", values.id_number)
        if person.school_id != self.school_id:
            if isinstance(values, TeacherValues):  # a teacher may be on two schools' rosters
                return RowOutcome(row, "new", {}, person.id, person.school_id)
            return RowOutcome(row, "moved", changes, person.id, person.school_id)
        if person.state != "active":
            changes["state"] = (person.state, "active")
        return RowOutcome(row, "changed" if changes else "unchanged", changes, person.id)


def _changes(values: PersonValues, person: ExistingPerson) -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    for part in _COMPARED[type(values)]:
        old, new = getattr(person, part), getattr(values, part)
        if new not in {None, ""} and new != old:
            found[part] = (old, new)
    for part in _DETAILS[type(values)]:
        new = getattr(values, part)
        if new and part in person.details and person.details[part] != new:
            found[part] = (person.details[part], new)
    return found
