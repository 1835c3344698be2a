"""A roster's preview as a file: what was read and what it would do, in pages that can be opened one by one. Pure.

The file is a ZIP of JSON members, so that 50 lines are read without the other 20,000. ID and telephone numbers stand
masked in the lines that pages show; the rows hold them in full, so the file is for sealed storage only.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from contest_portal.core.text import N_, Message
from contest_portal.people.grades import grade_name
from contest_portal.people.id_number import mask_id_number
from contest_portal.people.phones import mask_phone
from contest_portal.people.roster.columns import FIELD_TITLES, RosterKind
from contest_portal.people.roster.comparing import ExistingPerson, RowOutcome
from contest_portal.people.roster.problems import CellProblem
from contest_portal.people.roster.reading import RosterReading
from contest_portal.people.roster.values import RosterRow, StudentValues, TeacherValues

LINES_A_PAGE = 50
OUTCOME_KINDS = ("new", "changed", "unchanged", "moved", "doubtful")
STATE_WORDS = {"active": N_("在册"), "graduated": N_("已毕业"), "left": N_("已离校")}

Shown = Message | str


@dataclass(frozen=True, slots=True)
class Change:
    """One value that would change: the field's word, old and new as shown."""

    title: Shown
    old: Shown
    new: Shown


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """A row of the roster as the preview shows it. `position` counts the roster's rows from 0.

    `read` are birth date, ethnic group and masked numbers as they were read, for people who are not known yet.
    """

    position: int
    sheet: str
    row_number: int
    name: str
    about: tuple[Shown, ...]
    read: tuple[Shown, ...]
    changes: tuple[Change, ...]
    person_id: int | None
    other_school: str
    reason: Shown


@dataclass(frozen=True, slots=True)
class UnlistedLine:
    """Somebody on the school's roster whom the uploaded one does not name."""

    person_id: int
    name: str
    about: tuple[Shown, ...]


class PreviewFile:
    """Reads what `pack_preview` wrote."""

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))

    def reading(self) -> RosterReading:
        """The rows as they were read, all of them right."""
        stored = self._load("rows")
        kind: RosterKind = stored["kind"]
        build = _student if kind == "students" else _teacher
        rows = (
            RosterRow(sheet, number, name, build(values) if values else None)
            for sheet, number, name, values in stored["rows"]
        )
        return RosterReading(kind, tuple(rows), ())

    def lines(self, kind: str, page: int) -> list[OutcomeLine]:
        """A page (from 1) of the rows of one outcome."""
        return [
            OutcomeLine(
                position,
                sheet,
                number,
                name,
                tuple(_decoded(part) for part in about),
                tuple(_decoded(part) for part in read),
                tuple(Change(*(_decoded(part) for part in change)) for change in changes),
                person_id,
                other_school,
                _decoded(reason),
            )
            for position, sheet, number, name, about, read, changes, person_id, other_school, reason in self._page(
                kind, page
            )
        ]

    def unlisted(self, page: int) -> list[UnlistedLine]:
        """A page of the school's people whom the roster does not name."""
        return [
            UnlistedLine(person_id, name, tuple(_decoded(part) for part in about))
            for person_id, name, about in self._page("unlisted", page)
        ]

    def problems(self, severity: str, page: int | None = None) -> list[CellProblem]:
        """A page of the faults, or all of them that were kept."""
        pages = range(1, self._pages(severity) + 1) if page is None else [page]
        return [
            CellProblem(sheet, row, column, value, code, _message(message), severity)  # type: ignore[arg-type]
            for number in pages
            for sheet, row, column, value, code, message in self._page(severity, number)
        ]

    def _pages(self, name: str) -> int:
        return sum(member.startswith(f"{name}/") for member in self._archive.namelist())

    def _page(self, name: str, page: int) -> list[Any]:
        member = f"{name}/{page}"
        return self._load(member) if member in self._archive.NameToInfo else []

    def _load(self, member: str) -> Any:
        return json.loads(self._archive.read(member))


def pack_preview(
    reading: RosterReading,
    outcomes: Sequence[RowOutcome],
    not_listed: Sequence[ExistingPerson],
    school_names: Mapping[int, str],
) -> bytes:
    """The file of a preview. `school_names` names every other school of the outcomes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        rows = [[row.sheet, row.row_number, row.name, _plain_values(row)] for row in reading.rows]
        archive.writestr("rows", _json({"kind": reading.kind, "rows": rows}))
        lines: dict[str, list[Any]] = {kind: [] for kind in OUTCOME_KINDS}
        for position, outcome in enumerate(outcomes):
            if outcome.kind != "error":
                lines[outcome.kind].append(_line(position, outcome, school_names))
        lines["unlisted"] = [[one.id, one.name, [_encoded(part) for part in _about(one)]] for one in not_listed]
        for problem in reading.problems:
            lines.setdefault(problem.severity, []).append(
                [problem.sheet, problem.row, problem.column, problem.value, problem.code, _encoded(problem.message)]
            )
        for kind, found in lines.items():
            for page, start in enumerate(range(0, len(found), LINES_A_PAGE), start=1):
                archive.writestr(f"{kind}/{page}", _json(found[start : start + LINES_A_PAGE]))
    return target.getvalue()


def fingerprint(outcomes: Iterable[RowOutcome]) -> str:
    """The same outcomes give the same 64 hex digits: whether anything has changed since a preview."""
    digest = hashlib.sha256()
    for outcome in outcomes:
        changes = sorted((name, str(old), str(new)) for name, (old, new) in outcome.changes.items())
        digest.update(repr((outcome.kind, outcome.person_id, outcome.other_school_id, changes)).encode())
    return digest.hexdigest()


def shown_value(field: str, value: Any) -> Shown:
    """A field's value as pages show it, numbers masked."""
    if value is None or value == "":
        return ""
    if field == "grade":
        return grade_name(value)
    if field == "state":
        return Message(STATE_WORDS[value])
    if field == "id_number":
        return mask_id_number(value)
    if field in {"phone", "guardian_phone"}:
        return mask_phone(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _line(position: int, outcome: RowOutcome, school_names: Mapping[int, str]) -> list[Any]:
    changes = outcome.changes if outcome.kind == "changed" else {}  # another school's values are its own affair
    row = outcome.row
    return [
        position,
        row.sheet,
        row.row_number,
        row.name,
        [_encoded(part) for part in _about(row.values)],
        [] if outcome.kind in {"changed", "unchanged"} else [_encoded(part) for part in _read(row.values)],
        [
            [_encoded(FIELD_TITLES[name]), _encoded(shown_value(name, old)), _encoded(shown_value(name, new))]
            for name, (old, new) in changes.items()
        ],
        outcome.person_id,
        school_names.get(outcome.other_school_id or 0, ""),
        _encoded(outcome.reason or ""),
    ]


def _about(person: Any) -> list[Shown]:
    """The few words by which a person is told from others: grade and class, or subject and post."""
    fields = ("grade", "class_name", "sex") if getattr(person, "grade", None) else ("subject", "job_title", "sex")
    details = getattr(person, "details", {})
    shown = [shown_value(name, getattr(person, name, None) or details.get(name)) for name in fields]
    return [part for part in shown if part]


def _read(values: Any) -> list[Shown]:
    """How the cells of a new person were understood, numbers masked."""
    shown = [
        shown_value(name, getattr(values, name, None)) for name in ("birth_on", "ethnic_group", "id_number", "phone")
    ]
    return [part for part in shown if part]


def _plain_values(row: RosterRow) -> list[Any] | None:
    if row.values is None:
        return None
    return [value.isoformat() if isinstance(value, date) else value for value in astuple(row.values)]


def _student(values: list[Any]) -> StudentValues:
    values[3] = date.fromisoformat(values[3])
    return StudentValues(*values)


def _teacher(values: list[Any]) -> TeacherValues:
    values[4] = date.fromisoformat(values[4]) if values[4] else None
    return TeacherValues(*values)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _encoded(value: Shown) -> Any:
    if isinstance(value, Message):
        return {"text": value.source, "with": {key: _encoded(part) for key, part in value.params.items()}}
    return value


def _decoded(value: Any) -> Shown:
    return _message(value) if isinstance(value, dict) else value


def _message(value: Mapping[str, Any]) -> Message:
    return Message(value["text"], {key: _decoded(part) for key, part in value["with"].items()})
