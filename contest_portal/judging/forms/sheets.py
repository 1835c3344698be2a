"""The form of a score sheet, and what a judge asks or reports beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField

from contest_portal.contests.rules import Criterion
from contest_portal.core.forms import Form, VersionedForm, typed_number
from contest_portal.judging.save_stamps import Stamp, stamp_of
from contest_portal.judging.services.sheets import TypedSheet, mark_field


class SheetForm(VersionedForm):
    """A score sheet; `for_rubric` adds a field for each criterion. `device`, `number`, `seconds`: its stamp."""

    comment = TextAreaField(_l("给作者的评语（选填）"))
    panel_comment = TextAreaField(_l("给评审组的意见（选填）"))
    device = HiddenField()
    number = HiddenField()
    seconds = HiddenField()

    @classmethod
    def for_rubric(cls, rubric: Sequence[Criterion], **kwargs: Any) -> SheetForm:
        """The form with an input `mark_CODE` for each criterion."""
        fields = {mark_field(one.code): StringField(one.name) for one in rubric}
        return type("SheetFormOfRubric", (cls,), fields)(**kwargs)

    def marks(self, rubric: Sequence[Criterion]) -> dict[str, str]:
        """What was typed, by criterion."""
        return {one.code: self[mark_field(one.code)].data or "" for one in rubric}

    def typed(self, rubric: Sequence[Criterion]) -> TypedSheet:
        """Everything that was typed."""
        return TypedSheet(self.marks(rubric), self.comment.data or "", self.panel_comment.data or "")

    @property
    def stamp(self) -> Stamp:
        """Which opening of the page sends this."""
        return stamp_of(self.device.data, self.number.data, self.seconds.data)


class ReadyForm(Form):
    """Drafts that are to be submitted together: `TASK-VERSION` each."""

    task = SelectMultipleField(validate_choice=False)

    @property
    def seen(self) -> list[tuple[int, int]]:
        """(task, version) as the page showed them."""
        texts = [str(one).partition("-") for one in self.task.data or []]
        pairs = [(typed_number(task), typed_number(version)) for task, _dash, version in texts]
        return [(task, version) for task, version in pairs if task is not None and version is not None]


class ReportForm(Form):
    """A judge reports the work."""

    kind = RadioField(
        _l("问题"),
        choices=[("fraud", _l("抄袭、代笔、造假等弄虚作假")), ("blindness", _l("作品露出作者、学校或辅导教师"))],
        validate_choice=False,
    )
    evidence = TextAreaField(_l("事实和依据"))
    file = FileField(_l("证明材料（选填）"))


class DecisionForm(Form):
    """The office decides a report."""

    outcome = RadioField(
        _l("处理结果"),
        choices=[("upheld", _l("属实，取消这件作品在本轮的评审资格")), ("dismissed", _l("不予取消，继续评审"))],
        validate_choice=False,
    )
    decision = TextAreaField(_l("处理意见"))
