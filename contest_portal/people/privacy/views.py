"""Personal data: how long it is kept, what is held about one person, a copy for them, erasing it."""

from __future__ import annotations

import os
from collections.abc import Callable

from flask import Response, flash, redirect, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.clock import today
from contest_portal.core.errors import DomainError
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.models import School, Student, Teacher
from contest_portal.people.privacy import queries
from contest_portal.people.privacy.copying import copy_of
from contest_portal.people.privacy.forms import PeriodsForm, PersonForm, ReasonForm, filled_from, periods_form
from contest_portal.people.privacy.persons import FoundPerson, find_persons, person_of
from contest_portal.people.privacy.registry import FATES, held_about, reasons_to_keep
from contest_portal.people.privacy.rules import rules_of
from contest_portal.people.privacy.services import erasing, retaining
from contest_portal.people.queries import students, teachers
from contest_portal.people.queries.schools import school as school_of
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.roster_pages import STUDENT_STATES, TEACHER_STATES, grade_words
from contest_portal.people.views.words import words

add_item(
    _l("学校与人员"),
    _l("个人信息保存期"),
    "people.retention",
    icon="clock-history",
    roles=sorted(OFFICE_ROLES),
    order=740,
)
add_item(
    _l("学校与人员"),
    _l("查询、导出、删除个人信息"),
    "people.persons",
    icon="person-lock",
    roles=[Role.OFFICE, Role.LEADER],
    order=745,
    also_active_in=["people.student_held", "people.teacher_held", "people.search_persons"],
)


@bp.get("/privacy")
@permission("people.see_retention")
def retention() -> Response:
    """Periods, what each would erase now, the last runs."""
    office_id = current_actor().office_id or 0
    return _retention_page(filled_from(retaining.plan_of(office_id), rules_of(office_id)))


@bp.post("/privacy/periods")
@permission("people.set_retention")
def set_retention() -> Response:
    """Set the periods."""
    office_id = current_actor().office_id or 0
    rules = rules_of(office_id)
    form = periods_form(rules)()
    if form.validate_on_submit():
        try:
            periods = form.periods(rules)
            retaining.set_plan(
                current_actor(), office_id, periods, form.seen_version, is_daily=bool(form.is_daily.data)
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("保存期已保存。"), "success")
            return redirect(url_for("people.retention"))  # type: ignore[return-value]
    return _retention_page(form)


@bp.post("/privacy/erase-due")
@permission("people.set_retention")
def erase_due() -> Response:
    """Erase now what is due."""
    run = retaining.erase_due(current_actor(), current_actor().office_id or 0)
    total = sum(line["count"] for line in run.lines)
    flash(_("已清除 %(count)s 项。", count=total) if total else _("没有到期的内容，没有清除任何东西。"), "success")
    return redirect(url_for("people.retention"))  # type: ignore[return-value]


@bp.get("/privacy/persons")
@permission("people.find_person")
def persons() -> Response:
    """Looking for a person; requests that wait, persons whose data is kept."""
    return _persons_page(PersonForm(formdata=None), None)


@bp.post("/privacy/persons")
@permission("people.find_person")
def search_persons() -> Response:
    """The persons who fit. By POST, so that names and numbers stand in no address."""
    form = PersonForm()
    form.validate_on_submit()
    return _persons_page(form, find_persons(current_actor().office_id or 0, form.who.data or ""))


@bp.get("/students/<int:student_id>/held", endpoint="student_held")
@permission("people.handle_person", of=students.student)
def student_held(student: Student) -> Response:
    """All that is held about a pupil, and what erasing would do."""
    return _held_page(student)


@bp.get("/teachers/<int:teacher_id>/held", endpoint="teacher_held")
@permission("people.handle_person", of=teachers.teacher)
def teacher_held(teacher: Teacher) -> Response:
    """The same of a teacher."""
    return _held_page(teacher)


def _copy(row: Student | Teacher) -> Response:
    """A copy for the person."""
    form, person = ReasonForm(), person_of(row)
    try:
        person = erasing.note_copy(current_actor(), person.kind, person.id, form.why.data or "")
    except DomainError as error:
        form.show(error)
        return _held_page(row, form)
    content = copy_of(person, held_about(person))
    name = f"{_('个人信息')}-{person.key}-{today():%Y%m%d}.zip"
    response = send_file(content, "application/zip", as_attachment=True, download_name=name)
    response.content_length = os.fstat(content.fileno()).st_size
    del response.headers["Cache-Control"]  # kept or not as pages are: never where somebody is signed in
    return response


def _ask(row: Student | Teacher) -> Response:
    """Ask that the person be erased."""
    return _with_reason(row, erasing.ask_erasure, _("已提出删除。须由本单位另一人在此页确认后才会删除。"))


def _keep(row: Student | Teacher) -> Response:
    """Keep the person's data for now."""
    return _with_reason(row, erasing.keep_data, _("已标记为保留：保留期间不会被清除或删除。"))


def _confirm(row: Student | Teacher) -> Response:
    """Confirm as a second person, and erase."""
    erasing.confirm_erasure(current_actor(), person_of(row))
    flash(_("已删除。不再使用的文件在次日夜间清理。"), "success")
    return _to_held(row)


def _withdraw(row: Student | Teacher) -> Response:
    """Give the request up."""
    erasing.withdraw_erasure(current_actor(), person_of(row))
    flash(_("已撤销删除申请，没有删除任何内容。"), "success")
    return _to_held(row)


def _release(row: Student | Teacher) -> Response:
    """The data need not be kept any longer."""
    erasing.release_data(current_actor(), person_of(row))
    flash(_("已取消保留。"), "success")
    return _to_held(row)


_VERBS: dict[str, tuple[str, Callable[[Student | Teacher], Response]]] = {
    "copy": ("copy", _copy),
    "erase": ("erase", _ask),
    "confirm_erasure": ("erase/confirm", _confirm),
    "withdraw_erasure": ("erase/withdraw", _withdraw),
    "keep": ("keep", _keep),
    "release": ("release", _release),
}

for _name, (_path, _view) in _VERBS.items():
    for _kind, _of in (("student", students.student), ("teacher", teachers.teacher)):
        bp.add_url_rule(
            f"/{_kind}s/<int:{_kind}_id>/held/{_path}",
            f"{_name}_of_{_kind}",
            permission("people.handle_person", of=_of)(_view),
            methods=["POST"],
        )


def _with_reason(row: Student | Teacher, verb: Callable[..., object], done: str) -> Response:
    form = ReasonForm()
    try:
        verb(current_actor(), person_of(row), form.why.data or "")
    except DomainError as error:
        form.show(error)
        return _held_page(row, form)
    flash(done, "success")
    return _to_held(row)


def _retention_page(form: PeriodsForm) -> Response:
    office_id = current_actor().office_id or 0
    due = retaining.preview(office_id)
    return render_page(
        "people/privacy/retention.html",
        form=form,
        due=due,
        total=sum(one.count for one in due),
        runs=queries.last_runs(office_id),
        status=422 if form.errors else 200,
    )


def _persons_page(form: PersonForm, found: list[FoundPerson] | None) -> Response:
    office_id = current_actor().office_id or 0
    return render_page(
        "people/privacy/persons.html",
        form=form,
        found=found,
        waiting=queries.waiting_erasures(office_id),
        held=queries.held_persons(office_id),
        grades=grade_words(),
        states={**words(TEACHER_STATES), **words(STUDENT_STATES)},
    )


def _held_page(row: Student | Teacher, form: ReasonForm | None = None) -> Response:
    person = person_of(row)
    school: School = school_of(person.school_id)
    waiting = erasing.waiting_erasure(person)
    reasons = reasons_to_keep(person)
    return render_page(
        "people/privacy/held.html",
        person=person,
        school=school,
        held=held_about(person),
        fates=words(FATES),
        reasons=reasons,
        waiting=waiting,
        is_own=waiting is not None and waiting.asked_by == current_actor().account_id,
        is_erased=erasing.is_erased(person),
        is_held=erasing.is_held(person),
        form=form or ReasonForm(formdata=None),
        status=422 if form is not None and form.errors else 200,
    )


def _to_held(row: Student | Teacher) -> Response:
    is_student = isinstance(row, Student)
    student = url_for("people.student_held", student_id=row.id)
    return redirect(student if is_student else url_for("people.teacher_held", teacher_id=row.id))  # type: ignore[return-value]
