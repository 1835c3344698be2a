"""Forms of events."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from contest_portal.core.clock import local
from contest_portal.core.forms import Form, ManyField, VersionedForm
from contest_portal.core.i18n import translate
from contest_portal.events.planning.event_data import EventData
from contest_portal.events.planning.kinds import KINDS, MODE_NAMES, KindTemplate
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.presenting import kind_name, mode_name
from contest_portal.events.planning.services.events import data_of
from contest_portal.judging.forms.moments import MOMENT, aware
from contest_portal.people.grades import grade_name

STAGES = ("小学", "初中", "高中")
_SMALL = [Optional()]
"""How large they may be, the service says: one limit for each, told in one way."""
_AS_TYPED = ("kind", "mode", "once_per_pupil", "splittable", "is_course")
_MOMENTS = ("booking_opens_at", "booking_closes_at", "change_until")
_NUMBERS = ("hold_minutes", "offer_hours", "most_wishes")
_LIMITS = ("most_parties_a_school", "most_people_a_school", "pupils_per_adult")
_TEXTS = ("title", "theme", "description", "conduct", "venue", "directions", "contact_name", "contact_phone")


class ChecksField(ManyField):
    """Several check boxes under one legend."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class EventForm(VersionedForm):
    """All of an event but its sessions and files."""

    kind = SelectField(_l("活动类型"))
    title = StringField(_l("活动名称"), [InputRequired(), Length(max=100)])
    theme = StringField(_l("主题"), [Length(max=100)])
    description = TextAreaField(_l("活动介绍"), [Length(max=5000)])
    venue = StringField(_l("地点"), [Length(max=100)])
    directions = TextAreaField(_l("怎么走"), [Length(max=1000)])
    contact_name = StringField(_l("联系人"), [Length(max=50)])
    contact_phone = StringField(_l("联系电话"), [Length(max=40)])
    conduct = TextAreaField(_l("参观须知"), [Length(max=5000)])
    stages = ChecksField(_l("面向学段"))
    grades = ChecksField(_l("面向年级"), coerce=int)
    mode = RadioField(_l("预约方式"))
    booking_opens_at = DateTimeLocalField(_l("预约开始时间"), [Optional()], format=MOMENT)
    booking_closes_at = DateTimeLocalField(_l("预约截止时间"), [Optional()], format=MOMENT)
    change_until = DateTimeLocalField(_l("学校可以更改到"), [Optional()], format=MOMENT)
    most_wishes = IntegerField(_l("最多填几个志愿"), _SMALL)
    most_parties_a_school = IntegerField(_l("每校最多预约"), _SMALL)
    most_people_a_school = IntegerField(_l("每校最多人数"), _SMALL)
    pupils_per_adult = IntegerField(_l("每位带队老师最多带"), _SMALL)
    once_per_pupil = BooleanField(_l("同一班级或学生只参加一场"))
    splittable = BooleanField(_l("学校可以选择分到同一天相邻的场次（按班分）"))
    is_course = BooleanField(_l("一次预约参加全部场次（如培训班）"))
    hold_minutes = IntegerField(_l("填写预约时保留名额"), _SMALL)
    offer_hours = IntegerField(_l("候补轮到后保留名额"), _SMALL)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [(one.kind, kind_name(one.kind)) for one in KINDS]
        self.mode.choices = [(code, mode_name(code)) for code in MODE_NAMES]
        self.stages.choices = [(stage, stage) for stage in STAGES]
        self.grades.choices = [(number, translate(grade_name(number))) for number in range(1, 13)]

    @classmethod
    def of_kind(cls, template: KindTemplate) -> EventForm:
        """The form as the kind begins, its rules of conduct in the reader's language."""
        data = EventData.of_kind(template, "", translate(template.conduct))
        return cls(formdata=None, data=_shown(data))

    @classmethod
    def of_event(cls, event: Event) -> EventForm:
        """The form as the event stands."""
        return cls(formdata=None, data=_shown(data_of(event)) | {"version": event.version})

    @property
    def event_data(self) -> EventData:
        """What was typed; a number left empty is the usual one, a limit left empty is none."""
        usual = EventData("", "")
        values: dict[str, Any] = {name: self[name].data or "" for name in _TEXTS}
        values |= {name: self[name].data for name in _AS_TYPED}
        values |= {name: aware(self[name].data) for name in _MOMENTS}
        values |= {name: getattr(usual, name) if self[name].data is None else self[name].data for name in _NUMBERS}
        values |= {name: self[name].data for name in _LIMITS}
        return EventData(stages=tuple(self.stages.data or ()), grades=tuple(self.grades.data or ()), **values)


def _shown(data: EventData) -> dict[str, Any]:
    values = {name: getattr(data, name) for name in EventData.__dataclass_fields__}
    moments = {name: local(values[name]) if values[name] else None for name in _MOMENTS}
    return values | moments | {"stages": list(data.stages), "grades": list(data.grades)}


class DuplicateForm(Form):
    """The name of the copy."""

    title = StringField(_l("新活动的名称"), [InputRequired(), Length(max=100)])


class FilesForm(Form):
    """Files to add."""

    files = MultipleFileField(_l("选择文件"))


class WhyForm(Form):
    """Why something does not take place."""

    why = StringField(_l("原因"), [InputRequired(), Length(max=200)])
