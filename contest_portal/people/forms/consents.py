"""Forms of guardians' consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from contest_portal.core.errors import DomainError, FieldProblem
from contest_portal.core.forms import Form
from contest_portal.core.i18n import translate
from contest_portal.core.text import N_, Message
from contest_portal.people.consent_rules import RELATIONS, SCAN_MAX_BYTES, ConsentInput
from contest_portal.people.models import Student
from contest_portal.people.roster.normalise import BirthMonth, Flaw, read_day


def relation_choices() -> list[tuple[str, str]]:
    """(value, label) of the relations; the value stays Chinese, the label is in the reader's language."""
    return [(word, translate(word)) for word in RELATIONS]


class ConsentForm(Form):
    """One pupil's consent."""

    guardian = StringField(_l("监护人姓名"))
    relation = SelectField(_l("与学生的关系"), validate_choice=False)
    signed_on = StringField(_l("签署日期"))
    covers_showing = BooleanField(_l("监护人同意公开展示获奖作品"))
    scan = FileField(_l("签名同意书的扫描件或照片"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.relation.choices = [("", _("请选择")), *relation_choices()]

    def consent_of(self, student: Student) -> ConsentInput | None:
        """The consent, or None after the day's fault is shown beside its field."""
        day = read_day(self.signed_on.data)
        if not isinstance(day, date):
            self.signed_on.errors = [translate(_day_fault(day))]
            return None
        upload = self.scan.data
        return ConsentInput(
            student_id=student.id,
            guardian_name=self.guardian.data or "",
            relation=self.relation.data or "",
            signed_on=day,
            scan=upload.read(SCAN_MAX_BYTES + 1) if upload else b"",
            scan_name=upload.filename or "" if upload else "",
            covers_showing=bool(self.covers_showing.data),
        )

    def show_of(self, error: DomainError, student: Student) -> None:
        """Put the faults of the pupil's consent beside this form's fields."""
        suffix = f"-{student.id}"
        for problem in error.problems:
            target = self._fields.get(problem.field.removesuffix(suffix))
            if target is not None:
                target.errors = [*target.errors, translate(problem.message)]
        if not error.problems:
            self.form_errors.append(translate(error.message))


@dataclass
class ConsentLine:
    """A pupil's line on the page of a class: what was typed, and what is wrong with it by field."""

    id: int
    name: str
    grade: int
    class_name: str
    guardian: str = ""
    relation: str = ""
    signed_on: str = ""
    showing: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, student: Student) -> ConsentLine:
        """The pupil's line with nothing typed."""
        return cls(student.id, student.name, student.grade, student.class_name)

    @property
    def is_filled(self) -> bool:
        return bool(self.guardian.strip() or self.relation)


class ClassConsentForm(Form):
    """The consents of many pupils; each pupil's fields are named after the pupil's id. Empty lines are left out."""

    def lines(self, students: Sequence[Student]) -> list[ConsentLine]:
        """What was typed for the pupils."""
        lines = [ConsentLine.of(student) for student in students]
        for line in lines:
            for name in ("guardian", "relation", "signed_on", "showing"):
                setattr(line, name, request.form.get(f"{name}-{line.id}", ""))
        return lines

    @staticmethod
    def consents_of(lines: Sequence[ConsentLine]) -> list[ConsentInput] | None:
        """The filled lines as consents, or None after the faults of days are put on their lines."""
        found: list[ConsentInput] = []
        for line in lines:
            if not line.is_filled:
                continue
            day = read_day(line.signed_on)
            if isinstance(day, date):
                found.append(
                    ConsentInput(line.id, line.guardian, line.relation, day, covers_showing=bool(line.showing))
                )
            else:
                line.errors["signed_on"] = [translate(_day_fault(day))]
        return None if any(line.errors for line in lines) else found

    @staticmethod
    def show_on(lines: Sequence[ConsentLine], problems: Sequence[FieldProblem]) -> None:
        """Put the faults on the lines they belong to."""
        by_id = {str(line.id): line for line in lines}
        for problem in problems:
            name, _dash, student_id = problem.field.rpartition("-")
            if student_id in by_id:
                by_id[student_id].errors.setdefault(name, []).append(translate(problem.message))


class WithdrawalForm(Form):
    """Why a consent is taken back."""

    why = TextAreaField(_l("撤回原因"))


def _day_fault(read: BirthMonth | Flaw | None) -> Message:
    if isinstance(read, Flaw):
        return read.message
    return Message(N_("请填写签署日期，如 2018-03-20。"))
