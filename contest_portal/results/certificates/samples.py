"""What stands on a certificate in a preview: made-up people, a long title."""

from __future__ import annotations

from datetime import date

from contest_portal.contests.models import Contest
from contest_portal.results.certificates.layout import in_chinese
from contest_portal.results.certificates.numbers import format_number
from contest_portal.results.certificates.queries.given import Choices

_NAMES = {"author": ("张晓明", "同学"), "tutor": ("李春梅", "老师"), "school": ("甘州区示例小学", "")}


def sample_values(kind: str, award: str, contest: Contest, choices: Choices, day: date) -> dict[str, str]:
    """The values of every field for a certificate of that kind."""
    return {
        "姓名": _NAMES[kind][0],
        "称呼": _NAMES[kind][1],
        "学校": "甘州区示例小学",
        "作品": "会自己给小树浇水的太阳能机器人",
        "奖项": award or "一等奖",
        "类别": contest.categories[0].name if contest.categories else "",
        "辅导教师": "李春梅",
        "赛事": contest.name,
        "日期": f"{day.year}年{day.month}月{day.day}日",
        "日期汉字": in_chinese(day.year, day.month, day.day),
        "编号": format_number(choices.number_pattern, contest.year, 1),
        "颁发单位": choices.issuer,
    }
