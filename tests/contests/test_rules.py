"""The rule set as data: there and back, mistakes named by path, contradictions found."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.rules import (
    AgeRule,
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
    TutorRules,
    format_number,
    shift_years,
)
from contest_portal.contests.rules_codec import RulesError
from contest_portal.contests.rules_validity import category_problems
from contest_portal.contests.template_file import DEFAULT_NUMBER_PATTERN, available_templates, load_template

PAINTING = CategoryRules(
    code="KH",
    name="科幻画作品",
    measure="件",
    number_code="KH",
    applicant_kind="pupil",
    stage_groups=(StageGroup("X", "小学", ("小学",)), StageGroup("Z", "中学", ("初中", "高中"))),
    authors=AuthorRules(),
    slots=(SlotRules("painting", "科幻画", ("jpeg",), 10_485_760, required=True),),
    criteria=(Criterion("idea", "想象力", 60), Criterion("hand", "绘画水平", 40)),
)


def problems_of(rules: CategoryRules) -> list[str]:
    return [str(problem) for problem in category_problems(rules)]


def shipped_categories() -> list[CategoryRules]:
    return [rules for code in available_templates() for rules in load_template(code).categories]


@pytest.mark.parametrize("rules", shipped_categories(), ids=lambda rules: rules.code)
def test_shipped_rules_survive_json_and_back(rules: CategoryRules) -> None:
    plain = json.loads(json.dumps(rules.to_dict()))
    assert CategoryRules.from_dict(plain) == rules
    assert CategoryRules.from_dict(plain).to_dict() == plain


words = st.text(min_size=1, max_size=12)
slots = st.builds(
    SlotRules,
    code=words,
    label=words,
    kinds=st.lists(words, max_size=3).map(tuple),
    max_bytes=st.integers(1),
    required=st.booleans(),
    max_pages=st.none() | st.integers(1),
    min_sharpness=st.none() | st.integers(1, 100),
)


@given(
    st.builds(
        CategoryRules,
        code=words,
        slots=st.lists(slots, max_size=3).map(tuple),
        age=st.none() | st.builds(AgeRule, min_years=st.none() | st.integers(0, 20), on=st.none() | st.dates()),
        completion=st.none() | st.builds(CompletionWindow, from_on=st.dates(), to_on=st.dates()),
    )
)
def test_any_rules_survive_json_and_back(rules: CategoryRules) -> None:
    assert CategoryRules.from_dict(json.loads(json.dumps(rules.to_dict()))) == rules


def test_a_missing_optional_key_takes_its_default() -> None:
    plain = PAINTING.to_dict()
    del plain["consent_under_age"]
    del plain["limits"]
    assert CategoryRules.from_dict(plain) == PAINTING


def test_every_mistake_in_plain_rules_is_named_by_its_path() -> None:
    plain = PAINTING.to_dict()
    del plain["name"]
    plain["applicant_kind"] = "class"
    plain["authors"]["minimum"] = "1"
    plain["slots"][0]["max_byte"] = 3
    plain["age"] = {"on": "2018-02-30"}
    plain["criteria"][1]["max_points"] = True
    with pytest.raises(RulesError) as caught:
        CategoryRules.from_dict(plain)
    assert sorted(str(problem) for problem in caught.value.problems) == sorted(
        [
            "缺少「name」，请补上",
            "applicant_kind：「applicant_kind」的值「class」不可用，只能是：pupil、team_or_pupil、group、teacher",
            "authors.minimum：「minimum」应为整数，现在是 「1」",
            "slots[0].max_byte：不认识的键「max_byte」，是不是要写「max_bytes」？",
            "age.on：「on」应为日期，如 2018-06-30，现在是 「2018-02-30」",
            "criteria[1].max_points：「max_points」应为整数，现在是 true",
        ]
    )


def test_what_is_no_rule_set_at_all_is_refused() -> None:
    for data in (None, [], "x", 3):
        with pytest.raises(RulesError):
            CategoryRules.from_dict(data)  # type: ignore[arg-type]


def test_rules_that_fit_together_have_no_problem() -> None:
    assert problems_of(PAINTING) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"criteria": (Criterion("a", "想象力", 60), Criterion("b", "绘画", 35))},
            "criteria：评分项合计 95 分，应为 100 分",
        ),
        ({"criteria": ()}, "criteria：评分项合计 0 分，应为 100 分"),
        ({"authors": AuthorRules(2, 1)}, "authors：人数下限 2 大于上限 1"),
        (
            {"authors": AuthorRules(1, 3)},
            "authors.maximum：申报者为个人的类别只能有 1 名作者，现在的上限是 3",
        ),
        ({"tutors": TutorRules(3, 1)}, "tutors：人数下限 3 大于上限 1"),
        ({"age": AgeRule(14, 5)}, "age：年龄下限 14 大于上限 5"),
        (
            {"completion": CompletionWindow(date(2018, 7, 1), date(2018, 6, 30))},
            "completion：完成时间的起点 2018-07-01 晚于终点 2018-06-30",
        ),
        ({"name": " "}, "name：「name」不能为空"),
        ({"number_code": "科幻"}, "number_code：「number_code」的值「科幻」应为 1 至 6 个大写字母或数字"),
        (
            {"stage_groups": (StageGroup("X", "小学", ("小学",)), StageGroup("X", "初中", ("初中",)))},
            "stage_groups[1]：代码「X」用了两次，每项的代码要不同",
        ),
        (
            {"stage_groups": (StageGroup("X", "小学", ("小学",)), StageGroup("Y", "全部", ("小学", "初中")))},
            "stage_groups[1]：学段「小学」同时在「小学」和「全部」两组，只能在一组",
        ),
        (
            {"disciplines": (DisciplineList("l", "学科", "1", ("数学",), ("Q",)),)},
            "disciplines[0]：没有代码为「Q」的学段组，可用的有：X、Z",
        ),
        (
            {"slots": (SlotRules("painting", "画", ("jpg",), 1),)},
            "slots[0].kinds：不认识的键「jpg」，是不是要写「jpeg」？",
        ),
        (
            {"slots": (SlotRules("film", "影片", ("mp4",), 1, min_seconds=480, max_seconds=180),)},
            "slots[0]：影片时长下限 480 秒大于上限 180 秒",
        ),
        (
            {"slots": (SlotRules("proof", "证明", ("pdf",), 1, required_when="used"),)},
            "slots[0].required_when：「used」不是本类别中的一个是/否填报项",
        ),
        (
            {"fields": (ExtraField("kind", "画种", "choice", choices=("油画",)),)},
            "fields[0].choices：选择项「画种」至少要有两个不同的选项",
        ),
        (
            {"limits": (PersonLimit("p", 1, "teacher", "作品"),)},
            "limits[0]：这一类别的作者是学生，whom 应写 student",
        ),
        (
            {"school_quota": SchoolQuota(3, (ClassQuota("feature", "特色学校", -1),))},
            "school_quota.classes[0].count：「count」应在 0 至 10000 之间，现在是 -1",
        ),
    ],
)
def test_a_contradiction_in_the_rules_is_named(changes: dict[str, object], expected: str) -> None:
    assert problems_of(replace(PAINTING, **changes)) == [expected]  # type: ignore[arg-type]


def test_a_group_has_no_authors_and_teachers_have_no_stages() -> None:
    group = replace(PAINTING, applicant_kind="group")
    assert problems_of(group) == ["authors.maximum：以群体名义申报的类别不列作者，作者人数上限应为 0"]
    teachers = replace(PAINTING, applicant_kind="teacher", stage_groups=(StageGroup("T", "教师", ("高中",)),))
    assert problems_of(teachers) == ["stage_groups[0]：教师类别的组别不分学段，请把 stages 留空"]


def test_a_school_of_a_named_class_has_its_own_quota() -> None:
    quota = SchoolQuota(3, (ClassQuota("feature", "特色学校", 6),))
    assert [quota.count_for(one) for one in ("feature", "other", None)] == [6, 3, 3]


def test_disciplines_follow_the_stage_group() -> None:
    primary = DisciplineList("p", "小学", "2018", ("技术", "生命科学"), ("X",))
    everyone = DisciplineList("e", "通用", "2018", ("技术", "其他"))
    rules = replace(PAINTING, disciplines=(primary, everyone))
    assert rules.disciplines_for("X") == ("技术", "生命科学", "其他")
    assert rules.disciplines_for("Z") == ("技术", "其他")


def test_the_dates_of_the_rules_move_with_the_edition() -> None:
    rules = replace(
        PAINTING,
        age=AgeRule(5, 14, date(2020, 2, 29)),
        completion=CompletionWindow(date(2016, 7, 1), date(2018, 6, 30)),
    )
    later = shift_years(rules, 1)
    assert later.completion == CompletionWindow(date(2017, 7, 1), date(2019, 6, 30))
    assert later.age == AgeRule(5, 14, date(2021, 2, 28))
    assert shift_years(PAINTING, 3) == PAINTING


def test_the_default_number_reads_like_the_notice() -> None:
    number = format_number(DEFAULT_NUMBER_PATTERN, prefix="GZ", year=2018, category="KH", stage="X", seq=1)
    assert number == "GZ2018-KH-X-0001"
