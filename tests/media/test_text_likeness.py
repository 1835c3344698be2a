"""How much of one text stands in another: properties that hold for any texts, and cases whose answer is known."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.media.text_likeness import Letters, compare_texts
from tests.entries.likeness_factories import prose

LETTERS = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光"
)
TEXTS = st.text(alphabet=LETTERS + "，。 \nab12", max_size=300)
CHEAP = settings(max_examples=60, deadline=None)


def with_errors(text: str, share: float, seed: int = 1) -> str:
    """The text as a poor reader of print gives it: some letters wrong, some missing, some doubled."""
    chance = random.Random(seed)
    out = []
    for letter in text:
        drawn = chance.random()
        if drawn < share / 2:
            out.append(chance.choice(LETTERS))
        elif drawn < share * 3 / 4:
            continue
        else:
            out.append(letter * 2 if drawn < share else letter)
    return "".join(out)


@CHEAP
@given(TEXTS)
def test_a_text_is_wholly_like_itself(text: str) -> None:
    found = compare_texts(text, text)
    if any(letter.isalnum() for letter in text):
        assert (found.score, found.share_a, found.share_b, found.verdict) == (1.0, 1.0, 1.0, "same")
    else:
        assert (found.score, found.verdict, found.passages) == (0.0, "different", ())


def test_radicals_that_a_pdf_holds_are_the_characters_they_look_like() -> None:
    plain, held = "黄河边的马和龙在长长的风里食麦，鱼鸟齐飞。" * 3, "⻩河边的⻢和⻰在⻓⻓的⻛里⻝⻨，⻥⻦⻬⻜。" * 3
    found = compare_texts(plain, held)
    assert (found.score, found.verdict) == (1.0, "same")


@CHEAP
@given(TEXTS, TEXTS)
def test_the_order_of_asking_does_not_matter(a: str, b: str) -> None:
    there, back = compare_texts(a, b), compare_texts(b, a)
    assert (there.score, there.verdict) == (back.score, back.verdict)
    assert (there.share_a, there.share_b) == (back.share_b, back.share_a)
    assert [(p.a, p.b, p.at_a, p.at_b) for p in there.passages] == [(p.b, p.a, p.at_b, p.at_a) for p in back.passages]


@CHEAP
@given(TEXTS, TEXTS)
def test_shares_are_shares_and_passages_stand_where_they_say(a: str, b: str) -> None:
    found = compare_texts(a, b + a[:120])
    assert 0 <= found.share_a <= 1
    assert 0 <= found.share_b <= 1
    assert found.score == max(found.share_a, found.share_b)
    for passage in found.passages:
        assert a[passage.at_a :].startswith(passage.a)
        assert (b + a[:120])[passage.at_b :].startswith(passage.b)


@CHEAP
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_texts_of_different_letters_have_nothing_in_common(seed: int, other: int) -> None:
    half = len(LETTERS) // 2
    one = "".join(random.Random(seed).choices(LETTERS[:half], k=400))
    two = "".join(random.Random(other).choices(LETTERS[half:], k=400))
    found = compare_texts(one, two)
    assert (found.score, found.verdict, found.passages) == (0.0, "different", ())


def test_texts_on_one_subject_by_two_writers_are_different() -> None:
    for seed in range(8):
        found = compare_texts(prose(seed, 4_000), prose(seed + 100, 4_000))
        assert found.verdict == "different"
        assert found.score < 0.02


def test_a_copied_third_is_found_with_its_place() -> None:
    source = prose(1, 3_000)
    copied = source[700:1_700]
    text = prose(2, 1_200) + copied + prose(3, 800)
    found = compare_texts(text, source)
    [passage] = found.passages
    assert found.share_a == pytest.approx(1 / 3, abs=0.02)
    assert found.verdict == "unsure"
    assert passage.at_a == pytest.approx(text.index(copied), abs=3)
    assert passage.at_b == pytest.approx(700, abs=3)
    assert copied[5:-5] in passage.a


def test_paragraphs_in_another_order_are_still_the_same() -> None:
    text = prose(1, 3_000)
    parts = [text[place : place + 300] for place in range(0, 3_000, 300)]
    random.Random(5).shuffle(parts)
    found = compare_texts(text, "\n".join(parts))
    assert found.share_a > 0.95
    assert found.verdict == "same"


def test_sentences_put_in_between_do_not_hide_a_copy() -> None:
    text = prose(1, 2_400)
    spread = "".join(text[place : place + 120] + prose(place + 50, 60) for place in range(0, 2_400, 120))
    found = compare_texts(text, spread)
    assert found.share_a > 0.9
    assert found.share_b == pytest.approx(2_400 / len(spread), abs=0.06)


@pytest.mark.parametrize("share", [0.02, 0.05, 0.08])
def test_a_reading_with_errors_is_the_same_text(share: float) -> None:
    text = prose(1, 2_400)
    found = compare_texts(text, with_errors(text, share))
    assert found.verdict == "same"
    assert found.score > 0.6


def test_width_case_spaces_and_punctuation_do_not_matter() -> None:
    words = "本装置的电压为ＡＢＣ－１２３伏，采集 校园雨水，每天三次，记录数据并与对照组比较，得出结论。"
    other = "本装置的电压为abc-123伏。采集校园\n雨水每天三次;记录数据，并与对照组比较得出结论"
    assert compare_texts(words, other).score == 1.0


def test_a_common_turn_of_phrase_is_no_passage() -> None:
    phrase = "在老师的指导下我们查阅了大量资料"
    found = compare_texts(prose(1, 500) + phrase + prose(2, 500), prose(3, 500) + phrase + prose(4, 500))
    assert found.passages == ()


def test_english_needs_longer_passages_than_chinese() -> None:
    copied = (
        "we collected rain water from the roof of our school and measured its turbidity three times a day for two weeks"
    )
    one = "The pupils wrote the following report in spring. " + copied + " Then it was dry."
    two = "Another team, far away, had this to say instead: " + copied + " Nobody knows why."
    [passage] = compare_texts(one, two).passages
    assert copied in passage.a
    short = "the results of the experiment"
    assert compare_texts(f"First we weigh {short} by hand.", f"Nobody asked for {short} on Monday.").passages == ()


def test_what_a_form_says_counts_for_neither_text() -> None:
    form = prose(50, 300)
    one, two = form + prose(1, 600), form + prose(2, 600)
    assert compare_texts(one, two).verdict == "unsure"
    found = compare_texts(one, two, Letters(form).marks())
    assert (found.verdict, found.passages) == ("different", ())
    own = prose(9, 200)
    found = compare_texts(one + own, two + own, Letters(form).marks())
    assert found.share_a == pytest.approx(200 / 800, abs=0.05)


def test_whatever_agrees_over_twenty_letters_shares_a_mark() -> None:
    for seed in range(40):
        shared = prose(seed, 24).replace("，", "").replace("。", "")[:20]
        one, two = prose(seed + 1_000, 200) + shared + prose(seed + 2_000, 200), shared + prose(seed + 3_000, 300)
        assert set(Letters(one).marks()) & set(Letters(two).marks())


def test_a_text_keeps_few_marks() -> None:
    letters = Letters(prose(1, 10_000))
    assert len(letters.marks()) < len(letters) / 5


def test_a_repeated_line_does_not_take_for_ever() -> None:
    line = "每天早中晚三次测量水温并记录。"
    found = compare_texts(line * 3_000, line * 2_000)
    assert found.verdict == "same"


def test_one_sentence_in_common_is_no_likeness_of_two_short_texts() -> None:
    sentence = "整座建筑由太阳能驱动，材料可以自我修复，人与自然和谐相处。"
    assert compare_texts(prose(1, 30) + sentence, sentence + prose(2, 30)).verdict == "different"
    assert compare_texts(sentence, f"在我的画里，{sentence}").verdict == "same"
