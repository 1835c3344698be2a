"""Rows of a roster that give the same person twice. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contest_portal.core.spreadsheets.sheet import Row, Sheet, place_of
from contest_portal.core.text import N_, Message
from contest_portal.people.roster.problems import Problems, Severity, problem_in
from contest_portal.people.roster.values import RosterRow

_REPEATED: Mapping[str, str] = {
    "id_number": N_("与%(other)s的身份证号相同，同一个人只能有一行，请核对。"),
    "phone": N_("与%(other)s的手机号相同，请核对。"),
    "person": N_("与%(other)s的姓名、出生日期相同，请确认是否为同一个人。"),
}

MOST_NAMESAKES = 4
"""So many pupils of one school may be born on one day under one name."""


class Repeats:
    """Who stands in which rows: by ID number, by mobile number, by name and birth date."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], list[tuple[int, Sheet, Row, int | None]]] = {}

    def note(self, alike: str, key: str, position: int, sheet: Sheet, row: Row, place: int | None) -> None:
        """The row at `position` of all rows has this ID number, mobile number or person (name and birth date)."""
        self._places.setdefault((alike, key), []).append((position, sheet, row, place))

    def report(self, rows: list[RosterRow], problems: Problems) -> None:
        """Name in each row the other one that it repeats; the values of a row in error are taken away.

        The same person twice is only doubtful where all rows have an ID number, since these differ, and where they are
        few: many numbers under one name and birth date are guesses at whose is right.
        """
        for (alike, _key), places in self._places.items():
            if len(places) < 2:
                continue
            numbered = all(_has_number(rows[position]) for position, *_rest in places)
            doubtful = alike == "person" and numbered and len(places) <= MOST_NAMESAKES
            if alike == "person" and not doubtful and not any(rows[position].values for position, *_rest in places):
                continue
            for index, (position, sheet, row, place) in enumerate(places):
                other = places[0 if index else 1]
                message = Message.of(_REPEATED[alike], other=place_of(other[1].name, other[2].number))
                severity: Severity = "warning" if doubtful else "error"
                problems.add(problem_in(sheet, row, f"{alike}.repeated", message, place, severity))
                if severity == "error":
                    rows[position] = replace(rows[position], values=None)


def _has_number(row: RosterRow) -> bool:
    return row.values is not None and bool(row.values.id_number)
