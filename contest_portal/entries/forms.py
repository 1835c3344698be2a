"""Forms of entries. The entry's own form is built from the rules of its category."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import (
    Field,
    FieldList,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired

from contest_portal.contests.rules import CategoryRules, ExtraField
from contest_portal.core.errors import DomainError, FieldProblem, Invalid
from contest_portal.core.forms import Form, VersionedForm
from contest_portal.core.i18n import translate
from contest_portal.core.text import N_, Message
from contest_portal.entries.draft_input import MOST_PEOPLE, AuthorInput, DraftInput
from contest_portal.entries.models import Entry

ANSWER = "field_"
SLOT = "slot_"


class AuthorRow(PlainForm):
    """One author in the form; the person as `student-12`."""

    person = HiddenField()
    share = StringField(_l("承担比例"))
    duty = StringField(_l("分工"))


class TutorRow(PlainForm):
    """One tutor in the form."""

    person = HiddenField()


class EntryForm(VersionedForm):
    """What every category asks. `author` and `tutor` hold a person newly picked; `first` the first author's person.

    A button of a row posts what is done with the list: `remove`, `earlier`; `next` says where saving leads.
    """

    title = StringField(_l("作品名称"), id="title")
    summary = TextAreaField(_l("内容简介"), id="summary")
    group_name = StringField(_l("申报群体名称"), id="group-name")
    stage_code = RadioField(_l("学段"), id="stage", choices=[], validate_choice=False)
    discipline = SelectField(_l("学科"), id="discipline", choices=[], validate_choice=False)
    completed_on = StringField(_l("完成日期"), id="completed-on")
    authors = FieldList(FormField(AuthorRow), _l("作者"), max_entries=MOST_PEOPLE)
    tutors = FieldList(FormField(TutorRow), _l("辅导教师"), max_entries=MOST_PEOPLE)
    first = HiddenField()
    author = HiddenField()
    author_query = StringField()
    tutor = HiddenField()
    tutor_query = StringField()
    find = HiddenField()
    remove = HiddenField()
    earlier = HiddenField()
    next = HiddenField()

    def field_at(self, anchor: str) -> Field | None:
        """The field that stands at an anchor of the page (`group-name`, `field-technique`, `slot-report`)."""
        return next((field for field in self if field.id == anchor), None)

    def show(self, error: DomainError) -> None:
        """Put each problem beside the field at its anchor; what belongs to a row of people stands above the form."""
        if not error.problems:
            self.form_errors.append(translate(error.message))
        for problem in error.problems:
            self._show(problem)

    def _show(self, problem: FieldProblem) -> None:
        field = self.field_at(problem.field)
        if field is None:
            self.form_errors.append(translate(problem.message))
        else:
            field.errors = [*field.errors, translate(problem.message)]


def entry_form(entry: Entry, rules: CategoryRules, *, from_records: bool = False) -> EntryForm:
    """The form of the entry, filled from what was sent, or from the records where nothing was sent."""
    fields: dict[str, Any] = {}
    for one in rules.fields:
        fields[ANSWER + one.code] = _answer_field(one)
    for slot in rules.slots:
        fields[SLOT + slot.code] = MultipleFileField(slot.label, id=f"slot-{slot.code}")
    built: type[EntryForm] = type("CategoryForm", (EntryForm,), fields)
    form = built(formdata=None, data=_recorded(entry, rules)) if from_records else built(data=_recorded(entry, rules))
    if rules.summary:
        form.summary.label.text = rules.summary.label
    form.discipline.label.text = rules.discipline_label
    form.tutors.label.text = rules.tutors.label
    form.stage_code.choices = [(group.code, group.name) for group in rules.stage_groups]
    form.discipline.choices = _discipline_choices(entry, rules)
    return form


def _answer_field(one: ExtraField) -> Any:
    identity = f"field-{one.code}"
    if one.kind == "longtext":
        return TextAreaField(one.label, id=identity)
    if one.kind == "choice":
        choices = [("", _("请选择")), *((choice, choice) for choice in one.choices)]
        return SelectField(one.label, id=identity, choices=choices, validate_choice=False)
    if one.kind == "bool":
        return RadioField(one.label, id=identity, choices=[("yes", _("是")), ("no", _("否"))], validate_choice=False)
    return StringField(one.label, id=identity)


def _discipline_choices(entry: Entry, rules: CategoryRules) -> list[tuple[str, str]]:
    """The list of the entry's stage group; all lists while the group is not known; a chosen one that is on none."""
    items = list(rules.disciplines_for(entry.stage_code or None))
    if not entry.stage_code:
        items = list(dict.fromkeys(item for listed in rules.disciplines for item in listed.items))
    if entry.discipline and entry.discipline not in items:
        items.append(entry.discipline)
    return [("", _("请选择")), *((item, item) for item in items)]


def _recorded(entry: Entry, rules: CategoryRules) -> dict[str, Any]:
    return {
        "version": str(entry.version),
        "title": entry.title,
        "summary": entry.summary,
        "group_name": entry.group_name,
        "stage_code": entry.stage_code,
        "discipline": entry.discipline,
        "completed_on": entry.completed_on.isoformat() if entry.completed_on else "",
        "authors": [
            {
                "person": f"student-{one.student_id}" if one.student_id else f"teacher-{one.teacher_id}",
                "share": "" if one.share_percent is None else str(one.share_percent),
                "duty": one.duty,
            }
            for one in entry.authors
        ],
        "tutors": [{"person": f"teacher-{one.teacher_id}"} for one in entry.tutors],
        **{ANSWER + one.code: _recorded_answer(entry.answers.get(one.code)) for one in rules.fields},
    }


def _recorded_answer(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    return "" if value is None else str(value)


def draft_from(
    form: EntryForm, rules: CategoryRules, people: Mapping[str, str], *, with_picks: bool = True
) -> DraftInput:
    """What the form says. `people`: posted value → person, for those who may be named; others are left out.

    A person newly picked comes last; `with_picks=False` leaves picks and row buttons aside. Raises Invalid for what
    cannot be read as what its field holds.
    """
    problems: list[FieldProblem] = []
    first = form.first.raw_data or ()
    remove, earlier = (form.remove.data, form.earlier.data or "") if with_picks else ("", "")
    completed_on = _day(form.completed_on, problems)
    authors = [
        AuthorInput(
            student_id=_id(key, "student"),
            teacher_id=_id(key, "teacher"),
            is_first=row.form.person.data in first,
            share_percent=_share(row.form.share.data, position, problems),
            duty=row.form.duty.data or "",
        )
        for position, row in enumerate(form.authors, start=1)
        if (key := people.get(row.form.person.data or "")) and row.form.person.data != remove
    ]
    authors = _moved_up(authors, earlier)
    tutors = [
        _id(key, "teacher") or 0
        for row in form.tutors
        if (key := people.get(row.form.person.data or "")) and f"tutor:{row.form.person.data}" != remove
    ]
    if with_picks and (key := people.get(form.author.data or "")) and key not in {one.key for one in authors}:
        authors.append(AuthorInput(student_id=_id(key, "student"), teacher_id=_id(key, "teacher")))
    if (
        with_picks
        and (key := people.get(form.tutor.data or ""))
        and (teacher_id := _id(key, "teacher")) not in {*tutors, None}
    ):
        tutors.append(teacher_id or 0)
    if problems:
        raise Invalid("entries.unreadable", problems[0].message, problems=problems)
    return DraftInput(
        title=form.title.data or "",
        summary=form.summary.data or "",
        group_name=form.group_name.data or "",
        stage_code=form.stage_code.data or "",
        discipline=form.discipline.data or "",
        completed_on=completed_on,
        answers={one.code: _answer(one, form[ANSWER + one.code].data) for one in rules.fields},
        authors=authors,
        tutors=tutors,
    )


def _id(key: str, kind: str) -> int | None:
    found, _dash, number = key.partition("-")
    return int(number) if found == kind else None


def _moved_up(authors: list[AuthorInput], key: str) -> list[AuthorInput]:
    place = next((n for n, one in enumerate(authors) if one.key == key), 0)
    if place:
        authors[place - 1], authors[place] = authors[place], authors[place - 1]
    return authors


def _day(field: StringField, problems: list[FieldProblem]) -> date | None:
    text = (field.data or "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        message = Message.of(N_("「%(value)s」不是日期，请按 2018-06-30 的格式填写"), value=text[:20])
        problems.append(FieldProblem(field.id, message))
        return None


def _share(text: str | None, position: int, problems: list[FieldProblem]) -> int | None:
    plain = (text or "").strip().rstrip("%％").strip()
    if not plain:
        return None
    if not plain.isdecimal() or len(plain) > 3:
        message = Message.of(N_("「%(value)s」不是 0 到 100 的整数"), value=plain[:20])
        problems.append(FieldProblem(f"authors-{position}-share", message))
        return None
    return int(plain)


def _answer(one: ExtraField, text: str | None) -> Any:
    """The answer as its kind keeps it; what cannot be read so stays text, which the checks then name."""
    typed = (text or "").strip() if one.kind != "longtext" else (text or "")
    if not typed:
        return None
    if one.kind == "bool":
        return {"yes": True, "no": False}.get(typed)
    if one.kind == "number":
        try:
            number = float(typed)
        except ValueError:
            return typed
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return typed


def chosen_files(form: EntryForm, rules: CategoryRules) -> list[tuple[str, FileStorage]]:
    """(slot, file) for every file chosen in the form, in the order of the slots."""
    return [
        (slot.code, one)
        for slot in rules.slots
        for one in form[SLOT + slot.code].data or ()
        if isinstance(one, FileStorage) and one.filename
    ]


class SeenForm(VersionedForm):
    """A button that acts on what was seen."""


class ReasonForm(Form):
    """A button that needs a reason."""

    why = TextAreaField(_l("原因"), validators=[DataRequired(_l("请写明原因。"))])
