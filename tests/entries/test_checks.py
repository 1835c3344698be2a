"""The checks on entries: each rule on both sides of its boundary, by figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.file_kinds import FILE_KINDS
from contest_portal.contests.rules import AgeRule, Aspect, CategoryRules, ClassQuota, SchoolQuota, SlotRules
from contest_portal.contests.template_file import load_template
from contest_portal.core.text import Message
from contest_portal.entries.checks import (
    AuthorFacts,
    EntryFacts,
    FileFacts,
    Finding,
    TutorFacts,
    can_be_submitted,
    check_entry,
    file_findings,
    full_years,
    stage_group_of,
)
from contest_portal.entries.checks.measures import aspect_fits, length_text, range_text, size_text
from contest_portal.media import facts as media_facts

RULES = {rules.code: rules for rules in load_template("castic-district-2018").categories}
DEADLINE = date(2018, 5, 15)
TODAY = date(2018, 5, 1)
MB = 1024 * 1024

PUPIL = AuthorFacts(
    "s1", "student", "张晓明", date(2007, 3, 4), "小学", "五年级", "西关小学", "甘州区", True, None, True
)
JUNIOR = AuthorFacts("s2", "student", "李小红", date(2003, 9, 1), "初中", "八年级", "甘州中学", "甘州区")
TEACHER = AuthorFacts("t1", "teacher", "王建国", school_key="甘州中学", county_key="甘州区")
TUTOR = TutorFacts("t9", "赵老师")

PAINTING_FILE = FileFacts("painting", "未来城市.jpg", 4 * MB, "jpeg", width=4320, height=3040)
FORM = FileFacts("application", "申报书.pdf", MB, "pdf", pages=6)
REPORT = FileFacts("report", "研究报告.pdf", MB, "pdf", pages=20)
FILM = FileFacts(
    "film", "探究.mp4", 80 * MB, "mp4", 1920, 1080, duration_seconds=300.0, video_codec="h264", audio_codec="aac"
)


def entry(code: str, **changes: Any) -> EntryFacts:
    """An entry of the category to which nothing is missing, then changed."""
    base = EntryFacts(
        RULES[code], today_on=TODAY, submission_deadline_on=DEADLINE, title="月球上的果园", summary="一段说明。"
    )
    whole: dict[str, dict[str, Any]] = {
        "CG": {
            "authors": (PUPIL,),
            "tutors": (TUTOR,),
            "discipline": "生命科学",
            "completed_on": date(2018, 2, 1),
            "fields": {"novelty_checked_on": "2018-01-20", "uses_wildlife": False},
            "files": (FORM, REPORT, FileFacts("novelty", "查新.pdf", MB, "pdf", pages=5)),
        },
        "KH": {"authors": (PUPIL,), "tutors": (TUTOR,), "fields": {"technique": "水粉"}, "files": (PAINTING_FILE,)},
        "SJ": {
            "group_name": "西关小学种子观察小组",
            "stage_group": "X",
            "tutors": (TUTOR,),
            "fields": {"participants": 45, "started_on": "2018-03-01", "ended_on": "2018-04-01"},
            "files": (FORM, REPORT),
        },
        "DV": {
            "authors": (PUPIL,),
            "fields": {"film_type": "科学微电影", "shown_before": False},
            "files": (FILM, FORM),
        },
        "FA": {
            "authors": (TEACHER,),
            "discipline": "物理",
            "completed_on": date(2018, 2, 1),
            "fields": {"realised": "已实施"},
            "files": (FORM, FileFacts("plan", "方案.pdf", MB, "pdf", pages=10)),
        },
    }
    return replace(base, **whole[code] | changes)


def found(facts: EntryFacts) -> list[tuple[str, str]]:
    return [(finding.code, finding.anchor) for finding in check_entry(facts)]


def only(facts: EntryFacts) -> Finding:
    (finding,) = check_entry(facts)
    return finding


def with_rules(code: str, **changes: Any) -> CategoryRules:
    return replace(RULES[code], **changes)


@pytest.mark.parametrize("code", ["CG", "KH", "SJ", "DV", "FA"])
def test_a_whole_entry_has_no_finding(code: str) -> None:
    assert check_entry(entry(code)) == []
    assert can_be_submitted(check_entry(entry(code)))


def test_an_empty_draft_lists_all_that_is_missing_in_the_order_of_the_form() -> None:
    assert found(EntryFacts(RULES["CG"], TODAY, DEADLINE)) == [
        ("title-missing", "title"),
        ("summary-missing", "summary"),
        ("stage-missing", "stage"),
        ("discipline-missing", "discipline"),
        ("completed-on-missing", "completed-on"),
        ("authors-missing", "authors"),
        ("field-missing", "field-novelty_checked_on"),
        ("field-missing", "field-uses_wildlife"),
        ("slot-missing", "slot-application"),
        ("slot-missing", "slot-report"),
        ("slot-missing", "slot-novelty"),
    ]


# ---- texts ----


@pytest.mark.parametrize(("length", "codes"), [(200, []), (201, ["summary-too-long"])])
def test_a_painting_is_explained_in_200_characters(length: int, codes: list[str]) -> None:
    assert [code for code, _ in found(entry("KH", summary="画" * length))] == codes


def test_a_length_names_measure_limit_and_what_to_cut() -> None:
    finding = only(entry("KH", summary="画" * 213))
    assert str(finding.message) == "作品说明现在是 213 字，上限 200 字，请删去 13 字"
    assert str(finding.rule) == "作品说明不超过 200 字"


def test_blanks_around_a_text_and_windows_line_ends_are_not_counted() -> None:
    assert found(entry("KH", summary="  " + "画" * 199 + "\r\n  ")) == []
    assert found(entry("KH", summary="画" * 99 + "\r\n" + "画" * 100)) == []


def test_a_title_of_ten_thousand_characters_is_refused() -> None:
    finding = only(entry("KH", title="月" * 10_000))
    assert (finding.code, finding.anchor) == ("title-too-long", "title")
    assert str(finding.message) == "作品名称现在是 10000 字，上限 30 字，请删去 9970 字"


@pytest.mark.parametrize("title", ["", "   ", "\u3000"])
def test_a_blank_title_is_missing(title: str) -> None:
    assert found(entry("KH", title=title)) == [("title-missing", "title")]


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("\x07月球\x00", "U+0007、U+0000"),
        ("月球\n果园", "U+000A"),
        ("月\u202e球", "U+202E"),
        ("月\u200b球", "U+200B"),
        ("\x01\x02\x03", "U+0001、U+0002、U+0003"),
    ],
)
def test_control_and_invisible_characters_in_a_title_are_named(title: str, named: str) -> None:
    finding = only(entry("KH", title=title))
    assert finding.code == "title-invisible-characters"
    assert str(finding.message) == f"作品名称中有不可见字符 {named}，请重新输入"


def test_a_summary_may_have_several_lines() -> None:
    assert found(entry("KH", summary="第一行\r\n第二行\n\t第三行")) == []
    assert found(entry("KH", summary="第一\x0b行")) == [("summary-invisible-characters", "summary")]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("西关小学种子观察小组", []),
        ("", ["group-name-missing"]),
        ("赵老师", ["group-name-is-a-person"]),
        ("赵 老师", ["group-name-is-a-person"]),
        ("张晓明", ["group-name-is-a-person"]),
        ("张晓明、李小红", ["group-name-is-a-person"]),
        ("张晓明种子小组", []),
        ("赵老师种子小组", ["group-name-holds-a-name"]),
        ("组" * 30, []),
        ("组" * 31, ["group-name-too-long"]),
    ],
)
def test_a_group_is_called_by_its_own_name(name: str, codes: list[str]) -> None:
    facts = entry("SJ", group_name=name, known_names=frozenset({"张晓明", "李小红"}))
    assert [code for code, _ in found(facts)] == codes


def test_a_tutors_name_inside_the_groups_name_is_a_warning_only() -> None:
    findings = check_entry(entry("SJ", group_name="赵老师种子小组"))
    assert [finding.severity for finding in findings] == ["warning"]
    assert can_be_submitted(findings)


# ---- discipline, completion, fields ----


def test_a_discipline_comes_from_the_list_of_the_entrys_stage() -> None:
    assert found(entry("CG", discipline="植物学")) == [("discipline-not-listed", "discipline")]
    message = str(only(entry("CG", discipline="植物学")).message)
    assert message == "「植物学」不在「小学」的学科表中，请重新选择"
    junior = entry("CG", authors=(replace(JUNIOR, consent_recorded=True),), discipline="植物学")
    assert found(junior) == []
    assert found(replace(junior, discipline="物质科学")) == [("discipline-not-listed", "discipline")]


def test_a_category_without_lists_asks_for_no_discipline() -> None:
    assert found(entry("KH", discipline=None)) == []


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2016, 6, 30), ["completed-too-early"]),
        (date(2016, 7, 1), []),
        (date(2018, 6, 30), []),
        (date(2018, 7, 1), ["completed-too-late"]),
        (None, ["completed-on-missing"]),
    ],
)
def test_work_was_finished_in_the_two_years_before_1_july(day: date | None, codes: list[str]) -> None:
    assert [code for code, _ in found(entry("CG", completed_on=day))] == codes


def test_a_completion_day_outside_names_both_days() -> None:
    finding = only(entry("FA", completed_on=date(2016, 6, 30)))
    assert str(finding.message) == "完成日期 2016-06-30 早于 2016-07-01"
    assert str(finding.rule) == "作品应在 2016-07-01 至 2018-06-30 期间完成"


@pytest.mark.parametrize(
    ("code", "answers", "expected"),
    [
        ("KH", {}, "field-missing"),
        ("KH", {"technique": "  "}, "field-missing"),
        ("KH", {"technique": "沙画"}, "field-not-a-choice"),
        ("SJ", {"participants": 0}, "field-too-small"),
        ("SJ", {"participants": "10001"}, "field-too-large"),
        ("SJ", {"participants": "许多"}, "field-wrong-kind"),
        ("SJ", {"participants": "nan"}, "field-wrong-kind"),
        ("SJ", {"participants": True}, "field-wrong-kind"),
        ("SJ", {"started_on": "2018-02-30"}, "field-wrong-kind"),
        ("SJ", {"ended_on": "2018-02-28"}, "field-too-early"),
        ("CG", {"uses_wildlife": "no"}, "field-wrong-kind"),
        ("CG", {"guidance": "导" * 301}, "field-too-long"),
        ("CG", {"guidance": "导\x00"}, "field-invisible-characters"),
    ],
)
def test_a_question_is_answered_in_its_kind_and_within_its_limits(
    code: str, answers: dict[str, Any], expected: str
) -> None:
    whole = entry(code)
    facts = replace(whole, fields={**whole.fields, **answers} if answers else {})
    assert [one for one, _ in found(facts)] == [expected]


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        ("SJ", {"participants": 1}),
        ("SJ", {"participants": "10000"}),
        ("SJ", {"ended_on": date(2018, 3, 1)}),
        ("CG", {"guidance": "导" * 300}),
        ("CG", {"guidance": "第一行\n第二行"}),
    ],
)
def test_an_answer_at_its_limit_is_right(code: str, answers: dict[str, Any]) -> None:
    whole = entry(code)
    assert found(replace(whole, fields={**whole.fields, **answers})) == []


# ---- authors ----


def test_a_painting_has_one_author() -> None:
    other = replace(PUPIL, person_key="s3", name="王小军", is_first=False)
    assert found(entry("KH", authors=())) == [("stage-missing", "stage"), ("authors-missing", "authors")]
    finding = only(entry("KH", authors=(PUPIL, other)))
    assert finding.code == "authors-too-many"
    assert (str(finding.rule), str(finding.message)) == ("作者应为 1 名", "现在是 2 名作者，最多 1 名")


def team(*shares: float | None, first: int = 1) -> tuple[AuthorFacts, ...]:
    """A team of primary pupils with these shares, the first `first` of them marked as first author."""
    names = ["张晓明", "李小红", "王小军", "刘小芳"]
    return tuple(
        replace(PUPIL, person_key=f"s{number}", name=names[number], is_first=number < first, share_percent=share)
        for number, share in enumerate(shares)
    )


def test_a_team_has_three_authors_at_most() -> None:
    assert found(entry("CG", authors=team(40, 30, 30))) == []
    finding = only(entry("CG", authors=team(25, 25, 25, 25)))
    assert str(finding.message) == "现在是 4 名作者，最多 3 名"


def test_a_team_has_exactly_one_first_author() -> None:
    finding = only(entry("CG", authors=team(60, 40, first=2)))
    assert (finding.code, finding.anchor) == ("first-author-twice", "authors")
    assert str(finding.message) == "第一作者只能有一名，现在标了 2 名"
    assert found(entry("CG", authors=team(60, 40, first=0))) == [("first-author-missing", "authors")]


def test_a_single_author_need_not_be_marked_as_first() -> None:
    assert found(entry("CG", authors=(replace(PUPIL, is_first=False),))) == []


@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        ((60, 40), []),
        ((33.33, 33.33, 33.34), []),
        ((60, 41), [("shares-sum", "authors")]),
        ((60, None), [("share-missing", "authors-2-share")]),
        ((100, 0), [("share-out-of-range", "authors-2-share")]),
        ((120, -20), [("share-out-of-range", "authors-1-share"), ("share-out-of-range", "authors-2-share")]),
    ],
)
def test_the_shares_of_a_team_sum_to_100(shares: tuple[float | None, ...], codes: list[tuple[str, str]]) -> None:
    assert found(entry("CG", authors=team(*shares))) == codes


def test_the_sum_of_shares_is_told() -> None:
    finding = only(entry("CG", authors=team(60, 45.5)))
    assert str(finding.message) == "各作者的比例合计 105.5%，应为 100%"


def test_a_team_is_of_one_stage_and_one_county() -> None:
    junior = replace(JUNIOR, share_percent=40, consent_recorded=True)
    mixed = entry("CG", authors=(replace(PUPIL, share_percent=60), junior), discipline="植物学")
    finding = only(mixed)
    assert (finding.code, finding.anchor) == ("team-stage", "authors")
    assert str(finding.message) == "现在的作者分属小学、初中"
    one, two = team(60, 40)
    assert found(entry("CG", authors=(one, replace(two, county_key="临泽县")))) == [("team-county", "authors")]


def test_film_teams_may_be_of_several_stages_and_counties() -> None:
    junior = replace(JUNIOR, consent_recorded=True, county_key="临泽县")
    assert found(entry("DV", authors=(PUPIL, junior))) == []


def test_the_applicant_is_of_the_kind_the_category_asks_for() -> None:
    assert found(entry("KH", authors=(TEACHER,), stage_group="X")) == [("author-kind", "authors-1")]
    assert found(entry("FA", authors=(PUPIL,)))[0] == ("author-kind", "authors-1")
    assert str(check_entry(entry("FA", authors=(PUPIL,)))[0].message) == "张晓明是学生，不能作为作者"
    assert found(entry("SJ", authors=(PUPIL,))) == [("authors-in-group", "authors")]


def test_nobody_is_an_author_twice() -> None:
    one, two = team(60, 40)
    assert found(entry("CG", authors=(one, replace(two, person_key=one.person_key)))) == [("author-twice", "authors-2")]


def test_the_authors_of_a_film_stay_as_they_were_at_the_deadline() -> None:
    assert found(entry("DV", authors_at_deadline=("s1",))) == []
    assert found(entry("DV", authors_at_deadline=("s1", "s2"))) == [("authors-fixed", "authors")]
    assert found(entry("CG", authors_at_deadline=("s1", "s2"))) == []


def test_the_stage_group_agrees_with_the_authors() -> None:
    assert found(entry("KH", stage_group="X")) == []
    finding = only(entry("KH", stage_group="C"))
    assert finding.code == "stage-differs"
    assert str(finding.message) == "按作者的学段应在「小学」组，现在选的是「初中」组"
    assert found(entry("KH", stage_group="Q")) == [("stage-unknown", "stage")]
    assert found(entry("SJ", stage_group=None)) == [("stage-missing", "stage")]
    assert found(entry("KH", authors=(replace(PUPIL, stage=None),))) == [("author-stage", "authors-1")]
    assert found(entry("KH", authors=(replace(PUPIL, stage="幼儿园"),))) == [("author-stage", "authors-1")]


def test_middle_schools_are_one_group_for_films_and_two_for_projects() -> None:
    def code_of(category: str, *stages: str) -> str | None:
        group = stage_group_of(RULES[category], stages)
        return group and group.code

    assert [code_of("DV", stage) for stage in ("小学", "初中", "高中")] == ["X", "Z", "Z"]
    assert [code_of("CG", stage) for stage in ("小学", "初中", "高中")] == ["X", "C", "G"]
    assert code_of("DV", "初中", "小学") == "Z"
    assert code_of("FA") == "T"
    assert code_of("CG") is None


# ---- age and consent ----


@pytest.mark.parametrize(
    ("birth_on", "on", "years"),
    [
        (date(2004, 5, 15), date(2018, 5, 15), 14),
        (date(2004, 5, 16), date(2018, 5, 15), 13),
        (date(2004, 2, 29), date(2018, 2, 28), 13),
        (date(2004, 2, 29), date(2018, 3, 1), 14),
        (date(2004, 2, 29), date(2008, 2, 28), 3),
        (date(2004, 2, 29), date(2008, 2, 29), 4),
        (date(2018, 5, 15), date(2018, 5, 15), 0),
        (date(2018, 5, 16), date(2018, 5, 15), -1),
    ],
)
def test_full_years(birth_on: date, on: date, years: int) -> None:
    assert full_years(birth_on, on) == years


@given(st.dates(date(1950, 1, 1), date(2030, 1, 1)), st.integers(0, 20_000))
def test_a_day_adds_a_year_at_most_and_never_takes_one(birth_on: date, days: int) -> None:
    on = birth_on + timedelta(days=days)
    assert full_years(birth_on, on + timedelta(days=1)) - full_years(birth_on, on) in (0, 1)


@pytest.mark.parametrize(
    ("birth_on", "codes"),
    [
        (date(2013, 5, 15), []),  # five years old on the deadline's day itself
        (date(2013, 5, 16), ["author-too-young"]),  # five years old a day later
        (date(2003, 5, 16), []),  # fifteen a day after the deadline
        (date(2003, 5, 15), ["author-too-old"]),  # fifteen on the deadline's day
        (None, ["birth-missing"]),
    ],
)
def test_painters_are_5_to_14_at_the_deadline(birth_on: date | None, codes: list[str]) -> None:
    assert [code for code, _ in found(entry("KH", authors=(replace(PUPIL, birth_on=birth_on),)))] == codes


def test_an_age_names_the_day_the_years_and_the_limit() -> None:
    finding = only(entry("KH", authors=(replace(PUPIL, birth_on=date(2003, 5, 15)),)))
    assert finding.anchor == "authors-1"
    assert str(finding.message) == "张晓明到 2018-05-15 已满 15 周岁，超过 14 周岁"
    assert str(finding.rule) == "到 2018-05-15，作者应为 5 至 14 周岁"


def test_an_age_may_be_asked_on_a_day_of_its_own() -> None:
    rules = with_rules("KH", age=AgeRule(max_years=14, on=date(2018, 8, 31)))
    grown = replace(PUPIL, birth_on=date(2003, 8, 31))
    assert found(entry("KH", rules=rules, authors=(grown,))) == [("author-too-old", "authors-1")]
    assert found(entry("KH", rules=rules, authors=(replace(grown, birth_on=date(2003, 9, 1)),))) == []


@pytest.mark.parametrize(
    ("birth_on", "recorded", "codes"),
    [
        (date(2004, 5, 2), False, ["consent-missing"]),  # fourteen tomorrow
        (date(2004, 5, 1), False, []),  # fourteen today
        (date(2004, 5, 2), True, []),
        (None, False, ["birth-missing"]),
        (None, True, []),
    ],
)
def test_under_14_a_guardian_has_consented(birth_on: date | None, recorded: bool, codes: list[str]) -> None:
    author = replace(PUPIL, birth_on=birth_on, consent_recorded=recorded)
    assert [code for code, _ in found(entry("CG", authors=(author,)))] == codes


# ---- how often, tutors, quota ----


def test_a_pupil_has_one_project_in_an_edition() -> None:
    claimed = replace(PUPIL, other_claims={"pupil-project": 1})
    finding = only(entry("CG", authors=(claimed,)))
    assert (finding.code, finding.anchor) == ("person-limit", "authors-1")
    assert str(finding.rule) == "每名学生每届最多申报 1 项创新成果竞赛项目（含集体项目）"
    assert str(finding.message) == "张晓明本届已申报 1 项，加上本项超过限额 1 项"


def test_a_project_does_not_count_against_a_painting_nor_against_a_film() -> None:
    claimed = replace(PUPIL, other_claims={"pupil-project": 1})
    assert found(entry("KH", authors=(claimed,))) == []
    assert found(entry("DV", authors=(claimed,))) == []


def test_each_member_of_a_team_is_counted() -> None:
    one, two = team(60, 40)
    authors = (one, replace(two, other_claims={"pupil-project": 1}))
    assert found(entry("CG", authors=authors)) == [("person-limit", "authors-2")]


def test_a_teacher_has_one_work_in_both_categories_together() -> None:
    assert RULES["FA"].limits[0].key == RULES["FX"].limits[0].key
    claimed = replace(TEACHER, other_claims={"teacher-work": 1})
    assert found(entry("FA", authors=(claimed,))) == [("person-limit", "authors-1")]


def test_tutors_are_limited_and_are_no_authors() -> None:
    tutors = tuple(TutorFacts(f"t{number}", f"老师{number}") for number in range(11, 15))
    assert found(entry("CG", tutors=tutors[:3])) == []
    assert str(only(entry("CG", tutors=tutors)).message) == "现在是 4 名辅导教师，最多 3 名"
    assert found(entry("KH", tutors=tutors[:2])) == [("tutors-too-many", "tutors")]
    assert found(entry("CG", tutors=(TUTOR, TUTOR))) == [("tutor-twice", "tutors-2")]
    assert ("tutor-is-author", "tutors-1") in found(entry("FA", tutors=(TutorFacts("t1", "王建国"),)))
    assert found(entry("FA", tutors=(TUTOR,))) == [("tutors-too-many", "tutors")]


def test_a_school_keeps_to_its_total_over_all_categories() -> None:
    rules = with_rules("KH", school_quota=None)
    assert found(entry("KH", rules=rules, school_total=5, school_total_used=4)) == []
    finding = only(entry("KH", rules=rules, school_total=5, school_total_used=5))
    assert (finding.code, finding.anchor) == ("school-total", "entry")
    assert str(finding.message) == "本校各类别合计已提交 5 件，最多 5 件，不能再提交；可撤回其他作品后再提交"
    assert found(entry("KH", rules=rules, school_total_used=10_000)) == []


def test_a_school_keeps_to_its_quota() -> None:
    rules = with_rules("KH", school_quota=SchoolQuota(3, (ClassQuota("feature", "特色学校", 6),)))
    assert found(entry("KH", rules=rules, school_quota_used=2)) == []
    finding = only(entry("KH", rules=rules, school_quota_used=3))
    assert (finding.code, finding.anchor) == ("school-quota", "entry")
    assert str(finding.message) == "本校已提交 3 件，名额 3 件已用完"
    assert found(entry("KH", rules=rules, school_quota_used=5, school_class="feature")) == []
    assert found(entry("KH", rules=rules, school_quota_used=6, school_class="feature")) == [("school-quota", "entry")]
    assert found(entry("KH", rules=with_rules("KH", school_quota=None), school_quota_used=10_000)) == []


# ---- files ----


def painting(**changes: Any) -> list[Finding]:
    return check_entry(entry("KH", files=(replace(PAINTING_FILE, **changes),)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"width": 3000, "height": 2111}, None),
        ({"width": 2999, "height": 2111}, "image-too-small"),
        ({"width": 2111, "height": 3000}, None),  # upright
        ({"size_bytes": 10 * MB}, None),
        ({"size_bytes": 10 * MB + 1}, "file-too-big"),
        ({"size_bytes": 0}, "file-empty"),
        ({"damaged": True}, "file-damaged"),
        ({"kind": "svg", "name": "画.svg"}, "file-kind"),
        ({"kind": "png"}, "file-kind"),
        ({"kind": "unknown"}, "file-kind"),
        ({"name": "画.JPEG"}, None),
        ({"name": "画"}, None),
        ({"name": "画.png"}, "file-name-differs"),
        ({"width": None, "height": None}, "file-unmeasured"),
        ({"width": 4000, "height": 3000}, "aspect"),
    ],
)
def test_a_painting_file_keeps_to_its_slot(changes: dict[str, Any], code: str | None) -> None:
    findings = painting(**changes)
    assert [(one.code, one.anchor) for one in findings] == ([(code, "slot-painting")] if code else [])


def test_a_file_that_is_not_what_its_name_says_is_told_so() -> None:
    (finding,) = painting(kind="png")
    assert str(finding.message) == "「未来城市.jpg」的文件名是 .jpg，内容其实是 PNG；这里只收 JPG"
    (finding,) = painting(name="画.png")
    assert str(finding.message) == "「画.png」的文件名是 .png，内容其实是 JPG，请改好扩展名后重新上传"
    html = replace(REPORT, kind="html")
    (finding,) = check_entry(entry("SJ", files=(FORM, html)))
    assert str(finding.message) == "「研究报告.pdf」的文件名是 .pdf，内容其实是 HTML 网页；这里只收 PDF"


def test_sizes_are_told_so_that_one_byte_too_many_is_seen() -> None:
    (finding,) = painting(size_bytes=10 * MB + 1)
    assert str(finding.message) == "「未来城市.jpg」的大小是 10.01 MB，上限 10 MB"
    assert str(finding.rule) == "科幻画每个文件不超过 10 MB"


def test_a_picture_of_twelve_thousand_pixels_square_is_refused() -> None:
    findings = painting(width=12_000, height=12_000)
    assert [finding.code for finding in findings] == ["image-too-large", "aspect"]
    expected = "「未来城市.jpg」的画面是 12000 × 12000 = 14400 万像素，上限 6000 万像素"
    assert str(findings[0].message) == expected
    # Also when reading it was given up.
    given_up = painting(width=12_000, height=12_000, damaged=True, problem=Message.of("图片太大。"))
    assert given_up == findings[:1]


def test_why_a_file_cannot_be_read_is_told_in_probings_own_words() -> None:
    (finding,) = painting(damaged=True, problem=Message.of("图片已损坏，打不开。"))
    assert finding.code == "file-unusable"
    assert str(finding.message) == "「未来城市.jpg」：图片已损坏，打不开。"


def test_rules_and_probing_speak_of_the_same_kinds_of_file() -> None:
    measured = {kind.value for kind in media_facts.Kind} - {"empty", "unknown"}
    assert set(FILE_KINDS) == measured
    for kind in FILE_KINDS.values():
        for extension in kind.extensions:
            assert media_facts.kind_of_extension(extension) == kind.code


# 54:38 is 1.42105; five percent of it leave 1.35 to 1.49211.
@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [
        (5400, 3800, True),
        (3800, 5400, True),
        (1350, 1000, True),
        (1349, 1000, False),
        (1492, 1000, True),
        (1493, 1000, False),
    ],
)
def test_the_proportion_of_four_kai_within_five_percent(width: int, height: int, fits: bool) -> None:
    aspect = RULES["KH"].slot("painting")
    assert aspect is not None
    assert aspect.aspect is not None
    assert aspect_fits(aspect.aspect, width, height) is fits


def test_a_film_lies_on_its_side_only() -> None:
    wide = Aspect(16, 9, 0.02, either_way=False)
    assert aspect_fits(wide, 1920, 1080)
    assert not aspect_fits(wide, 1080, 1920)


def test_a_wrong_proportion_is_told_with_both_figures() -> None:
    (finding,) = painting(width=3000, height=4000)
    expected = "「未来城市.jpg」的画面是 3000 × 4000 像素（约 1.33），比例应为 54:38（约 1.42，误差不超过 5%）"
    assert str(finding.message) == expected
    assert str(finding.rule) == "科幻画的画面比例为 54:38（约 1.42），误差不超过 5%"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"duration_seconds": 180.0}, []),
        ({"duration_seconds": 179.6}, []),  # an encoder's last frame
        ({"duration_seconds": 179.4}, ["film-too-short"]),
        ({"duration_seconds": 480.4}, []),
        ({"duration_seconds": 480.6}, ["film-too-long"]),
        ({"duration_seconds": None}, ["file-unmeasured"]),
        ({"width": 1280, "height": 720}, []),
        ({"width": 1278, "height": 720}, ["film-too-small"]),
        ({"width": 1440, "height": 1080}, ["aspect"]),
        ({"video_codec": "hevc"}, ["film-codec"]),
        ({"audio_codec": "mp3"}, ["film-codec"]),
        ({"audio_codec": None}, []),
        ({"video_codec": None, "width": None, "height": None}, ["file-unmeasured"]),
        ({"kind": "mov", "name": "探究.mov"}, ["file-kind"]),
        ({"size_bytes": 500 * MB}, []),
        ({"size_bytes": 500 * MB + 1}, ["file-too-big"]),
    ],
)
def test_a_film_keeps_to_its_slot(changes: dict[str, Any], codes: list[str]) -> None:
    assert [code for code, _ in found(entry("DV", files=(replace(FILM, **changes), FORM)))] == codes


def test_a_films_length_is_told_in_minutes_and_seconds() -> None:
    finding = only(entry("DV", files=(replace(FILM, duration_seconds=167.0), FORM)))
    assert str(finding.message) == "「探究.mp4」长 2 分 47 秒，要求 3–8 分钟"
    assert str(finding.rule) == "影片时长为 3 分钟至 8 分钟"
    assert [str(length_text(seconds)) for seconds in (9, 60, 61)] == ["9 秒", "1 分钟", "1 分 1 秒"]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (180, 480, "3–8 分钟"),
        (150, 480, "2 分 30 秒至 8 分钟"),
        (180, None, "不少于 3 分钟"),
        (None, 480, "不超过 8 分钟"),
    ],
)
def test_the_length_that_is_asked_for_is_said_shortly(low: int | None, high: int | None, text: str) -> None:
    assert str(range_text(low, high)) == text


def test_a_blurred_painting_is_warned_of_and_can_be_submitted() -> None:
    (finding,) = painting(sharpness=39)
    assert (finding.code, finding.severity, finding.anchor) == ("image-blurred", "warning", "slot-painting")
    assert "的清晰度是 39 分，要求不低于 40 分" in str(finding.message)
    assert painting(sharpness=40) == []
    assert painting(sharpness=None) == []  # nothing to tell it by, or looked at before it was measured
    assert can_be_submitted([finding])


def test_a_film_without_sound_is_warned_of_where_sound_is_asked_for() -> None:
    finding = only(entry("DV", files=(replace(FILM, silent=True), FORM)))
    assert (finding.code, finding.severity, finding.anchor) == ("film-silent", "warning", "slot-film")


def test_pages_and_passwords_of_documents() -> None:
    long = replace(REPORT, pages=101)
    assert found(entry("SJ", files=(FORM, long))) == [("file-pages", "slot-report")]
    assert found(entry("SJ", files=(FORM, replace(REPORT, pages=100)))) == []
    assert found(entry("SJ", files=(FORM, replace(REPORT, encrypted=True)))) == [("file-encrypted", "slot-report")]


def test_a_slot_takes_so_many_files_and_no_more() -> None:
    form = [replace(FORM, name=f"第{number}页.jpg", kind="jpeg", width=2000, height=2800) for number in range(11)]
    assert found(entry("SJ", files=(*form[:10], REPORT))) == []
    finding = only(entry("SJ", files=(*form, REPORT)))
    assert str(finding.message) == "现在是 11 个文件，上限 10 个"


def test_a_certificate_is_asked_for_when_wildlife_was_used() -> None:
    whole = entry("CG")
    used = replace(whole, fields={**whole.fields, "uses_wildlife": True})
    finding = only(used)
    assert (finding.code, finding.anchor) == ("slot-missing", "slot-wildlife")
    assert str(finding.rule) == "「研究是否使用野生动植物或其标本」选了「是」，须交野生动植物证明"
    proof = FileFacts("wildlife", "证明.pdf", MB, "pdf", pages=1)
    assert found(replace(used, files=(*used.files, proof))) == []


def test_a_file_of_a_slot_that_is_no_more_is_a_warning() -> None:
    finding = only(entry("KH", files=(PAINTING_FILE, replace(FORM, slot="old"))))
    assert (finding.code, finding.severity) == ("file-without-slot", "warning")


def test_one_file_can_be_asked_about_before_it_is_taken_in() -> None:
    slot = SlotRules("photos", "照片", ("jpeg", "png"), 1024)
    file = FileFacts("photos", "实物.png", 2048, "png", 800, 600)
    assert [finding.code for finding in file_findings(slot, file)] == ["file-too-big"]


@pytest.mark.parametrize(
    ("size", "text"), [(10 * MB, "10 MB"), (MB // 2, "0.5 MB"), (1, "0.01 MB"), (2048 * MB, "2048 MB")]
)
def test_sizes_read_in_megabytes(size: int, text: str) -> None:
    assert size_text(size) == text


# ---- properties ----

PARTS: dict[str, Any] = {
    "title": "",
    "summary": "",
    "discipline": None,
    "completed_on": None,
    "fields": {},
    "files": (),
}


@given(st.sets(st.sampled_from(sorted(PARTS))), st.sampled_from(sorted(PARTS)))
def test_filling_in_what_is_missing_never_adds_a_finding(missing: set[str], added: str) -> None:
    before = entry("CG", **{part: PARTS[part] for part in missing})
    after = entry("CG", **{part: PARTS[part] for part in missing - {added}})
    assert set(found(after)) <= set(found(before))


@given(st.permutations([FORM, REPORT, FileFacts("novelty", "查新.pdf", MB, "pdf", pages=5)]), st.integers(0, 3))
def test_every_required_slot_that_is_empty_is_found_and_no_other(files: list[FileFacts], kept: int) -> None:
    missing = {anchor for code, anchor in found(entry("CG", files=tuple(files[:kept]))) if code == "slot-missing"}
    assert missing == {f"slot-{file.slot}" for file in files[kept:]}


facts_of_any_file = st.builds(
    FileFacts,
    slot=st.sampled_from(["painting", "film", "application", "old"]),
    name=st.text(max_size=20),
    size_bytes=st.integers(0, 10**12),
    kind=st.sampled_from(["jpeg", "png", "pdf", "mp4", "mov", "unknown", ""]),
    width=st.none() | st.integers(0, 50_000),
    height=st.none() | st.integers(0, 50_000),
    duration_seconds=st.none() | st.floats(0, 10**6),
    damaged=st.booleans(),
)
answers = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.integers())


@given(
    st.sampled_from(sorted(RULES)),
    st.text(max_size=80),
    st.lists(facts_of_any_file, max_size=4),
    st.dictionaries(st.sampled_from(["technique", "participants", "started_on", "ended_on", "uses_wildlife"]), answers),
)
def test_whatever_is_entered_every_finding_can_be_read(
    code: str, text: str, files: list[FileFacts], fields: dict[str, Any]
) -> None:
    facts = EntryFacts(
        RULES[code], TODAY, DEADLINE, title=text, summary=text, group_name=text, fields=fields, files=tuple(files)
    )
    for finding in check_entry(facts):
        assert str(finding.rule)
        assert str(finding.message)
        assert finding.anchor
