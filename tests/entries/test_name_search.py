"""Names in a work's words: every way of writing them is found, and words that only look like them are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.entries.name_forms import Role, Wanted, wanted_names
from contest_portal.entries.name_search import find_names, fold

CERTAIN, POSSIBLE = True, False


def found(text: str, name: str, role: Role = "author") -> list[tuple[str, bool]]:
    return [(text[hit.begin : hit.end], hit.certain) for hit in find_names([text], [Wanted(name, role)])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("本作品由张晓明同学完成", "张晓明"),
        ("张 晓 明", "张 晓 明"),
        ("张　晓　明", "张　晓　明"),
        ("姓名：张-晓-明。", "张-晓-明"),
        ("张·晓·明", "张·晓·明"),
        ("张\n晓明", "张\n晓明"),
        ("张\u200b晓\u200b明", "张\u200b晓\u200b明"),
        ("作者張曉明", "張曉明"),
        ("by Zhang Xiaoming, 2018", "Zhang Xiaoming"),
        ("Xiaoming Zhang", "Xiaoming Zhang"),
        ("ZHANG Xiao-ming", "ZHANG Xiao-ming"),
        ("zhangxiaoming@example.org", "zhangxiaoming"),
        ("Zhāng Xiǎomíng", "Zhāng Xiǎomíng"),
        ("zhang1 xiao3 ming2", "zhang1 xiao3 ming2"),
        ("ＺＨＡＮＧ　Ｘｉａｏｍｉｎｇ", "ＺＨＡＮＧ　Ｘｉａｏｍｉｎｇ"),
        ("Zhang, Xiaoming", "Zhang, Xiaoming"),
        ("zhang_xiao_ming.jpg", "zhang_xiao_ming"),
    ],
)
def test_a_name_of_three_letters_is_found_in_every_writing(text: str, words: str) -> None:
    assert found(text, "张晓明") == [(words, CERTAIN)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("\u2ee9晓明", "黄晓明"),
        ("\u2ee2小\u2ef0", "马小龙"),
        ("张\u2ed3\u2edb", "张长风"),
        ("\u2fa5晓\u2f25", "里晓女"),
    ],
)
def test_radicals_that_a_pdf_holds_instead_of_characters_are_read_as_these(written: str, name: str) -> None:
    text = f"前言：作者{written}同学"
    assert found(text, name) == [(written, CERTAIN)]
    assert [(hit.begin, hit.end) for hit in find_names([text], [Wanted(name, "author")])] == [(5, 8)]


@pytest.mark.parametrize(
    "text",
    [
        "张晓华和李晓明",
        "一张晓光明亮的画",
        "Zhao Xiaoming",
        "Zhang Xiaominger",
        "amazhang xiaoming",
        "Xiaoming",
        "zhang san, xiao hong, ming dynasty",
    ],
)
def test_what_is_not_the_whole_name_is_not_found(text: str) -> None:
    assert found(text, "张晓明") == []


@pytest.mark.parametrize(
    ("name", "text", "certain"),
    [
        ("王明", "作者王明", CERTAIN),
        ("王明", "王明老师说", CERTAIN),
        ("王明", "姓名：王 明", CERTAIN),
        ("王明", "王明", CERTAIN),
        ("王明", "看见王明天天画画", POSSIBLE),  # 明天
        ("王明", "国王明白了", None),
        ("王明", "送给国王，明天再来", None),
        ("高兴", "我很高兴", POSSIBLE),
        ("高兴", "高兴老师", CERTAIN),
        ("何灿", "he can do it", None),
        ("何灿", "He Can", POSSIBLE),
        ("李安", "lian", None),
        ("李安", "Li An", CERTAIN),
        ("李安", "li an", POSSIBLE),
        ("潘达", "a panda eats", None),
        ("吕燕", "Lyu Yan", CERTAIN),
        ("吕燕", "LV YAN", CERTAIN),
        ("单晓明", "shan xiaoming", CERTAIN),
        ("欧阳娜", "ouyang na", CERTAIN),
        ("买买提·艾力", "买买提艾力", CERTAIN),
        ("Li Ming", "ming li", CERTAIN),
    ],
)
def test_short_and_rare_names(name: str, text: str, certain: bool | None) -> None:
    hits = found(text, name)
    assert [one[1] for one in hits] == ([] if certain is None else [certain])


@pytest.mark.parametrize(
    ("name", "text", "certain"),
    [
        ("张掖市甘州区西关小学", "张掖市甘州区西关小学三年级", CERTAIN),
        ("张掖市甘州区西关小学", "我们西关小学的操场", CERTAIN),
        ("张掖市甘州区西关小学", "甘州区西关小学", CERTAIN),
        ("张掖市甘州区西关小学", "西 关 小 学", CERTAIN),
        ("张掖市甘州区西关小学", "西關小學", CERTAIN),
        ("张掖市甘州区西关小学", "Xiguan Primary School", CERTAIN),
        ("张掖市甘州区西关小学", "xiguan xiaoxue", CERTAIN),
        ("张掖市甘州区第二中学", "甘州二中", CERTAIN),
        ("张掖市甘州区第二中学", "张掖二中", CERTAIN),
        ("张掖市甘州区第二中学", "在二中的校园里", POSSIBLE),
        ("甘州区实验小学", "实验小学", POSSIBLE),
        ("甘州区实验小学", "甘州区实验小学", CERTAIN),
        ("张掖市甘州区西关小学", "东关小学", None),
        ("张掖市甘州区西关小学", "小学生", None),
    ],
)
def test_a_school_is_found_by_its_short_forms(name: str, text: str, certain: bool | None) -> None:
    hits = found(text, name, "school")
    assert [one[1] for one in hits] == ([] if certain is None else [certain])


@pytest.mark.parametrize(
    ("text", "certain"),
    [("甘州区的湿地", CERTAIN), ("来自甘州", POSSIBLE), ("Ganzhou", POSSIBLE), ("甘肃的州县", None)],
)
def test_a_place(text: str, certain: bool | None) -> None:
    assert [one[1] for one in found(text, "甘州区", "place")] == ([] if certain is None else [certain])


@pytest.mark.parametrize(
    ("text", "name", "role", "words"),
    [
        ("Xiguan Primary School of ours", "甘州区西关小学", "school", "Xiguan Primary School"),
        (
            "the Xiguan Experimental Primary School, 2018",
            "甘州区西关小学",
            "school",
            "Xiguan Experimental Primary School",
        ),
        ("Ganzhou District, 2018", "甘州区", "place", "Ganzhou District"),
        ("in Zhangye City we", "张掖市", "place", "Zhangye City"),
        ("Ganzhouqu", "甘州区", "place", "Ganzhouqu"),
        ("Ganzhou County", "甘州区", "place", "Ganzhou"),
        ("at No. 2 Middle School, Zhangye", "张掖市第二中学", "school", "No. 2 Middle School"),
        ("the Second Primary School", "第二小学", "school", "Second Primary School"),
    ],
)
def test_the_words_that_belong_to_a_name_are_part_of_it(text: str, name: str, role: Role, words: str) -> None:
    assert [one for one, _certain in found(text, name, role)] == [words]


def test_a_tutors_surname_before_the_title_is_possible() -> None:
    assert found("谢谢李老师", "李志强", "tutor") == [("李老师", POSSIBLE)]
    assert found("谢谢李老师", "李志强", "author") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("晓明笑着说", "晓明"),
        ("我和晓明一起做", "晓明"),
        ("感谢晓明的帮助", "晓明"),
        ("——晓 明", "晓 明"),
        ("张同学负责画图", "张同学"),
        ("同桌小张说", "小张"),
        ("Zhang, X.M.", "Zhang, X.M."),
        ("X. M. Zhang", "X. M. Zhang"),
        ("Zhang XM (2018)", "Zhang XM"),
        ("ZHANG X.-M.", "ZHANG X.-M."),
    ],
)
def test_short_for_a_name_is_possible(text: str, words: str) -> None:
    assert found(text, "张晓明") == [(words, POSSIBLE)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("张晓明", "李晓明和王晓明"),
        ("张晓明", "张同学们"),
        ("张晓明", "一张同学的画"),
        ("张晓明", "大小张贴"),
        ("张晓明", "zhang x.m."),
        ("王希望", "我希望"),
        ("王一天", "有一天"),
        ("王天明", "每天明白一点"),
        ("马小龙", "小马过河"),
        ("何灿", "He C"),
        ("何灿", "He came C. He"),
        ("张晓明", "Zhang X"),
    ],
)
def test_what_only_looks_like_a_short_name_is_none(name: str, text: str) -> None:
    assert found(text, name) == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("张掖市甘州区西关小学", "我们西关的操场", "西关"),
        ("张掖市甘州区西关小学", "西小的老师", "西小"),
        ("甘州区大满镇中心小学", "大满小学的操场", "大满小学"),
        ("张掖市甘州区第二中学", "在二中的校园里", "二中"),
    ],
)
def test_a_schools_short_name_is_possible(name: str, text: str, words: str) -> None:
    assert found(text, name, "school") == [(words, POSSIBLE)]


@pytest.mark.parametrize("text", ["分不清东西小学生", "向西小心走", "河西走廊"])
def test_letters_of_other_words_are_no_school(text: str) -> None:
    assert found(text, "张掖市甘州区西关小学", "school") == []


def test_certain_ones_come_first_and_pages_are_counted() -> None:
    wanted = wanted_names([("张晓明", "author"), ("甘州区", "place"), ("张晓明", "tutor"), ("王", "author")])
    assert [one.name for one in wanted] == ["张晓明", "甘州区"]
    hits = find_names(["来自甘州", "", "张晓明"], wanted)
    assert [(hit.place, hit.name, hit.certain) for hit in hits] == [(2, "张晓明", True), (0, "甘州区", False)]


def test_of_a_place_within_a_schools_name_only_the_longer_is_told() -> None:
    wanted = [Wanted("甘州区西关小学", "school"), Wanted("甘州区", "place")]
    assert [hit.role for hit in find_names(["甘州区西关小学"], wanted)] == ["school"]


LETTERS = "晓志丽娜建军伟芳敏静"
given_names = st.text(alphabet=LETTERS, min_size=2, max_size=2)
signs = st.sampled_from(["", " ", "　", "-", "·", "\n", "  "])


@given(
    given_names,
    signs,
    signs,
    st.text(alphabet="天地人画 ,。abc", max_size=30),
    st.text(alphabet="天地画 。", max_size=9),
)
def test_whatever_parts_the_letters_the_place_is_right(name: str, one: str, two: str, before: str, after: str) -> None:
    written = f"张{one}{name[0]}{two}{name[1]}"
    text = before + written + after
    spans = [(hit.begin, hit.end) for hit in find_names([text], [Wanted("张" + name, "author")])]
    assert (len(before), len(before) + len(written)) in spans


@given(st.text(max_size=80))
def test_folding_keeps_places_in_order_and_within_the_text(text: str) -> None:
    folded = fold(text)
    assert len(folded.letters) == len(folded.at)
    assert list(folded.at) == sorted(folded.at)
    assert all(0 <= place < len(text) for place in folded.at)


ENGLISH = [
    "he",
    "can",
    "see",
    "a",
    "long",
    "song",
    "in",
    "the",
    "sun",
    "and",
    "she",
    "ran",
    "to",
    "the",
    "men",
    "at",
    "ten",
    "with",
    "a",
    "pan",
    "and",
    "a",
    "fan",
]


@given(
    st.lists(st.sampled_from(ENGLISH), min_size=2, max_size=20),
    st.sampled_from(["何灿", "孙兰", "宋龙", "潘曼", "舍兰"]),
)
def test_english_words_in_small_letters_are_no_name(words: list[str], name: str) -> None:
    assert found(" ".join(words), name) == []
