"""Changes of the rules as values: codes, order, another applicant, shared limits; the call's text as blocks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contest_portal.contests.call_text import Block, blocks_of
from contest_portal.contests.file_signatures import fits_its_name
from contest_portal.contests.rule_texts import limit_requirements, people_requirements, size, slot_lines
from contest_portal.contests.rules import PersonLimit
from contest_portal.contests.rules_editing import (
    code_for,
    dropped,
    moved,
    new_category,
    put,
    sibling_problems,
    with_applicant_kind,
    with_shared_limits,
)
from contest_portal.contests.rules_validity import category_problems
from contest_portal.contests.template_file import load_template

CATEGORIES = {rules.code: rules for rules in load_template("castic-district-2018").categories}


@pytest.mark.parametrize(
    ("label", "taken", "code"),
    [
        ("研究报告", [], "yan-jiu-bao-gao"),
        ("科学DV影片", [], "ke-xue-dv-ying-pian"),
        ("照片", ["zhao-pian"], "zhao-pian-2"),
        ("3D 图", [], "item-3d-tu"),
        ("（）", [], "item"),
        ("new", ["new"], "new-2"),
    ],
)
def test_a_code_comes_from_the_labels_pinyin(label: str, taken: list[str], code: str) -> None:
    assert code_for(label, taken) == code


def test_items_are_put_moved_and_dropped_by_their_code() -> None:
    slots = CATEGORIES["CG"].slots
    codes = [slot.code for slot in slots]
    assert [slot.code for slot in moved(slots, "report", -1)][:2] == ["report", "application"]
    assert [slot.code for slot in moved(slots, "application", -1)] == codes
    assert [slot.code for slot in moved(slots, codes[-1], 5)] == codes
    assert "log" not in [slot.code for slot in dropped(slots, "log")]
    renamed = put(slots, replace(slots[1], label="报告"))
    assert [slot.code for slot in renamed] == codes
    assert renamed[1].label == "报告"
    assert put(slots, replace(slots[0], code="extra"))[-1].code == "extra"


@pytest.mark.parametrize("code", sorted(CATEGORIES))
@pytest.mark.parametrize("kind", ["pupil", "team_or_pupil", "group", "teacher"])
def test_rules_for_another_applicant_stay_without_contradiction(code: str, kind: str) -> None:
    assert category_problems(with_applicant_kind(CATEGORIES[code], kind)) == []


@pytest.mark.parametrize("kind", ["pupil", "team_or_pupil", "group", "teacher"])
def test_a_new_category_can_be_used_at_once(kind: str) -> None:
    assert category_problems(new_category("XX", "新类别", "XX", "件", kind)) == []


def test_a_shared_limit_changes_everywhere_by_its_key() -> None:
    plan = CATEGORIES["FA"]
    changed = with_shared_limits(
        plan, [PersonLimit("teacher-work", 2, "teacher", "合计"), PersonLimit("x", 1, "teacher", "x")]
    )
    assert [(limit.key, limit.count) for limit in changed.limits] == [("teacher-work", 2)]


def test_two_categories_of_a_contest_differ_in_name_and_codes() -> None:
    painting = CATEGORIES["KH"]
    paths = [problem.path for problem in sibling_problems(painting, [CATEGORIES["CG"], replace(painting, name="别的")])]
    assert paths == [("code",), ("number_code",)]


def test_requirements_read_as_sentences() -> None:
    painting, project = CATEGORIES["KH"], CATEGORIES["CG"]
    assert [(str(what), str(sentence)) for what, sentence in people_requirements(painting)] == [
        ("申报者", "学生个人"),
        ("辅导教师", "不超过 1 名"),
        ("年龄", "5 至 14 周岁（按申报截止日计算）"),
        ("监护人同意", "不满 14 周岁的学生，提交前须有监护人同意"),
    ]
    assert [str(sentence) for _what, sentence in limit_requirements(project)] == [
        "创新成果竞赛项目（含集体项目）限 1 项",
        "不超过 6 项；特色学校 12 项",
        "2016-07-01 至 2018-06-30",
    ]
    assert [str(line) for line in slot_lines(painting.slots[0])] == [
        "JPG 格式",
        "不超过 10 MB",
        "长边不少于 3000 像素",
        "画面清晰，清晰度不低于 40 分（满分 100 分，不足的会提醒）",
        "总像素不超过 6000 万",
        "画面比例 54:38，横、竖均可",
    ]
    film = next(slot for slot in CATEGORIES["DV"].slots if slot.max_seconds)
    asked = [str(line) for line in slot_lines(film)]
    assert asked[-4:] == ["画面不小于 1280×720", "画面比例 16:9", "时长 3 分钟 至 8 分钟", "编码 H.264 / AAC"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [(10 << 20, "10 MB"), (2 << 30, "2 GB"), (500 << 10, "500 KB"), (1_572_864, "1.5 MB"), (12, "12 B")],
)
def test_sizes_read_as_people_write_them(amount: int, text: str) -> None:
    assert size(amount) == text


def test_the_calls_text_becomes_blocks() -> None:
    text = "各学校：\n\n决定举办大赛。\n一、主题\n1. 自愿参加\n（一）小学\n一、这是一个以句号结尾的长句子。"
    assert blocks_of(text) == [
        Block("salutation", "各学校："),
        Block("paragraph", "决定举办大赛。"),
        Block("heading", "一、主题"),
        Block("item", "1. 自愿参加"),
        Block("item", "（一）小学"),
        Block("paragraph", "一、这是一个以句号结尾的长句子。"),
    ]
    assert blocks_of(" \n ") == []


@pytest.mark.parametrize(
    ("name", "head", "fits"),
    [
        ("表.pdf", b"%PDF-1.7", True),
        ("表.PDF", b"%PDF-1.7", True),
        ("表.pdf", b"<html><script>", False),
        ("表.docx", b"PK\x03\x04....", True),
        ("表.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", True),
        ("表.html", b"<html>", False),
        ("表.svg", b"<svg", False),
        ("表", b"%PDF-", False),
        ("表.pdf", b"", False),
    ],
)
def test_an_attachment_is_what_its_name_says(name: str, head: bytes, fits: bool) -> None:
    assert fits_its_name(name, head) is fits
