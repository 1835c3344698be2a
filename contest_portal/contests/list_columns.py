"""What may stand in a column of the recommendation list. Pure: the values themselves are read by the results room."""

from __future__ import annotations

from contest_portal.contests.rules import ListColumn

FIELD_PREFIX = "field:"

# The key, and the heading it has unless the category names another.
COLUMN_KEYS: dict[str, str] = {
    "position": "序号",
    "number": "项目编号",
    "title": "项目名称",
    "category": "类别",
    "kind": "个人/集体",
    "stage": "学段",
    "discipline": "学科",
    "first_author": "第一作者",
    "sex": "性别",
    "ethnic_group": "民族",
    "birth_month": "出生年月",
    "grade": "年级",
    "school": "学校全称",
    "author_2": "署名作者2",
    "author_3": "署名作者3",
    "authors": "作者",
    "group_name": "活动申报者(群体)",
    "tutors": "辅导教师",
    "tutor_employers": "辅导教师单位",
    "job_title": "职务/职称",
    "phone": "联系电话",
    "summary": "作品说明",
    "period": "起止时间",
    "film_length": "时长",
    "rank": "推荐名次",
    "note": "备注",
}

DEFAULT_COLUMNS = tuple(
    ListColumn(key, COLUMN_KEYS[key]) for key in ("position", "number", "title", "authors", "school", "grade", "tutors")
)
