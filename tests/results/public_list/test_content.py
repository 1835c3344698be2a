"""The canonical form of a public list and its digest, what the archive keeps, what an amendment changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from contest_portal.results.public_list.content import (
    PublicLine,
    Section,
    canonical_bytes,
    changes,
    content_digest,
    from_content,
    reduced,
    to_content,
)

LINES = (
    PublicLine(1, "张晓明、李小红", "西关小学", "火星医院", "一等奖", "王老师", "小学", "GZ2018-KH-X-0001", "三年级"),
    PublicLine(2, "欧阳一", "东街小学", "云朵  收集站", "二等奖", "", "小学", "GZ2018-KH-X-0002", "四年级"),
)
CONTENT = to_content([Section("科幻画", "幅", LINES)], "获奖名单公示")

# Written by hand from docs/decisions/publications.md.
CANONICAL = (
    '{"format":"contest-portal public list 2","sections":[{"columns":["序号","姓名","学校","作品名称","等级"],'
    '"lines":[["1","张晓明、李小红","西关小学","火星医院(指导老师:王老师)","一等奖"],'
    '["2","欧阳一","东街小学","云朵 收集站","二等奖"]],"name":"科幻画"}],"title":"获奖名单公示"}'
)


def test_the_canonical_form_is_what_the_manual_says() -> None:
    assert canonical_bytes(CONTENT).decode() == CANONICAL
    assert content_digest(CONTENT) == hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_a_list_that_was_public_before_keeps_its_digest() -> None:
    # As the program stored and hashed it before it knew columns.
    old = {
        "sections": [
            {
                "category": "科幻画",
                "measure": "幅",
                "lines": [
                    {
                        "number": 1,
                        "names": "张",
                        "school": "西",
                        "title": "火",
                        "award": "推荐",
                        "tutors": "",
                        "stage": "",
                        "entry_number": "1",
                    }
                ],
            }
        ]
    }
    text = json.dumps(old, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert content_digest(old) == hashlib.sha256(text.encode()).hexdigest()
    assert from_content(old)[0].lines[0].names == "张"


def test_every_letter_of_a_line_counts_and_unshown_fields_do_not() -> None:
    other = to_content([Section("科幻画", "幅", (LINES[0],))], "获奖名单公示")
    assert content_digest(other) != content_digest(CONTENT)
    changed = json.loads(json.dumps(CONTENT))
    changed["sections"][0]["lines"][1]["award"] = "一等奖"
    assert content_digest(changed) != content_digest(CONTENT)
    unseen = json.loads(json.dumps(CONTENT))
    unseen["sections"][0]["lines"][1]["grade"] = "五年级"
    assert content_digest(unseen) == content_digest(CONTENT)


def test_columns_are_taken_in_their_order_and_tutors_may_stand_alone() -> None:
    content = to_content([Section("科幻画", "幅", LINES)], "名单", ["number", "names", "title", "tutors", "grade"])
    section = json.loads(canonical_bytes(content))["sections"][0]
    assert section["columns"] == ["编号", "姓名", "作品名称", "指导老师", "年级"]
    assert section["lines"][0] == ["GZ2018-KH-X-0001", "张晓明、李小红", "火星医院", "王老师", "三年级"]


def test_the_archive_keeps_schools_and_reduces_names() -> None:
    masked = from_content(reduced(CONTENT, "masked"))[0].lines
    assert [(line.names, line.school, line.title, line.tutors) for line in masked] == [
        ("张**、李**", "西关小学", "火星医院", ""),
        ("欧**", "东街小学", "云朵  收集站", ""),
    ]
    dropped = json.dumps(reduced(CONTENT, "dropped"), ensure_ascii=False)
    for word in ("张", "李小红", "欧阳", "王老师", "GZ2018"):
        assert word not in dropped


def test_a_change_is_told_by_entry_and_a_new_number_alone_is_none() -> None:
    before = [Section("科幻画", "幅", LINES)]
    moved = PublicLine(1, "欧阳一", "东街小学", "云朵  收集站", "一等奖", "", "小学", "GZ2018-KH-X-0002", "四年级")
    after = [Section("科幻画", "幅", (moved,))]
    assert [
        (one.kind, one.before and one.before.award, one.after and one.after.award) for one in changes(before, after)
    ] == [
        ("removed", "一等奖", None),
        ("changed", "二等奖", "一等奖"),
    ]
    renumbered = [
        Section(
            "科幻画",
            "幅",
            (
                PublicLine(
                    9,
                    *[
                        getattr(LINES[0], f)
                        for f in ("names", "school", "title", "award", "tutors", "stage", "entry_number", "grade")
                    ],
                ),
            ),
        )
    ]
    assert changes([Section("科幻画", "幅", LINES[:1])], renumbered) == []


def test_a_section_of_tutors_has_columns_of_its_own_and_keys_are_nobodys_business() -> None:
    tutor = PublicLine(1, "李老师", "西关小学", "", "优秀科技辅导员", key="tutor:7:优秀科技辅导员")
    columns = ("position", "names", "school", "award")
    content = to_content(
        [Section("科幻画", "幅", LINES), Section("优秀科技辅导员", "名", (tutor,), columns)], "获奖名单公示"
    )
    # Written by hand from docs/decisions/publications.md: one section more, the others as before.
    more = (
        ',{"columns":["序号","姓名","学校","等级"],"lines":[["1","李老师","西关小学","优秀科技辅导员"]],'
        '"name":"优秀科技辅导员"}],"title"'
    )
    assert canonical_bytes(content).decode() == CANONICAL.replace('],"title"', more)
    assert from_content(json.loads(json.dumps(content)))[1].columns == columns


def test_lines_without_an_entry_number_are_told_apart() -> None:
    def tutors(*people: tuple[int, str]) -> list[Section]:
        lines = (
            PublicLine(n, name, "西关小学", "", "辅导员", key=f"tutor:{one}") for n, (one, name) in enumerate(people, 1)
        )
        return [Section("辅导员", "名", tuple(lines))]

    before, after = (
        tutors((1, "李老师"), (2, "王老师"), (3, "赵老师")),
        tutors((2, "王老师"), (3, "赵红"), (4, "李老师")),
    )
    found = [(one.kind, (one.before or one.after).key) for one in changes(before, after)]  # type: ignore[union-attr]
    assert found == [("removed", "tutor:1"), ("changed", "tutor:3"), ("added", "tutor:4")]


def test_a_special_award_stands_beside_the_works_own_line() -> None:
    special = PublicLine(
        1, "张晓明", "西关小学", "火星医院", "创意奖", entry_number="GZ2018-KH-X-0001", key="special:5"
    )
    before = [Section("科幻画", "幅", LINES)]
    after = [*before, Section("专项奖", "项", (special,))]
    assert [(one.kind, one.category) for one in changes(before, after)] == [("added", "专项奖")]


def test_grade_and_discipline_are_compared_where_they_are_public_and_the_category_always() -> None:
    line = LINES[1]
    other = replace(line, grade="五年级", discipline="物理学", award="一等奖")
    before, after = [Section("科幻画", "幅", (line,))], [Section("科幻画", "幅", (other,))]
    keys = ("names", "title", "grade", "discipline")
    (change,) = changes(before, after, keys)
    assert (change.kind, change.fields) == ("changed", ("grade", "discipline")), "the award has no column"
    hidden = [Section("科幻画", "幅", (replace(line, grade="五年级", discipline="物理学"),))]
    assert changes(before, hidden) == []
    (moved,) = changes(before, [Section("创新成果", "项", (line,))])
    assert (moved.kind, moved.moved_from, moved.category, moved.fields) == ("changed", "科幻画", "创新成果", ())


@pytest.mark.parametrize(
    ("names", "group", "tutors", "shown"),
    [
        ("五年级蓝天气象小组", True, "", "五年级蓝天气象小组"),
        ("五年级蓝天气象小组", False, "", "五**"),
        ("李老师气象小组", True, "李老师、王老师", "李**"),
        ("欧阳晓明", True, "", "欧**"),
        ("张晓明、李小红", False, "", "张**、李**"),
    ],
)
def test_a_groups_name_stays_and_peoples_are_reduced(names: str, group: bool, tutors: str, shown: str) -> None:
    line = PublicLine(1, names, "西关小学", "云图", "一等奖", tutors=tutors, group=group)
    content = to_content([Section("创新成果", "件", (line,))])
    assert from_content(reduced(content, "masked"))[0].lines[0].names == shown
