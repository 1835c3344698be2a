"""File names and the roster: who is meant, what is the title, and how sure that is. The expectations are made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.core.spreadsheets.sheet import Row, Sheet
from contest_portal.entries.batch.matching import match_file, match_text
from contest_portal.entries.batch.pupils import Pupil, Pupils
from contest_portal.entries.batch.settling import settle
from contest_portal.entries.batch.workbook import read_lines
from contest_portal.people.initials import initials_of

ROSTER = [
    ("张晓明", 3, "2班"),
    ("李小红", 3, "2班"),
    ("李小红", 5, "1班"),
    ("欧阳娜娜", 4, "1班"),
    ("买买提·艾力", 6, "3班"),
    ("王芳", 2, "1班"),
    ("陈龙", 2, "1班"),
    ("周子轩", 3, "阳光班"),
    ("Li Ming", 1, "1班"),
    ("单晓明", 1, "1班"),
    ("扎西东珠", 1, "2班"),
    ("尉迟敬", 6, "3班"),
    ("刘洋", 4, "1班"),
    ("刘洋", 4, "2班"),
]
PUPILS = Pupils(
    (
        Pupil(number, name, grade, class_name, initials_of(name))
        for number, (name, grade, class_name) in enumerate(ROSTER)
    ),
    "张掖市甘州区西关小学",
    "primary",
)

SURE = [
    ("张晓明-火星医院.jpg", "张晓明", "火星医院"),
    ("西关小学 三年级2班 张晓明 火星医院.jpg", "张晓明", "火星医院"),
    ("甘州区西关小学三年级(2)班张晓明火星医院.jpg", "张晓明", "火星医院"),
    ("张掖市甘州区西关小学_张晓明_火星医院.JPG", "张晓明", "火星医院"),
    ("01 张晓明 火星医院.jpg", "张晓明", "火星医院"),
    ("1、张晓明、火星医院.jpg", "张晓明", "火星医院"),
    ("No.12 张晓明 火星医院.png", "张晓明", "火星医院"),
    ("5陈龙-会飞的桥.jpg", "陈龙", "会飞的桥"),
    ("火星医院（张晓明）.jpg", "张晓明", "火星医院"),
    ("【张晓明】火星医院.jpg", "张晓明", "火星医院"),
    ("张晓明《火星-医院》.jpg", "张晓明", "火星-医院"),
    ("张晓明，三年级２班，《火星医院》.jpg", "张晓明", "火星医院"),
    ("张晓明—火星医院.jpg", "张晓明", "火星医院"),
    ("张晓明＿火星医院.jpg", "张晓明", "火星医院"),
    ("张　晓　明　火星医院.jpg", "张晓明", "火星医院"),
    ("火星医院-张晓明.jpg", "张晓明", "火星医院"),
    ("张晓明-2050年的火星.jpg", "张晓明", "2050年的火星"),
    ("2050年的火星-张晓明.jpg", "张晓明", "2050年的火星"),
    ("张晓明-我们来了！.jpg", "张晓明", "我们来了！"),
    ("张晓明-火星医院（未来篇）.jpg", "张晓明", "火星医院（未来篇）"),
    ("张晓明-火星医院(1).jpg", "张晓明", "火星医院"),
    ("张晓明-火星医院.jpg.jpg", "张晓明", "火星医院"),
    ("302班张晓明火星医院.jpg", "张晓明", "火星医院"),
    ("3.2班 张晓明 火星医院.jpg", "张晓明", "火星医院"),
    ("三（2）班-李小红-月球.jpg", "李小红", "月球"),
    ("五年级 李小红 月球.jpg", "李小红", "月球"),
    ("三年级2班的故事-张晓明.jpg", "张晓明", "三年级2班的故事"),
    ("我们的小学-张晓明.jpg", "张晓明", "我们的小学"),
    ("周子轩 三年级阳光班 星星.jpg", "周子轩", "星星"),
    ("欧阳娜娜 海底城.jpg", "欧阳娜娜", "海底城"),
    ("尉迟敬-地心.jpg", "尉迟敬", "地心"),
    ("扎西东珠 雪山.jpg", "扎西东珠", "雪山"),
    ("买买提·艾力-天空.jpg", "买买提·艾力", "天空"),
    ("买买提艾力-天空.jpg", "买买提·艾力", "天空"),
    ("买买提.艾力 天空.jpg", "买买提·艾力", "天空"),
    ("买买提•艾力_天空.jpg", "买买提·艾力", "天空"),
    ("Li Ming - Moon Base.jpg", "Li Ming", "Moon Base"),
    ("张晓明.jpg", "张晓明", ""),
    ("张晓明2.jpg", "张晓明", ""),
    ("张晓明-科幻画.jpg", "张晓明", ""),
    ("女 8岁 王芳 飞.jpg", "王芳", "飞"),
    ("三年级2班/张晓明-火星医院.jpg", "张晓明", "火星医院"),
    ("三年级/2班/李小红-月球.jpg", "李小红", "月球"),
    ("三年级\\2班\\李小红-月球.jpg", "李小红", "月球"),
    ("科幻画/张晓明/IMG_2031.jpg", "张晓明", ""),
    ("张晓明-火星医院/IMG_2031.jpg", "张晓明", "火星医院"),
    ("张晓明/火星医院.jpg", "张晓明", "火星医院"),
]

DOUBT = [
    ("zxm_火星医院.jpg", ["张晓明"], "火星医院", "拼音「zxm」"),
    ("zxm火星医院.jpg", ["张晓明"], "火星医院", "拼音「zxm」"),
    ("ZhangXiaoming-火星医院.jpg", ["张晓明"], "火星医院", "拼音"),
    ("sxm-家.jpg", ["单晓明"], "家", "拼音「sxm」"),
    ("李小红-月球.jpg", ["李小红", "李小红"], "月球", "几名学生同名"),
    ("四年级 刘洋 深海.jpg", ["刘洋", "刘洋"], "深海", "几名学生同名"),
    ("4年级2班 张晓明 火星医院.jpg", ["张晓明"], "火星医院", "四年级2班，名册中是三年级2班"),
    ("四年级2班/张晓明 火星医院.jpg", ["张晓明"], "火星医院", "四年级2班，名册中是三年级2班"),
    ("一年级9班 李小红 月球.jpg", ["李小红", "李小红"], "月球", "都不在这个班"),
    ("張曉明_火星醫院.jpg", ["张晓明"], "火星醫院", "繁体字或同音字"),
    ("张小明_火星医院.jpg", ["张晓明"], "火星医院", "繁体字或同音字"),
    ("张晓月_火星医院.jpg", ["张晓明"], "火星医院", "差一个字"),
    ("欧阳娜_海底城.jpg", ["欧阳娜娜"], "海底城", "差一个字"),
    ("东街小学 三年级2班 张晓明 火星医院.jpg", ["张晓明"], "火星医院", "「东街小学」，不是本校"),
    ("东街小学/张晓明 火星医院.jpg", ["张晓明"], "火星医院", "不是本校"),
    ("张晓明 王芳 一起.jpg", ["张晓明", "王芳"], "一起", "几名学生的姓名"),
    ("王芳芳的梦.jpg", ["王芳"], "芳的梦", "连在一起"),
    ("火星医院张晓明.jpg", ["张晓明"], "火星医院", "连在一起"),
    ("赵一鸣-王芳.jpg", ["王芳"], "赵一鸣", "也像一个姓名"),
]

NOBODY = [
    ("IMG_2031.jpg", "", "相机或手机"),
    ("微信图片_20180312101112.jpg", "", "相机或手机"),
    ("mmexport1520822223123.jpg", "", "相机或手机"),
    ("DSC00012.JPG", "", "相机或手机"),
    ("1.jpg", "", "相机或手机"),
    ("火星医院.jpg", "火星医院", "没有认出"),
    ("赵一鸣-太空.jpg", "太空", "没有「赵一鸣」"),
    ("赵一鸣.jpg", "", "没有「赵一鸣」"),
    (".jpg", "", ""),
    ("", "", ""),
]


def names(ids: tuple[int, ...]) -> list[str]:
    return [ROSTER[one][0] for one in ids]


@pytest.mark.parametrize(("path", "name", "title"), SURE)
def test_a_clear_name_is_matched(path: str, name: str, title: str) -> None:
    found = match_file(path, PUPILS)
    assert (found.certainty, names(found.pupils), found.title) == ("sure", [name], title), found.why


@pytest.mark.parametrize(("path", "candidates", "title", "words"), DOUBT)
def test_a_doubtful_name_gives_the_choice_and_says_why(
    path: str, candidates: list[str], title: str, words: str
) -> None:
    found = match_file(path, PUPILS)
    assert (found.certainty, sorted(names(found.pupils)), found.title) == ("doubt", sorted(candidates), title)
    assert words in "；".join(map(str, found.why))


@pytest.mark.parametrize(("path", "title", "words"), NOBODY)
def test_a_name_of_nobody_says_so(path: str, title: str, words: str) -> None:
    found = match_file(path, PUPILS)
    assert (found.certainty, found.pupils, found.title) == ("nobody", (), title)
    assert words in "；".join(map(str, found.why))


def test_grade_and_class_tell_pupils_of_one_name_apart() -> None:
    assert ROSTER[match_file("四年级2班刘洋-深海.jpg", PUPILS).pupils[0]] == ("刘洋", 4, "2班")
    assert ROSTER[match_file("五（1）班 李小红 月球.jpg", PUPILS).pupils[0]] == ("李小红", 5, "1班")
    assert ROSTER[match_text("五年级李小红", PUPILS).pupils[0]] == ("李小红", 5, "1班")


def test_the_tutor_is_no_part_of_the_title() -> None:
    for path in ("张晓明 火星医院 指导教师李志强.jpg", "辅导老师：李志强 张晓明 火星医院.jpg"):
        found = match_file(path, PUPILS)
        assert (found.certainty, found.title, found.tutor) == ("sure", "火星医院", "李志强")


WORDS = st.sampled_from(
    [*{name for name, _grade, _class in ROSTER}, "张晓", "zxm", "三年级", "2班", "三(2)班", "西关小学", "东街小学", "《", "》", "火星",
     "-", "_", " ", "/", "\\", ".", "·", "01", "IMG_", "指导教师", "的", "（", "）", "張曉明", "\0", "💡", "e\u0301"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map("".join)))
def test_any_name_gives_only_pupils_of_the_school(path: str) -> None:
    """Also of a name that means nothing: an answer, never a pupil from elsewhere, and sure is one pupil named in it."""
    found = match_file(path, PUPILS)
    assert all(0 <= one < len(ROSTER) for one in found.pupils)
    assert {"sure": len(found.pupils) == 1, "doubt": bool(found.pupils), "nobody": not found.pupils}[found.certainty]
    if found.certainty == "sure":
        letters = [letter for letter in ROSTER[found.pupils[0]][0] if letter.isalnum()]
        assert all(letter.casefold() in path.casefold() for letter in letters)
    assert match_file(path, Pupils(())).pupils == ()


def test_a_long_name_takes_no_longer_than_a_short_one_deserves() -> None:
    """Names made to hold up careless patterns: it must come back at all."""
    for path in ("1" * 5000 + "x.jpg", "三年级" * 500, "(" * 500, " - " * 500, "a" * 5000, "张晓明" * 300):
        match_file(path, PUPILS)


def sheet(*rows: tuple[object, ...], name: str = "名单") -> Sheet:
    return Sheet(name, tuple(Row(number, row) for number, row in enumerate(rows, start=1)))  # type: ignore[arg-type]


def test_the_workbook_decides_over_the_names() -> None:
    reading = read_lines(
        [
            sheet(
                ("2018年科幻画名单",),
                ("题目", "文件名", "姓名", "班级", "辅导老师"),
                ("月球基地", "IMG_1.jpg", "张晓明", "三年级2班", "李志强"),
                ("深海", "张晓明-火星.jpg", "刘洋", "四（2）班", ""),
                ("新题目", "子夹/王芳-旧题目", "", "", ""),
            )
        ],
        school_kind="primary",
    )
    assert reading.problems == ()
    paths = {1: "IMG_1.jpg", 2: "张晓明-火星.jpg", 3: "子夹/王芳-旧题目.JPG", 4: "陈龙-桥.jpg"}
    found = settle(paths, reading.lines, PUPILS)
    shown = {
        item: (match.certainty, [ROSTER[one] for one in match.pupils], match.title, match.tutor)
        for item, match in found.matches.items()
    }
    assert shown == {
        1: ("sure", [("张晓明", 3, "2班")], "月球基地", "李志强"),
        2: ("sure", [("刘洋", 4, "2班")], "深海", ""),
        3: ("sure", [("王芳", 2, "1班")], "新题目", ""),
        4: ("sure", [("陈龙", 2, "1班")], "桥", ""),
    }
    assert found.unused == ()


def test_a_workbook_without_files_names_settles_doubts_and_gives_titles() -> None:
    reading = read_lines(
        [sheet(("姓名", "班级", "作品名称"), ("张晓明", "2班", "火星医院"), ("刘洋", "四年级1班", "深海"))]
    )
    found = settle({1: "zxm.jpg", 2: "刘洋.jpg"}, reading.lines, PUPILS).matches
    assert (found[1].certainty, names(found[1].pupils), found[1].title) == ("sure", ["张晓明"], "火星医院")
    assert (found[2].certainty, ROSTER[found[2].pupils[0]], found[2].title) == ("sure", ("刘洋", 4, "1班"), "深海")


def test_what_is_wrong_in_the_workbook_is_named_by_sheet_row_and_column() -> None:
    reading = read_lines(
        [
            sheet(
                ("文件名", "姓名", "年级", "题目"),
                ("1.jpg", "张晓明", "三", "一"),
                ("", "", "", "无名"),
                ("1.jpg", "王芳", "二", "二"),
                ("2.jpg", "陈龙", "很高", "三"),
                ("3.jpg", "赵一鸣", "", "四"),
                ("没有.jpg", "王芳", "", "五"),
            )
        ]
    )
    assert [str(problem) for problem in reading.problems] == [
        "「名单」表第 3 行 A 列：这一行没有写文件名，也没有写姓名，没有用上",
        "「名单」表第 5 行 C 列：看不懂年级「很高」，请写成「三年级」",
        "「名单」表第 4 行 A 列：文件「1.jpg」在第 2 行已经写过，以那一行为准",
    ]
    found = settle({1: "1.jpg", 2: "2.jpg", 3: "3.jpg"}, reading.lines, PUPILS)
    assert names(found.matches[1].pupils) == ["张晓明"]
    assert [str(reason) for reason in found.matches[3].why] == [
        "「名单」表第 6 行 B 列：本校名册中没有「赵一鸣」，请选择学生"
    ]
    assert [str(one) for one in found.unused] == ["「名单」表第 7 行 A 列：这一批中没有文件「没有.jpg」"]


def test_a_workbook_without_a_header_says_what_it_should_have() -> None:
    assert "没有找到表头" in str(read_lines([sheet(("一", "二"), ("三", "四"))]).problems[0])
