"""Kinds of events as templates: what each one usually is like, filled in when it is chosen. Pure.

The numbers are the office's custom (museum: weeks of four sessions a day; caravan: one school a day; training: 120 people,
two parts that everybody attends) and can be changed in every event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contest_portal.core.text import N_

MODE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "first_come": N_("先到先得"),
        "wishes": N_("填报志愿，统一安排"),
        "open": N_("不用预约"),
    }
)


@dataclass(frozen=True)
class KindTemplate:
    """What a kind of event begins with. Texts are Chinese sources; `most_parties` and `capacity` are those of a session."""

    kind: str
    name: str
    icon: str
    about: str
    conduct: str
    mode: str = "first_come"
    is_course: bool = False
    capacity: int = 100
    most_parties: int | None = None
    session_minutes: int = 90
    break_minutes: int = 0
    first_at: str = "09:00"
    day_ends_at: str = "17:00"
    pupils_per_adult: int | None = 20
    once_per_pupil: bool = True
    splittable: bool = False
    most_wishes: int = 3
    most_parties_a_school: int | None = None


_CONDUCT_VISIT = N_(
    "1. 请按预约的场次准时到达，由带队老师带领入场。\n"
    "2. 带队老师全程陪同，清点人数，照看好学生的安全。\n"
    "3. 爱护展品，按说明操作；有故障请告诉工作人员，不要自行处理。\n"
    "4. 场内请勿奔跑、推挤，请勿饮食。\n"
    "5. 因故不能来的，请尽早在系统中取消，把名额留给别的学校。"
)
_CONDUCT_SCHOOL = N_(
    "1. 请学校提前准备平整的场地和电源，并安排老师维持秩序。\n"
    "2. 学生分班参观，由班主任带队。\n"
    "3. 爱护展品，按说明操作。\n"
    "4. 遇到恶劣天气改期的，以通知为准。"
)
_CONDUCT_TRAINING = N_(
    "1. 请按时签到，培训期间不迟到、不早退。\n2. 各场都参加的，发给培训证明。\n3. 因故不能参加的，请尽早在系统中取消。"
)
_CONDUCT_CONTEST = N_(
    "1. 各队由带队教师带领，按抽签的顺序和时间到场检录。\n"
    "2. 自备器材和电源线，贴好队名；场内不得使用手机。\n"
    "3. 听从裁判安排，对结果有疑问的，由带队教师当场提出。"
)

KINDS: tuple[KindTemplate, ...] = (
    KindTemplate(
        "museum",
        N_("流动科技馆"),
        "building",
        N_("几周里每天分场参观，各校按班级预约，先收志愿再统一安排。"),
        _CONDUCT_VISIT,
        mode="wishes",
        capacity=150,
        session_minutes=90,
        splittable=True,
        most_wishes=5,
    ),
    KindTemplate(
        "caravan",
        N_("科普大篷车"),
        "truck",
        N_("一天到一所学校，先到先得。"),
        _CONDUCT_SCHOOL,
        capacity=1500,
        most_parties=1,
        session_minutes=480,
        pupils_per_adult=None,
        most_parties_a_school=1,
    ),
    KindTemplate(
        "open_day",
        N_("科普日活动"),
        "sun",
        N_("对公众开放，不用预约；也可以改为学校预约。"),
        _CONDUCT_VISIT,
        mode="open",
        capacity=500,
        session_minutes=180,
        once_per_pupil=False,
    ),
    KindTemplate(
        "training",
        N_("培训班"),
        "mortarboard",
        N_("按姓名报名，一次报名参加全部场次，签到后可发证明。"),
        _CONDUCT_TRAINING,
        is_course=True,
        capacity=120,
        session_minutes=180,
        pupils_per_adult=None,
    ),
    KindTemplate(
        "contest_day",
        N_("竞赛活动"),
        "trophy",
        N_("机器人竞赛等现场比赛：各校组队，抽签排序，现场出成绩。"),
        _CONDUCT_CONTEST,
        capacity=300,
        session_minutes=480,
        first_at="08:30",
        pupils_per_adult=None,
    ),
    KindTemplate(
        "talk",
        N_("科普讲座"),
        "easel",
        N_("一场或几场报告，学校按班级预约座位。"),
        _CONDUCT_VISIT,
        capacity=200,
        session_minutes=90,
    ),
)

KIND_NAMES: Mapping[str, str] = MappingProxyType({one.kind: one.name for one in KINDS})


def template_of(kind: str) -> KindTemplate | None:
    """The kind's template, or None where there is no such kind."""
    return next((one for one in KINDS if one.kind == kind), None)
