"""Rule templates: what ships is right, and every mistake is named by its line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests import template_file
from contest_portal.contests.rules import AgeRule, CategoryRules, CompletionWindow
from contest_portal.contests.template_file import TemplateError, available_templates, load_template, parse_template
from contest_portal.contests.toml_lines import line_numbers

TEXT = """\
code = "small"
version = "1"
name = "小赛"
title = "{year}年{region}小赛"
year = 2018
number_prefix = "GZ"
return_reasons = ["缺件"]
timetable = [
  { code = "call", name = "通知", from_day = 0, to_day = 9 },
]

[[discipline_lists]]
code = "primary"
name = "小学学科"
version = "2018"
items = ["技术", "生命科学"]

# 科幻画
[[categories]]
code = "KH"
number_code = "KH"
name = "科幻画作品"
measure = "件"
applicant_kind = "pupil"
stage_groups = [{ code = "X", name = "小学", stages = ["小学"] }]
authors = { minimum = 1, maximum = 1 }
disciplines = [{ list = "primary", stage_groups = ["X"] }]
criteria = [
  { code = "idea", name = "想象力", max_points = 60 },
  { code = "hand", name = "绘画水平", max_points = 40 },
]

[[categories.slots]]
code = "painting"
label = "科幻画"
kinds = ["jpeg"]
max_bytes = 10_485_760
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(TemplateError) as caught:
        parse_template(text, filename="small.toml")
    return str(caught.value).split("\n")


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_a_template_is_read_whole() -> None:
    template = parse_template(TEXT, filename="small.toml")
    (painting,) = template.categories
    assert template.number_pattern == "{prefix}{year}-{category}-{stage}-{seq:04d}"
    assert template.title_for(year=2019, region="甘州区") == "2019年甘州区小赛"
    assert painting.disciplines_for("X") == ("技术", "生命科学")
    assert painting.slots[0].max_bytes == 10 * 1024 * 1024


def test_windows_line_ends_change_nothing() -> None:
    template = parse_template(TEXT, filename="small.toml")
    assert parse_template(TEXT.replace("\n", "\r\n"), filename="small.toml") == template
    wrong = changed("max_points = 40", "max_points = 35").replace("\n", "\r\n")
    assert mistakes(wrong) == ["small.toml 第 28 行：评分项合计 95 分，应为 100 分"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("max_points = 40", "max_points = 35", "第 28 行：评分项合计 95 分，应为 100 分"),
        ("max_bytes = 10", "max_byte = 10", "第 37 行：不认识的键「max_byte」，是不是要写「max_bytes」？"),
        ("max_bytes = 10_485_760", 'max_bytes = "10 MB"', "第 37 行：「max_bytes」应为整数，现在是 「10 MB」"),
        ('kinds = ["jpeg"]', 'kinds = "jpeg"', "第 36 行：「kinds」应为列表 [ … ]，现在是 「jpeg」"),
        ('measure = "件"\n', "", "第 19 行：缺少「measure」，请补上"),
        ('version = "1"\n', "", "缺少「version」，请补上"),
        ('name = "绘画水平", ', "", "第 30 行：缺少「name」，请补上"),
        (
            '"pupil"',
            '"class"',
            "第 24 行：「applicant_kind」的值「class」不可用，只能是：pupil、team_or_pupil、group、teacher",
        ),
        ('list = "primary"', 'list = "primry"', "第 27 行：没有代码为「primry」的学科表，可用的有：primary"),
        (
            'stage_groups = ["X"]',
            'stage_group = ["X"]',
            "第 27 行：不认识的键「stage_group」，是不是要写「stage_groups」？",
        ),
        ("from_day = 0", "from_day = 10", "第 9 行：「通知」的开始日晚于结束日"),
        ("{year}年", "{yaer}年", "第 4 行：赛事名称里的花括号只能是 {year} 和 {region}"),
        (
            "year = 2018\n",
            'year = 2018\nnumber_pattern = "{year}-{seq:04d}"\n',
            "第 6 行：编号格式里缺少 category、stage，编号会重复",
        ),
        (
            "year = 2018\n",
            'year = 2018\nnumber_pattern = "{category}{stage}{seq}{school}"\n',
            "第 6 行：编号格式里不认识「school」，可用的有：prefix、year、category、stage、seq",
        ),
        (
            "year = 2018\n",
            'year = 2018\nnumber_pattern = "{category}-{seq:04"\n',
            "第 6 行：编号格式「{category}-{seq:04」的花括号或格式写法有误",
        ),
        ('["缺件"]', "[]", "第 7 行：至少要有一条退回原因"),
        (
            "max_bytes = 10_485_760",
            "max_bytes = 99999999999999999999",
            "第 37 行：「max_bytes」应在 1 至 4294967296 之间，现在是 99999999999999999999",
        ),
        ("year = 2018\n", "year = 20188\n", "第 5 行：「year」应在 2000 至 2100 之间，现在是 20188"),
        ("to_day = 9 ", "to_day = 99999 ", "第 9 行：「to_day」应在 -1000 至 1000 之间，现在是 99999"),
        ("10_485_760", "0", "第 37 行：「max_bytes」应在 1 至 4294967296 之间，现在是 0"),
        ('measure = "件"', f'measure = "{"件" * 11}"', "第 23 行：「measure」不能超过 10 个字，现在有 11 个"),
        ('"GZ"', '"<b>G Z/"', "第 6 行：编号字头「<b>G Z/」应为 1 至 10 个字母或数字"),
        (
            "year = 2018\n",
            'year = 2018\nnumber_pattern = "<b>/{category}-{stage}-{seq:04d}"\n',
            "第 6 行：编号格式里不能有「/ < >」，请只用文字、数字和 - _ . ( ) 〔 〕",
        ),
        (
            "year = 2018\n",
            'year = 2018\nnumber_pattern = "{category}-{stage}-{seq:0999999999d}"\n',
            "第 6 行：编号格式「{category}-{stage}-{seq:0999999999d}」的花括号或格式写法有误",
        ),
        (
            "year = 2018\n",
            f'year = 2018\nnumber_pattern = "{"长" * 30}{{category}}-{{stage}}-{{seq}}"\n',
            f"第 6 行：按编号格式「{'长' * 30}{{category}}-{{stage}}-{{seq}}」编出的号码会超过 40 个字符，请写短些",
        ),
    ],
)
def test_a_mistake_is_named_by_its_line(old: str, new: str, expected: str) -> None:
    assert mistakes(changed(old, new)) == [f"small.toml {expected}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('measure = "件"', "measure = 件", "第 23 行：TOML 写法有误：值写得不对；文字请加引号，列表用方括号"),
        ('measure = "件"', 'measure = "件', "第 23 行：TOML 写法有误：文字缺少右引号，或含有不能用的字符"),
        ('measure = "件"', 'measure "件"', "第 23 行：TOML 写法有误：键的后面缺少等号"),
        ('measure = "件"', 'name = "件"', "第 23 行：TOML 写法有误：同一个键写了两次，请删去一处"),
        ('measure = "件"', 'measure = "件" 个', "第 23 行：TOML 写法有误：值的后面有多余的内容，请换行或删去"),
        ("[[categories.slots]]", "[[categories.slots]", "第 33 行：TOML 写法有误"),
    ],
)
def test_a_mistake_of_syntax_is_named_by_its_line(old: str, new: str, expected: str) -> None:
    (found,) = mistakes(changed(old, new))
    assert found.startswith(f"small.toml {expected}")


def test_all_mistakes_are_named_at_once_in_the_order_of_lines() -> None:
    text = changed("max_points = 40", "max_points = 35").replace('"jpeg"', '"jpg"').replace('"{year}年', '"{y}年')
    assert [line.split("：")[0] for line in mistakes(text)] == [
        "small.toml 第 4 行",
        "small.toml 第 28 行",
        "small.toml 第 36 行",
    ]


def test_two_categories_that_share_a_limit_must_mean_the_same_by_it() -> None:
    limit = 'limits = [{ key = "one", count = %d, whom = "student", label = "作品" }]\n'
    start = TEXT.index("[[categories]]")
    second = (
        TEXT[start:]
        .replace('"KH"', '"CG"')
        .replace("科幻画作品", "成果")
        .replace("criteria =", limit % 2 + "criteria =")
    )
    text = changed("criteria =", limit % 1 + "criteria =") + "\n" + second
    assert mistakes(text) == ["small.toml 第 49 行：限报规则「one」在各类别中写得不一致，请改成相同的内容"]


def test_two_categories_of_one_code_are_refused() -> None:
    text = TEXT + "\n" + TEXT[TEXT.index("[[categories]]") :]
    assert [line.split("：", 1)[1] for line in mistakes(text)] == [
        "「code」的值「KH」用了两次，每项要不同",
        "「number_code」的值「KH」用了两次，每项要不同",
        "「name」的值「科幻画作品」用了两次，每项要不同",
    ]


def test_an_empty_file_is_refused_with_what_it_lacks() -> None:
    assert "small.toml 缺少「categories」，请补上" in mistakes("")


@given(st.text(max_size=60))
def test_any_text_gives_a_template_error_and_nothing_else(text: str) -> None:
    with pytest.raises(TemplateError):
        parse_template(text, filename="x.toml")


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 30))
def test_a_torn_template_gives_a_template_error_and_nothing_else(start: int, length: int) -> None:
    torn = TEXT[:start] + TEXT[start + length :]
    problems = []
    try:
        parse_template(torn, filename="x.toml")
    except TemplateError as error:
        problems = error.problems
    assert all(problem.line is None or problem.line <= torn.count("\n") + 1 for problem in problems)


def test_lines_are_found_through_strings_lists_and_tables() -> None:
    text = 'a = """\n[not.a.table]\nb = 1\n"""\n"quoted key".c = [\n  1, # ]\n  { d = "}", e = [2,\n 3] },\n]\n[t.u]\nf = 1\n'
    lines = line_numbers(text)
    assert lines[("a",)] == 1
    assert lines[("quoted key", "c", 1, "e", 1)] == 8
    assert lines[("t", "u")] == 10
    assert lines[("t", "u", "f")] == 11
    assert ("b",) not in lines


# ---- what ships ----


@pytest.fixture(scope="module")
def district() -> dict[str, CategoryRules]:
    return {rules.code: rules for rules in load_template("castic-district-2018").categories}


def test_two_templates_ship() -> None:
    assert available_templates() == ("castic-district-2018", "maker-2018")
    with pytest.raises(KeyError):
        load_template("robots-2018")


def test_every_shipped_template_lies_in_a_file_of_its_code() -> None:
    for code in available_templates():
        assert load_template(code).code == code


# The names and measure words of the office's summary of 2018 (reference/contest_2018.json).
def test_the_six_categories_are_named_and_measured_as_in_2018(district: dict[str, CategoryRules]) -> None:
    assert [(rules.name, rules.measure) for rules in district.values()] == [
        ("学生科技创新成果竞赛项目", "项"),
        ("科幻画作品", "件"),
        ("实践活动方案", "项"),
        ("青少年科学DV作品", "项"),
        ("科技辅导员方案", "个"),
        ("科技辅导员创新项目", "项"),
    ]


def test_only_projects_are_summarised_by_stage(district: dict[str, CategoryRules]) -> None:
    assert [rules.code for rules in district.values() if rules.summarised_by_stage] == ["CG"]


def test_return_reasons_are_word_for_word() -> None:
    assert load_template("castic-district-2018").return_reasons == (
        "缺件",
        "电子文档超大",
        "签字盖章不全",
        "未使用新版申报书",
        "未按时限",
        "集体项目署名不符",
        "选题雷同",
    )


def test_what_must_be_there_at_submission(district: dict[str, CategoryRules]) -> None:
    required = {code: [slot.label for slot in rules.slots if slot.required] for code, rules in district.items()}
    assert required == {
        "CG": ["申报书", "研究报告", "查新报告"],
        "KH": ["科幻画"],
        "SJ": ["申报书", "活动报告"],
        "DV": ["影片", "申报书"],
        "FA": ["申报书", "方案"],
        "FX": ["申报书", "项目说明", "照片"],
    }


def test_rubrics_are_weighted_as_the_rules_say(district: dict[str, CategoryRules]) -> None:
    points = {code: [one.max_points for one in rules.criteria] for code, rules in district.items()}
    assert points == {
        "CG": [20, 25, 30, 15, 10],
        "KH": [50, 25, 25],
        "SJ": [25, 25, 20, 15, 15],
        "DV": [20, 30, 20, 20, 10],
        "FA": [25, 20, 20, 20, 15],
        "FX": [35, 25, 25, 15],
    }


def test_people_rules_of_2018(district: dict[str, CategoryRules]) -> None:
    assert {code: (rules.authors.maximum, rules.tutors.maximum) for code, rules in district.items()} == {
        "CG": (3, 3),
        "KH": (1, 1),
        "SJ": (0, 3),
        "DV": (3, 2),
        "FA": (1, 0),
        "FX": (1, 0),
    }
    assert district["KH"].age == AgeRule(5, 14, None)
    assert district["FA"].limits == district["FX"].limits
    assert district["CG"].limits[0].key != district["KH"].limits[0].key
    assert district["DV"].limits == ()


def test_stage_groups_of_2018(district: dict[str, CategoryRules]) -> None:
    assert {code: "".join(group.code for group in rules.stage_groups) for code, rules in district.items()} == {
        "CG": "XCG",
        "KH": "XCG",
        "SJ": "XCG",
        "DV": "XZ",
        "FA": "T",
        "FX": "T",
    }


def test_discipline_lists_keep_their_versions() -> None:
    lists = {one.code: one for one in load_template("castic-district-2018").discipline_lists}
    assert [len(lists[code].items) for code in ("primary-2018", "secondary-13", "secondary-12")] == [5, 13, 12]


def test_signed_forms_are_never_shown_to_judges() -> None:
    for code in available_templates():
        for rules in load_template(code).categories:
            assert all(not slot.judges_see for slot in rules.slots if slot.label == "申报书")


def test_the_completion_window_moves_with_the_year() -> None:
    template = load_template("castic-district-2018")
    assert template.categories_for(2018) == template.categories
    for rules, window in zip(template.categories_for(2019), template.categories, strict=True):
        if window.completion:
            assert rules.completion == CompletionWindow(date(2017, 7, 1), date(2019, 6, 30))


def test_default_values_are_marked_in_the_shipped_file() -> None:
    folder = Path(template_file.__file__).parent / "rule_templates"
    for code in available_templates():
        assert "DEFAULT" in (folder / f"{code}.toml").read_text(encoding="utf-8")


def test_what_is_read_can_be_stored(district: dict[str, CategoryRules]) -> None:
    stored = {code: json.dumps(rules.to_dict()) for code, rules in district.items()}
    assert {code: CategoryRules.from_dict(json.loads(text)) for code, text in stored.items()} == district
