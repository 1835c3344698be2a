"""Forms of batches: files that are added, and the table of which every row is mended in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, HiddenField, MultipleFileField, SelectField, StringField

from contest_portal.core.forms import Form
from contest_portal.entries.models_batch import BatchItem
from contest_portal.entries.services.batch_rows import RowInput
from contest_portal.people.models import Teacher

PLAIN_FORM_BYTES = 20 * 2**20
"""How large a file may be that comes without scripts, in one request."""


class BatchFilesForm(Form):
    """Pictures, a ZIP, a workbook."""

    files = MultipleFileField(_l("图片、ZIP 压缩包、名单表格"), id="batch-files")

    def chosen(self) -> list[FileStorage]:
        """The files that were really chosen."""
        return [one for one in self.files.data or [] if isinstance(one, FileStorage) and one.filename]


class BatchForm(Form):
    """The table. A button of a row says what is done with it: `remove`, `put_back`, `find`; `make` makes the drafts,
    `adopt` chooses wherever a name fits one pupil alone."""

    tutor = SelectField(_l("辅导教师"), id="batch-tutor", choices=[], validate_choice=False)
    remove = HiddenField()
    put_back = HiddenField()
    find = HiddenField()
    make = HiddenField()
    adopt = HiddenField()


def batch_form(items: Iterable[BatchItem], teachers: Iterable[Teacher], tutor_id: int | None = None) -> BatchForm:
    """The form of these rows: for each the person picked (`pupil-12`), what was typed for it, the person chosen among the
    doubtful ones, title, tutor and whether it is kept."""
    fields: dict[str, Any] = {}
    for item in items:
        fields |= {
            f"pupil-{item.id}": HiddenField(),
            f"pupil-{item.id}_query": StringField(),
            f"choice-{item.id}": StringField(),
            f"title-{item.id}": StringField(),
            f"tutor-{item.id}": StringField(),
            f"keep-{item.id}": BooleanField(),
        }
    built: type[BatchForm] = type("RowsForm", (BatchForm,), fields)
    form = built(tutor=str(tutor_id or ""))
    form.tutor.choices = [("", _l("不填")), *((str(one.id), one.name) for one in teachers)]
    return form


def rows_from(form: BatchForm, items: Iterable[BatchItem]) -> Mapping[int, RowInput]:
    """What the form says of each row that stood on the page."""
    rows: dict[int, RowInput] = {}
    for item in items:
        title = form[f"title-{item.id}"]
        if not title.raw_data:  # the row was not on the page
            continue
        picked, typed = form[f"pupil-{item.id}"].data, form[f"pupil-{item.id}_query"].data
        chosen = form[f"choice-{item.id}"].data or (_only_candidate(item) if form.adopt.data else None)
        rows[item.id] = RowInput(
            pupil=picked or (chosen if not typed else None),
            typed=typed,
            title=title.data,
            tutor=form[f"tutor-{item.id}"].data,
            keep=bool(form[f"keep-{item.id}"].data),
        )
    return rows


def _only_candidate(item: BatchItem) -> str | None:
    return f"student-{item.candidates[0]}" if item.student_id is None and len(item.candidates) == 1 else None


def tutor_from(form: BatchForm) -> int | None:
    """The teacher chosen for all rows."""
    value = form.tutor.data or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 12 else None
