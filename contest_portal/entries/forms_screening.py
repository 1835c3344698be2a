"""Forms of screening: decisions that carry what was on screen, many acceptances, withdrawal, exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from contest_portal.contests.models import Contest
from contest_portal.core.clock import end_of_day, today
from contest_portal.core.forms import Form, typed_number
from contest_portal.entries.models import Entry
from contest_portal.entries.services.screening import MOST_WORDS, Seen
from contest_portal.entries.services.withdrawal import MOST_REASON

DAYS_TO_MEND = 3


def _number(text: Any) -> int:
    return typed_number(text) or 0


class SeenForm(Form):
    """A decision: it carries the submitted version and the last decision that stood on the page."""

    submission = HiddenField()
    decision = HiddenField()

    @property
    def seen(self) -> Seen:
        """What stood on the page; a version that no entry has where that was tampered with."""
        return Seen(_number(self.submission.data), _number(self.decision.data))

    def carry(self, submission: int, decision: int) -> None:
        """Write what stands on the page now."""
        self.submission.data, self.decision.data = str(submission), str(decision)


class AcceptForm(SeenForm):
    """Accept; `names` is how many names await a word on the page, with which the entry is accepted all the same."""

    names = HiddenField()

    @property
    def seen(self) -> Seen:
        return Seen(_number(self.submission.data), _number(self.decision.data), _number(self.names.data))


class RejectForm(SeenForm):
    """Reject, with reasons of the contest's list and own words."""

    reasons = SelectMultipleField(_l("原因"))
    words = TextAreaField(
        _l("说明"),
        [Length(max=MOST_WORDS, message=_l("说明最多 %(max)d 字。"))],
        description=_l("学校会看到这段文字，请写清是哪一份材料、哪里有问题。"),
    )

    def offer(self, reasons: Sequence[Any]) -> None:
        """Offer the contest's reasons."""
        self.reasons.choices = [(str(reason), str(reason)) for reason in reasons]


class ReturnForm(RejectForm):
    """Return to be mended until the end of a day."""

    fix_until = DateField(_l("修改截止日期"), [InputRequired(_l("请选择修改截止日期。"))])

    def propose(self) -> None:
        """Three days, unless a day was chosen."""
        if not self.fix_until.data and not self.fix_until.raw_data:
            self.fix_until.data = today() + timedelta(days=DAYS_TO_MEND)

    @property
    def ends_at(self) -> datetime:
        """The last second of the chosen day."""
        assert self.fix_until.data is not None
        return end_of_day(self.fix_until.data)


class WhyForm(Form):
    """An act that needs its reason."""

    why = TextAreaField(
        _l("原因"),
        [InputRequired(_l("请写明原因。")), Length(max=MOST_REASON, message=_l("原因最多 %(max)d 字。"))],
    )


class ReopenForm(SeenForm, WhyForm):
    """Take a decision back."""


class ExceptionForm(WhyForm):
    """Let one entry come in after the deadline."""

    until = DateField(
        _l("延期至"), [InputRequired(_l("请选择延期的截止日期。"))], description=_l("至当天 23:59:59 截止。")
    )

    @property
    def ends_at(self) -> datetime:
        assert self.until.data is not None
        return end_of_day(self.until.data)


class DraftSearchForm(Form):
    """Which drafts to show: of one school, in one category or all, of one teacher or all."""

    school = SelectField(_l("学校"), coerce=str)
    category = SelectField(_l("类别"), coerce=str)
    teacher = StringField(_l("教师姓名"), [Length(max=50)])

    def offer(self, contest: Contest, schools: Sequence[tuple[int, str]]) -> None:
        """Offer the contest's categories and the office's schools."""
        self.category.choices = [("", _l("全部类别")), *((str(one.id), one.name) for one in contest.categories)]
        self.school.choices = [("", _l("请选择")), *((str(value), name) for value, name in schools)]

    @property
    def school_id(self) -> int | None:
        """The chosen school, of those offered."""
        return self._chosen(self.school)

    @property
    def category_id(self) -> int | None:
        """The chosen category, of those offered."""
        return self._chosen(self.category)

    def _chosen(self, field: SelectField) -> int | None:
        offered = {value for value, *_rest in field.choices or ()}
        return int(field.data) if field.data and field.data in offered else None


class DraftExceptionForm(ExceptionForm):
    """Let one draft come in late, or a school in a whole category."""

    EVERY = "all"

    entry = RadioField(_l("哪一件"), [InputRequired(_l("请选择补报哪一件。"))], coerce=str)

    def offer(self, drafts: Sequence[tuple[int, str]], whole: str) -> None:
        """Offer the drafts by (id, words), and the whole category where `whole` says what that means."""
        choices = [(str(value), words) for value, words in drafts]
        self.entry.choices = [*choices, (self.EVERY, whole)] if whole else choices


class AcceptManyForm(Form):
    """The chosen lines of a queue, each `entry:version:decision` as it stood on the page."""

    entry = SelectMultipleField(validate_choice=False)

    @property
    def chosen(self) -> list[tuple[int, Seen]]:
        """(entry, what was seen) of each well-formed choice."""
        parts = [[typed_number(part) for part in text.split(":")] for text in self.entry.data or ()]
        return [
            (entry_id, Seen(version, decision))
            for entry_id, version, decision in (one for one in parts if len(one) == 3)
            if entry_id is not None and version is not None and decision is not None
        ]


def decision_forms(entry: Entry, decision_id: int, kept: SeenForm | None = None) -> dict[str, SeenForm]:
    """The forms of the page of an entry by name. `kept` is the one that was sent and has its errors."""
    forms: dict[str, SeenForm] = {}
    makers: dict[str, type[SeenForm]] = {
        "accept": AcceptForm,
        "return": ReturnForm,
        "reject": RejectForm,
        "reopen": ReopenForm,
    }
    for name, maker in makers.items():
        sent = kept is not None and kept._prefix == f"{name}-"
        form = kept if sent and kept is not None else maker(formdata=None, prefix=name)
        if isinstance(form, RejectForm):
            form.offer(entry.contest.return_reasons)
        if isinstance(form, ReturnForm):
            form.propose()
        form.carry(entry.submission_count, decision_id)
        forms[name] = form
    return forms
