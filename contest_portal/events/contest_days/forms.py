"""Forms of contest days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateTimeLocalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from contest_portal.core.clock import local, timezone
from contest_portal.core.forms import Form, Row, VersionedForm, typed_number
from contest_portal.events.contest_days.marks import score_text, time_text
from contest_portal.events.contest_days.models import ContestGroup, Run, Team
from contest_portal.events.contest_days.queries.results import RunLine
from contest_portal.events.contest_days.services.groups import STAGES, GroupData
from contest_portal.events.contest_days.services.runs import RunData
from contest_portal.events.contest_days.services.teams import TeamData

MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class GroupForm(VersionedForm):
    """A group of a contest day."""

    name = StringField(_l("组别名称"), [InputRequired(), Length(max=50)], description=_l("如：综合技能 小学组"))
    starts_at = DateTimeLocalField(_l("第一轮开始时间"), [InputRequired()], format=MOMENT)
    table_word = StringField(_l("赛台叫法"), [InputRequired(), Length(max=10)], description=_l("如：赛台、场地"))
    tables = IntegerField(_l("赛台数"), [InputRequired()])
    runs = IntegerField(_l("轮数"), [InputRequired()], description=_l("每队上场几次，取最好的一次"))
    minutes = IntegerField(_l("每场用时（分钟）"), [InputRequired()], description=_l("含准备和裁判记分"))
    pause_minutes = IntegerField(_l("轮间休息（分钟）"), [InputRequired()])
    fewest = IntegerField(_l("每队最少人数"), [InputRequired()])
    most = IntegerField(_l("每队最多人数"), [InputRequired()])
    most_a_school = IntegerField(_l("每校最多队数"), [Optional()], description=_l("不限制的请留空"))
    stages = SelectMultipleField(_l("参赛学段"), description=_l("不限学段的都不选"))

    def offer(self) -> GroupForm:
        """The stages, in the reader's language."""
        self.stages.choices = [("小学", _("小学")), ("初中", _("初中")), ("高中", _("高中"))]
        return self

    @property
    def data_of_group(self) -> GroupData:
        """What was typed."""
        starts_at: datetime | None = self.starts_at.data
        return GroupData(
            self.name.data or "",
            starts_at.replace(tzinfo=timezone()) if starts_at else None,
            self.tables.data or 0,
            self.runs.data or 0,
            self.minutes.data or 0,
            self.pause_minutes.data or 0,
            self.fewest.data or 0,
            self.most.data or 0,
            self.most_a_school.data,
            self.table_word.data or "",
            [one for one in STAGES if one in (self.stages.data or ())],
        )


def group_form(row: ContestGroup | None, *, starts_at: datetime | None = None) -> GroupForm:
    """The form as it stands on the page: of the group, or a new one with what is usual."""
    if row is None:
        usual = GroupData("", starts_at)
        return GroupForm(formdata=None, **{**usual.__dict__, "starts_at": starts_at and _plain(starts_at)}).offer()
    values = {field: getattr(row, field) for field in GroupData.__dataclass_fields__}
    moment = _plain(row.starts_at) if row.starts_at else None
    return GroupForm(formdata=None, version=row.version, **{**values, "starts_at": moment}).offer()


def _plain(moment: datetime) -> datetime:
    return local(moment).replace(tzinfo=None)


class WhyForm(VersionedForm):
    """Something that needs a reason, perhaps."""

    why = StringField(_l("原因"))


class NoteForm(Form):
    """What a correction of published results was."""

    note = StringField(_l("更正说明"))


class TeamForm(VersionedForm):
    """A team: its name, its coach, its members. `member`: a pupil to add; a button posts `remove` or `save`."""

    school_id = SelectField(_l("学校"), validate_choice=False)
    name = StringField(_l("队名"), [Length(max=50)], description=_l("成绩公布时用这个名称，请不要用学生姓名"))
    coach_id = SelectField(_l("教练员"), validate_choice=False)
    members = FieldList(HiddenField(), _l("队员"))
    member = HiddenField()

    def offer(self, coaches: Sequence[tuple[int, str]], team: Team | None = None) -> TeamForm:
        """The school's teachers; a coach who left stays while the team is theirs."""
        known = [(str(one), name) for one, name in coaches]
        if team is not None and str(team.coach_id) not in dict(known):
            known.append((str(team.coach_id), team.coach.name))
        self.coach_id.choices = [("", _l("请选择")), *known]
        return self

    def student_ids(self) -> list[int]:
        """The members on the page, each once, the newly picked last."""
        typed = [typed_number(one.data) for one in self.members] + [typed_number(self.member.data)]
        return list(dict.fromkeys(one for one in typed if one))

    def team_data(self, student_ids: Sequence[int]) -> TeamData:
        return TeamData(self.name.data or "", typed_number(self.coach_id.data) or 0, student_ids)


OUTCOME_NAMES = {"ran": _l("完成"), "stopped": _l("中止"), "absent": _l("缺席")}


class RunRow(Row):
    """One team's run."""

    team_id = HiddenField()
    version = HiddenField()
    outcome = SelectField(_l("情况"), choices=list(OUTCOME_NAMES.items()), validate_choice=False)
    score = StringField(_l("得分"))
    time = StringField(_l("用时"))
    note = StringField(_l("备注"))


class RunsForm(Form):
    """Several teams' runs."""

    rows = FieldList(FormField(RunRow), _l("成绩"))

    def run_data(self) -> list[RunData]:
        """What was typed, row by row."""
        return [_run_data(one.form) for one in self.rows.entries]

    def show_rows(self, error: object) -> None:
        """Put problems named rows-N-field beside their fields."""
        by_name = {field.name: field for one in self.rows.entries for field in one.form}
        for problem in getattr(error, "problems", ()):
            if (field := by_name.get(problem.field)) is not None:
                field.errors = [*field.errors, str(problem.message)]


class RunForm(VersionedForm):
    """A correction of one run."""

    outcome = SelectField(_l("情况"), choices=list(OUTCOME_NAMES.items()), validate_choice=False)
    score = StringField(_l("得分"))
    time = StringField(_l("用时"))
    note = StringField(_l("备注"))
    why = StringField(_l("更正原因"))

    def run_data(self, row: Run) -> RunData:
        return RunData(
            row.team_id,
            self.outcome.data or "",
            self.score.data or "",
            self.time.data or "",
            self.note.data or "",
            self.seen_version,
        )


def runs_form(lines: Sequence[RunLine]) -> RunsForm:
    """The form as it stands on the page: a row for each start that is not confirmed."""
    rows = [{"team_id": line.start.team.id, **_shown(line.run)} for line in lines]
    return RunsForm(formdata=None, rows=rows)


def run_form(row: Run) -> RunForm:
    """The correction's form with what the run says now."""
    return RunForm(formdata=None, **_shown(row))


class ConfirmForm(Form):
    """Runs that were compared with the paper: each as ID-VERSION."""

    run = SelectMultipleField(_l("成绩"), validate_choice=False)

    def seen(self) -> list[tuple[int, int]]:
        """(id, version) of each."""
        pairs = [str(one).partition("-") for one in self.run.data or ()]
        return [(typed_number(one) or 0, typed_number(version) or 0) for one, _dash, version in pairs]


def _shown(run: Run | None) -> dict[str, object]:
    if run is None:
        return {"version": 0, "outcome": "ran"}
    return {
        "version": run.version,
        "outcome": run.outcome,
        "score": score_text(run.score),
        "time": time_text(run.seconds),
        "note": run.note,
    }


def _run_data(row: RunRow) -> RunData:
    return RunData(
        typed_number(row.team_id.data) or 0,
        row.outcome.data or "",
        row.score.data or "",
        row.time.data or "",
        row.note.data or "",
        typed_number(row.version.data) or 0,
    )
