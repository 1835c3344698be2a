"""What entries stand against, in each direction; loosening is always allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from contest_portal.contests.rule_changes import breaking_changes
from contest_portal.contests.rule_usage import CategoryUsage, SlotUsage
from contest_portal.contests.rules import (
    AgeRule,
    Aspect,
    AuthorRules,
    CategoryRules,
    ClassQuota,
    CompletionWindow,
    Criterion,
    DisciplineList,
    ExtraField,
    PersonLimit,
    SchoolQuota,
    SlotRules,
    StageGroup,
    SummaryRules,
    TutorRules,
)

MB = 1024 * 1024
RULES = CategoryRules(
    code="CG",
    name="创新成果",
    measure="项",
    number_code="CG",
    applicant_kind="team_or_pupil",
    stage_groups=(StageGroup("X", "小学", ("小学",)), StageGroup("Z", "中学", ("初中", "高中"))),
    authors=AuthorRules(1, 3),
    tutors=TutorRules(0, 3),
    slots=(
        SlotRules("form", "申报书", ("pdf", "jpeg"), 20 * MB, required=True, max_files=5),
        SlotRules("photo", "照片", ("jpeg", "png"), 10 * MB, min_long_side_px=1000, aspect=Aspect(54, 38)),
        SlotRules("log", "研究日志", ("pdf",), 10 * MB),
    ),
    criteria=(Criterion("idea", "创新性", 60), Criterion("use", "实用性", 40)),
    fields=(
        ExtraField("kind", "画种", "choice", choices=("油画", "国画", "版画")),
        ExtraField("people", "参与人数", "number", minimum=1, maximum=500),
        ExtraField("note", "备注", "text", max_length=100),
    ),
    disciplines=(DisciplineList("d", "学科", "1", ("物理", "化学", "生物")),),
    title_max_length=50,
    summary=SummaryRules(required=False),
    age=AgeRule(5, 18),
    completion=CompletionWindow(date(2016, 7, 1), date(2018, 6, 30)),
    limits=(PersonLimit("one", 2, "student", "创新成果"),),
    school_quota=SchoolQuota(6, (ClassQuota("feature", "特色学校", 12),)),
)
USED = CategoryUsage(
    entries=12,
    submitted=10,
    numbered=11,
    slots={
        "form": SlotUsage(12, 0, {"pdf": 9, "jpeg": 3}, largest={"max_bytes": 5 * MB, "max_files": 2}),
        "photo": SlotUsage(7, 4, {"jpeg": 7}, largest={"max_files": 1}, smallest={"min_long_side_px": 2000}),
    },
    answers={"kind": 12, "people": 10, "note": 3},
    unanswered={"kind": 0, "people": 0, "note": 8},
    choices={"kind": {"油画": 8, "国画": 4}},
    stages={"X": 8, "Z": 4},
    disciplines={"物理": 9, "生物": 3},
    completed=(date(2017, 1, 10), date(2018, 3, 1)),
    largest={
        "title_length": 31,
        "summary_length": 220,
        "authors": 2,
        "tutors": 2,
        "age_years": 16,
        "entries_of_school": 5,
        "limit:one": 1,
        "answer:people": 300,
        "answer_length:note": 40,
    },
    smallest={"authors": 1, "tutors": 0, "age_years": 7, "summary_length": 0, "answer:people": 12},
    opened_criteria=frozenset({"idea", "use"}),
)

Change = Callable[[CategoryRules], CategoryRules]


def slot(code: str, **values: object) -> Change:
    return lambda rules: replace(
        rules, slots=tuple(replace(one, **values) if one.code == code else one for one in rules.slots)
    )


def field(code: str, **values: object) -> Change:
    return lambda rules: replace(
        rules, fields=tuple(replace(one, **values) if one.code == code else one for one in rules.fields)
    )


def of(**values: object) -> Change:
    return lambda rules: replace(rules, **values)


def without(section: str, code: str) -> Change:
    return lambda rules: replace(rules, **{section: tuple(one for one in getattr(rules, section) if one.code != code)})


def and_also(section: str, item: object) -> Change:
    return lambda rules: replace(rules, **{section: (*getattr(rules, section), item)})


BREAKING: list[tuple[Change, str]] = [
    (without("slots", "form"), "材料项「申报书」已有 12 件作品交了文件，不能删除"),
    (slot("form", kinds=("pdf",)), "材料项「申报书」已有 3 件作品交了 JPG 文件，不能去掉这种格式"),
    (slot("photo", required=True), "已有 4 件提交的作品没有「照片」，不能改为必交"),
    (slot("log", required=True), "已有 10 件提交的作品没有「研究日志」，不能改为必交"),
    (slot("form", max_bytes=4 * MB), "材料项「申报书」已有作品交了文件，「文件大小」的要求不能改得更严"),
    (slot("form", max_files=1), "材料项「申报书」已有作品交了文件，「文件个数」的要求不能改得更严"),
    (slot("form", max_pages=100), "材料项「申报书」已有作品交了文件，「页数」的要求不能改得更严"),
    (slot("photo", min_long_side_px=3000), "材料项「照片」已有作品交了文件，「图片长边」的要求不能改得更严"),
    (slot("photo", aspect=Aspect(54, 38, 0.01)), "材料项「照片」已有作品交了文件，「画面比例」的要求不能改得更严"),
    (slot("photo", video_codecs=("h264",)), "材料项「照片」已有作品交了文件，「视频编码」的要求不能改得更严"),
    (
        and_also("slots", SlotRules("new", "诚信书", ("pdf",), MB, required=True)),
        "已有 10 件作品提交，新增的材料项「诚信书」不能设为必交",
    ),
    (without("fields", "kind"), "填报项「画种」已有 12 件作品填写，不能删除"),
    (field("kind", choices=("油画", "版画")), "填报项「画种」的选项「国画」已有 4 件作品选用，不能删除"),
    (field("people", kind="text", minimum=None, maximum=None), "填报项「参与人数」已有 10 件作品填写，类型不能再改"),
    (field("people", maximum=200), "填报项「参与人数」已有 10 件作品填写，范围不能改得更窄"),
    (field("people", minimum=20), "填报项「参与人数」已有 10 件作品填写，范围不能改得更窄"),
    (field("note", max_length=30), "填报项「备注」已有 3 件作品填写，范围不能改得更窄"),
    (field("note", required=True), "已有 8 件提交的作品没有填「备注」，不能改为必填"),
    (
        and_also("fields", ExtraField("more", "指导情况", "text", required=True)),
        "已有 10 件作品提交，新增的填报项「指导情况」不能设为必填",
    ),
    (of(stage_groups=RULES.stage_groups[:1]), "学段组「中学」已有 4 件作品，不能删除或改代码"),
    (
        of(stage_groups=(RULES.stage_groups[0], StageGroup("Z", "中学", ("初中",)))),
        "学段组「中学」已有 4 件作品，不能去掉其中的学段",
    ),
    (of(disciplines=(DisciplineList("d", "学科", "1", ("物理", "化学")),)), "学科「生物」已有 3 件作品选用，不能删除"),
    (of(applicant_kind="pupil"), "这一类别已有 12 件作品，申报者的类型不能再改"),
    (of(number_code="XM"), "已有 11 件作品按代码「CG」编了号，编号代码不能再改"),
    (without("criteria", "use"), "评分项「实用性」正在评审中使用，不能删除"),
    (
        of(criteria=(Criterion("idea", "创新性", 50), Criterion("use", "实用性", 40))),
        "评分项「创新性」正在评审中使用，分值不能再改",
    ),
    (and_also("criteria", Criterion("new", "表达", 1)), "评审已经开始，不能再增加评分项"),
    (of(authors=AuthorRules(1, 1)), "已有 10 件作品提交，「作者人数」的要求不能改得更严"),
    (of(authors=AuthorRules(2, 3)), "已有 10 件作品提交，「作者人数」的要求不能改得更严"),
    (of(authors=AuthorRules(1, 3, same_stage=True)), "已有 10 件作品提交，不能再增加「作者须同学段」的要求"),
    (of(tutors=TutorRules(0, 1)), "已有 10 件作品提交，「辅导教师人数」的要求不能改得更严"),
    (of(tutors=TutorRules(1, 3)), "已有 10 件作品提交，「辅导教师人数」的要求不能改得更严"),
    (of(title_max_length=30), "已有 10 件作品提交，「题目长度」的要求不能改得更严"),
    (of(summary=SummaryRules(required=True)), "已有提交的作品没有填「内容简介」，不能改为必填"),
    (of(summary=SummaryRules(required=False, max_length=200)), "已有 10 件作品提交，「简介长度」的要求不能改得更严"),
    (of(age=AgeRule(5, 15)), "已有 10 件作品提交，「年龄」的要求不能改得更严"),
    (of(age=AgeRule(8, 18)), "已有 10 件作品提交，「年龄」的要求不能改得更严"),
    (of(age=AgeRule(5, 18, date(2018, 9, 1))), "已有 10 件作品提交，「年龄」的要求不能改得更严"),
    (
        of(completion=CompletionWindow(date(2017, 2, 1), date(2018, 6, 30))),
        "已有 10 件作品提交，「完成时间」的要求不能改得更严",
    ),
    (of(limits=(PersonLimit("other", 1, "student", "x"),)), "已有 10 件作品提交，「每人限报数」的要求不能改得更严"),
    (of(school_quota=SchoolQuota(4)), "已有 10 件作品提交，「学校名额」的要求不能改得更严"),
    (of(consent_under_age=16), "已有 10 件作品提交，「须有监护人同意的年龄」的要求不能改得更严"),
]


@pytest.mark.parametrize(("change", "sentence"), BREAKING, ids=[sentence for _change, sentence in BREAKING])
def test_a_change_that_breaks_entries_is_named_with_how_many_stand_against_it(change: Change, sentence: str) -> None:
    assert [str(message) for message in breaking_changes(RULES, change(RULES), USED)] == [sentence]


@pytest.mark.parametrize("change", [change for change, _sentence in BREAKING])
def test_without_entries_everything_may_change(change: Change) -> None:
    assert breaking_changes(RULES, change(RULES), CategoryUsage()) == []


LOOSENING: list[Change] = [
    without("slots", "log"),
    slot("form", required=False),
    slot("form", max_bytes=50 * MB),
    slot("form", max_bytes=6 * MB),  # tighter, yet every file fits
    slot("form", kinds=("pdf", "jpeg", "png")),
    slot("photo", kinds=("jpeg",)),  # nobody sent the other kind
    slot("photo", min_long_side_px=1500),
    slot("photo", aspect=None),
    slot("photo", aspect=Aspect(54, 38, 0.2)),
    slot("photo", aspect=Aspect(27, 19, 0.05)),
    slot("form", label="申报表", hint="盖章", judges_see=False),
    and_also("slots", SlotRules("new", "附件", ("pdf",), MB)),
    field("kind", choices=("油画", "国画", "水彩")),
    field("people", maximum=None),
    field("people", maximum=300),
    field("kind", required=True),
    field("note", kind="longtext"),
    and_also("fields", ExtraField("more", "指导情况", "text")),
    of(stage_groups=(*RULES.stage_groups, StageGroup("T", "特教", ()))),
    of(disciplines=(DisciplineList("d", "学科", "2", ("物理", "生物", "天文")),)),
    of(disciplines=()),
    of(authors=AuthorRules(1, 5)),
    of(authors=AuthorRules(1, 2)),
    of(tutors=TutorRules(0, 2)),
    of(title_max_length=31),
    of(summary=None),
    of(age=None),
    of(age=AgeRule(7, 16)),
    of(completion=None),
    of(completion=CompletionWindow(date(2017, 1, 1), date(2018, 3, 1))),
    of(limits=()),
    of(limits=(PersonLimit("one", 1, "student", "创新成果"),)),
    of(school_quota=None),
    of(school_quota=SchoolQuota(5)),
    of(consent_under_age=0),
    of(name="另一个名称", hint="说明", measure="件"),
]


@pytest.mark.parametrize("change", LOOSENING)
def test_loosening_and_what_every_entry_still_fits_is_allowed(change: Change) -> None:
    assert change(RULES) != RULES
    assert breaking_changes(RULES, change(RULES), USED) == []


def test_what_is_not_known_counts_against_a_tightening() -> None:
    unknown = CategoryUsage(entries=1, submitted=1)
    sentences = [str(message) for message in breaking_changes(RULES, replace(RULES, title_max_length=40), unknown)]
    assert sentences == ["已有 1 件作品提交，「题目长度」的要求不能改得更严"]


def test_drafts_alone_stand_only_against_what_would_take_their_content_away() -> None:
    drafts = CategoryUsage(entries=2, slots={"form": SlotUsage(entries=2)}, answers={"kind": 1})
    assert breaking_changes(RULES, replace(RULES, title_max_length=10, age=AgeRule(5, 9)), drafts) == []
    assert breaking_changes(RULES, replace(RULES, slots=RULES.slots[1:]), drafts) != []
